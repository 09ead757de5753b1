import { createServer, type Server as HttpServer } from "node:http";
import { exchange } from "@telsiz/testkit";
import { PacketType } from "@telsiz/parser";
import { afterEach, describe, expect, it, vi } from "vitest";
import { presets, Server, type ServerOptions } from "../src/index.ts";
import { FakeSession, joined } from "./fake-session.ts";

const placeholder = '{"_placeholder":true,"num":0}';
const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
const DEFAULTS: ServerOptions = {};

afterEach(() => {
  vi.useRealTimers();
});

/** Both sides of a row: by default it is refused, with the preset it passes. */
function differsBetween(check: (options: ServerOptions) => boolean): void {
  expect([check(DEFAULTS), check(presets.socketio)]).toEqual([false, true]);
}

/** Whether a joined client that sends `messages` is still there. */
const survives =
  (...messages: (string | Buffer)[]) =>
  (options: ServerOptions): boolean => {
    const io = new Server(options);
    io.of(/^\/n/);
    const { session } = joined(io);
    session.receive(...messages);
    return session.readyState === "open";
  };

describe("presets.socketio restores what the defaults refuse", () => {
  it("row 1: data nested 900 levels deep", () => differsBetween(survives(`2["a",${nested(900)}]`)));

  it("row 3: more than 100 namespaces", () => {
    differsBetween((options) => {
      vi.useFakeTimers();
      const io = new Server(options);
      io.of(/^\/\d+$/);
      const session = new FakeSession(io);
      for (let n = 0; n < 150; n++) session.connect(`/${n}`);
      vi.advanceTimersByTime(60_000);
      return session.take().every(({ type }) => type === PacketType.CONNECT);
    });
  });

  it("row 4: one attachment in two places", () => {
    differsBetween(survives(`51-["a",${placeholder},${placeholder}]`, Buffer.from([1])));
  });

  it("row 5: ten megabytes of attachments, however slowly they come", () => {
    const two = `52-["a",${placeholder},${placeholder.replace("0", "1")}]`;
    differsBetween(survives(two, Buffer.alloc(6_000_000), Buffer.alloc(6_000_000)));
    differsBetween((options) => {
      vi.useFakeTimers();
      const { session } = joined(new Server({ ...options }));
      session.receive(two);
      vi.advanceTimersByTime(3_600_000);
      return session.readyState === "open";
    });
  });

  it("row 23: a child namespace stays when its last client has left", () => {
    differsBetween((options) => {
      const io = new Server(options);
      io.of(/^\/n/);
      const session = new FakeSession(io);
      session.join("/n1");
      session.lose();
      return io._nsps.has("/n1");
    });
  });

  it("rows 24 and 25: recovery without middlewares and without bounds", () => {
    const middleware = vi.fn((_socket: unknown, next: () => void) => next());
    const calls = [{}, presets.socketioRecovery].map((recovery) => {
      middleware.mockClear();
      const io = new Server({ connectionStateRecovery: recovery });
      io.use(middleware);
      const session = new FakeSession(io);
      session.connect();
      const { pid } = (session.take()[0] as any).data;
      session.lose();
      for (let n = 0; n < 10_001; n++) io.emit("n", n);
      const again = new FakeSession(io);
      again.connect("/", { pid });
      return [middleware.mock.calls.length, again.takeEvents().length];
    });
    expect(calls).toEqual([
      [2, 0],
      [1, 10_001],
    ]);
  });

  it("row 27: a namespace name of 600 characters", () => differsBetween(survives(`0/n${"n".repeat(600)},`)));

  it("rows 17 and 18: errors of listeners are nobody's", () => {
    expect(presets.socketio.handlerErrors).toBe("throw");
  });
});

describe("presets.socketio over HTTP", () => {
  let http: HttpServer;

  /** The status of what `ask` asks a server of these options. */
  async function statusOf(options: ServerOptions, ask: (port: number) => Promise<number>): Promise<number> {
    http = createServer();
    const io = new Server(http, options);
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    const status = await ask((http.address() as { port: number }).port);
    for (const session of io.engine.clients.values()) session.close(true); // nobody polls for what waits there
    await io.close();
    return status;
  }

  const path = "/socket.io/?EIO=4&transport=polling";

  it("rows 10 to 12: an origin that is not in the list connects", async () => {
    const ask = async (port: number): Promise<number> => {
      const headers = { origin: "https://evil.example", cookie: "a=b" };
      return (await exchange(port, { path, headers })).status;
    };
    const cors = { origin: "https://good.example" };
    expect(await statusOf({ cors }, ask)).toBe(403);
    expect(await statusOf({}, ask)).toBe(403);
    expect(await statusOf({ ...presets.socketio, cors }, ask)).toBe(200);
    expect(await statusOf(presets.socketio, ask)).toBe(200);
  });

  it("row 20: a session outlives a body that is too large", async () => {
    const ask = async (port: number): Promise<number> => {
      const { body } = await exchange(port, { path });
      const { sid } = JSON.parse(body.slice(1)) as { sid: string };
      const post = (text: string) =>
        exchange(port, { method: "POST", path: `${path}&sid=${sid}`, body: text });
      expect((await post("4".repeat(1_001))).status).toBe(413);
      return (await post("40")).status;
    };
    expect(await statusOf({ maxHttpBufferSize: 1_000 }, ask)).toBe(400);
    expect(await statusOf({ ...presets.socketio, maxHttpBufferSize: 1_000 }, ask)).toBe(200);
  });
});

describe("presets", () => {
  it("are plain objects that a server takes, alone and with options of one's own", () => {
    for (const preset of [presets.socketio, presets.hardened]) {
      expect(Object.getPrototypeOf(preset)).toBe(Object.prototype);
      expect(() => new Server(preset)).not.toThrow();
      expect(() => new Server({ ...preset, limits: { ...preset.limits, maxDepth: 64 } })).not.toThrow();
    }
  });

  it("hardened is stricter than the defaults", () => {
    const lax = [`2["a",${nested(100)}]`, `0/n${"n".repeat(200)},`];
    for (const message of lax) {
      expect([survives(message)(DEFAULTS), survives(message)(presets.hardened)]).toEqual([true, false]);
    }
  });
});
