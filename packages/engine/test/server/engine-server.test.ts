/** Options, attaching, and the seam for several nodes. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  attach,
  EngineServer,
  listen,
  protocol,
  Server,
  type SessionDirectory,
  Socket,
} from "../../src/server/index.ts";
import { BASE, serve } from "./harness.ts";

describe("options", () => {
  const wrong: [options: object, message: string][] = [
    [
      { transports: ["polling", "carrier-pigeon"] },
      'Option "transports" must be an array of "polling", "websocket", "webtransport", not "carrier-pigeon".',
    ],
    [{ transports: "polling" }, 'Option "transports" must be an array of'],
    [{ pingInterval: -1 }, 'Option "pingInterval" must be a time in milliseconds, zero or more, not -1.'],
    [{ pingTimeout: "20000" }, 'Option "pingTimeout"'],
    [{ upgradeTimeout: NaN }, 'Option "upgradeTimeout"'],
    [{ maxHttpBufferSize: -5 }, 'Option "maxHttpBufferSize"'],
    [{ allowRequest: true }, 'Option "allowRequest"'],
    [{ sessionBinding: "shoe size" }, 'Option "sessionBinding" must be "ip" or a function'],
    [{ limits: { bodyTimeout: -1 } }, 'Option "bodyTimeout"'],
    [{ path: 5 }, 'Option "path"'],
  ];
  for (const [options, message] of wrong) {
    it(`are refused: ${JSON.stringify(options)}`, () => {
      expect(() => new EngineServer(options)).toThrow(
        expect.objectContaining({ code: "TELSIZ_INVALID_OPTION" }),
      );
      expect(() => new EngineServer(options)).toThrow(message);
    });
  }

  it("of the caller are not changed", () => {
    const options = Object.freeze({
      transports: Object.freeze(["polling"] as const),
      cookie: Object.freeze({}),
    });
    attach(createServer(), options);
  });

  it("have the defaults of Socket.IO", () => {
    expect(new EngineServer().opts).toMatchObject({
      pingInterval: 25_000,
      pingTimeout: 20_000,
      upgradeTimeout: 10_000,
      maxHttpBufferSize: 1_000_000,
      transports: ["polling", "websocket"],
      allowUpgrades: true,
      perMessageDeflate: false,
      httpCompression: { threshold: 1024 },
    });
  });
});

describe("attaching", () => {
  it("needs a server", () => {
    expect(() => new EngineServer().attach((() => undefined) as never)).toThrow('Option "server"');
    expect(() => new EngineServer().attach({} as never)).toThrow('Option "server"');
  });

  it("leaves other requests to the listeners that were there", async () => {
    const server = await serve();
    expect(await server.ask("/other")).toMatchObject({ status: 404, body: "not engine" });
  });

  it("serves the configured path", async () => {
    const server = await serve({ path: "/custom/" });
    expect((await server.ask(`/custom/${BASE.slice(BASE.indexOf("?"))}&transport=polling`)).status).toBe(200);
  });

  it("ends the sessions when the http server closes", async () => {
    const server = await serve();
    await server.poll();
    server.http.emit("close");
    expect(server.engine.clientsCount).toBe(0);
  });

  it("is done by `attach` and `listen` too", async () => {
    const http = createServer();
    expect(attach(http)).toBeInstanceOf(Server);
    const engine = await new Promise<EngineServer>((resolve) => {
      const listening: EngineServer = listen(0, {}, () => resolve(listening));
    });
    onTestFinished(() => void engine.httpServer!.close());
    const { port } = engine.httpServer!.address() as AddressInfo;
    expect((await fetch(`http://127.0.0.1:${port}/elsewhere`)).status).toBe(501);
    expect(protocol).toBe(4);
    expect(Socket.name).toBe("Session");
  });
});

class Elsewhere implements SessionDirectory {
  readonly seen: string[] = [];
  answer: () => boolean | Promise<boolean> = () => false;
  forwardRequest: SessionDirectory["forwardRequest"] = (id, _request, response) => {
    this.seen.push(`request ${id}`);
    const taken = this.answer();
    if (taken === true) response.end("from elsewhere");
    return taken;
  };
  forwardUpgrade: SessionDirectory["forwardUpgrade"] = (id, _request, socket) => {
    this.seen.push(`upgrade ${id}`);
    const taken = this.answer();
    if (taken === true) socket.end("HTTP/1.1 418 Elsewhere\r\n\r\n");
    return taken;
  };
  opened: SessionDirectory["opened"] = ({ id }) => this.seen.push(`opened ${id}`);
  closed: SessionDirectory["closed"] = ({ id }) => this.seen.push(`closed ${id}`);
}

describe("a session directory", () => {
  const unknown = `${BASE}&transport=polling&sid=far`;

  async function serveWith(directory: Elsewhere) {
    return serve({}, (engine) => (engine.directory = directory));
  }

  it("answers requests for sessions of other nodes", async () => {
    const directory = new Elsewhere();
    directory.answer = () => true;
    const server = await serveWith(directory);
    expect((await server.ask(unknown)).body).toBe("from elsewhere");
    const { ws } = server.webSocket("&sid=far");
    const [, response] = await once(ws, "unexpected-response");
    expect(response.statusCode).toBe(418);
    expect(directory.seen).toEqual(["request far", "upgrade far"]);
    expect(server.errors).toEqual([]);
  });

  const failing: Record<string, () => boolean | Promise<boolean>> = {
    "does not know it": () => Promise.resolve(false),
    rejects: () => Promise.reject(new Error("broker down")),
    throws: () => {
      throw new Error("broker down");
    },
  };
  for (const [name, answer] of Object.entries(failing)) {
    it(`lets the request be refused when it ${name}`, async () => {
      const directory = new Elsewhere();
      directory.answer = answer;
      const server = await serveWith(directory);
      expect((await server.ask(unknown)).body).toBe('{"code":1,"message":"Session ID unknown"}');
      expect(await server.webSocket("&sid=far").closed).toBe(1006);
    });
  }

  it("is told when sessions open and end", async () => {
    const directory = new Elsewhere();
    const server = await serveWith(directory);
    const { sid } = await server.poll();
    server.session.close(true);
    expect(directory.seen).toEqual([`opened ${sid}`, `closed ${sid}`]);
  });
});
