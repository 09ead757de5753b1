/** Options, attaching, and the seam for several nodes. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Duplex } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import {
  attach,
  type AttachOptions,
  checkEngineOptions,
  type EngineOptions,
  EngineServer,
  listen,
  protocol,
  Server,
  type SessionDirectory,
  Socket,
} from "../../src/server/index.ts";
import { BASE, serve } from "./harness.ts";

describe("options", () => {
  const wrong: [options: unknown, message: string][] = [
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
    [{ flush: "never" }, 'Option "flush" must be "turn" or "immediate", not "never".'],
    [
      { sessionBinding: "shoe size" },
      'Option "sessionBinding" must be "ip", { cookie: "its name" } or a function, not "shoe size".',
    ],
    [{ sessionBinding: { cookie: "" } }, 'Option "sessionBinding" must be "ip"'],
    [{ sessionBinding: {} }, 'Option "sessionBinding" must be "ip"'],
    [{ limits: { bodyTimeout: -1 } }, 'Option "bodyTimeout"'],
    [{ path: 5 }, 'Option "path"'],
    [
      { pingInterval: Infinity },
      'Option "pingInterval" must be a finite time in milliseconds, not Infinity.',
    ],
    [{ pingTimeout: Infinity }, 'Option "pingTimeout" must be a finite time in milliseconds, not Infinity.'],
    [{ limits: null }, 'Option "limits" must be an object, not null.'],
    [{ limits: 4 }, 'Option "limits" must be an object, not 4.'],
    [{ cors: "x" }, 'Option "cors" must be true, false, an object or a function that chooses one, not "x".'],
    [{ cookie: "x" }, 'Option "cookie" must be true, false or an object, not "x".'],
    [{ cookie: { name: "a b" } }, 'Option "cookie" must be a valid cookie name with valid attributes'],
    [{ httpCompression: "x" }, 'Option "httpCompression" must be true, false or an object, not "x".'],
    [{ httpCompression: { threshold: -1 } }, 'Option "threshold" must be a number, zero or more, not -1.'],
    [{ perMessageDeflate: "x" }, 'Option "perMessageDeflate" must be true, false or an object, not "x".'],
    [
      { perMessageDeflate: { threshold: "1" } },
      'Option "threshold" must be a number, zero or more, not "1".',
    ],
    [{ destroyUpgradeTimeout: -1 }, 'Option "destroyUpgradeTimeout" must be a time in milliseconds'],
    [null, 'Option "options" must be an object, not null.'],
    [function settings() {}, 'Option "options" must be an object, not the function "settings".'],
    [[], 'Option "options" must be an object, not an array.'],
  ];
  it.each(wrong)("are refused: %o", (options, message) => {
    const given = options as EngineOptions;
    for (const take of [() => new EngineServer(given), () => checkEngineOptions(given)]) {
      expect(take).toThrow(expect.objectContaining({ code: "TELSIZ_INVALID_OPTION" }));
      expect(take).toThrow(message);
    }
  });

  it("that are right pass the check", () => {
    const endless = {
      upgradeTimeout: Infinity,
      destroyUpgradeTimeout: Infinity,
      maxHttpBufferSize: Infinity,
    };
    const right: EngineOptions[] = [
      {},
      endless,
      { limits: { bodyTimeout: Infinity }, cookie: { name: "sid" }, httpCompression: {} },
      { cors: true, cookie: true, httpCompression: true, perMessageDeflate: true, sessionBinding: "ip" },
      { cors: { origin: "*" }, cookie: false, httpCompression: false, perMessageDeflate: { threshold: 0 } },
      { cors: (_request, callback) => callback(null, {}), sessionBinding: () => true },
    ];
    for (const options of right) expect(() => checkEngineOptions(options)).not.toThrow();
  });

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
      flush: "turn",
      httpCompression: { threshold: 1024 },
    });
  });
});

describe("attaching", () => {
  it("needs a server", () => {
    expect(() => new EngineServer().attach((() => undefined) as never)).toThrow('Option "server"');
    expect(() => new EngineServer().attach({} as never)).toThrow('Option "server"');
  });

  it("refuses wrong options", () => {
    const engine = new EngineServer();
    const wrong = { path: 4, addTrailingSlash: 1, destroyUpgrade: "no", destroyUpgradeTimeout: -1 };
    for (const [option, value] of Object.entries(wrong)) {
      expect(() => engine.attach(createServer(), { [option]: value })).toThrow(
        expect.objectContaining({ code: "TELSIZ_INVALID_OPTION", option }),
      );
    }
    expect(() => engine.attach(createServer(), null as never)).toThrow('Option "options"');
    expect(engine.httpServer).toBeUndefined();
  });

  it("refuses to listen on what is no port", () => {
    for (const port of [-1, 65_536, 0.5, "3000", () => undefined]) {
      expect(() => listen(port as number)).toThrow('Option "port" must be a whole number from 0 to 65535');
    }
    expect(() => listen(0, (() => undefined) as never)).toThrow('Option "options" must be an object');
  });

  it("leaves other requests to the listeners that were there", async () => {
    const server = await serve();
    expect(await server.ask("/other")).toMatchObject({ status: 404, body: "not engine" });
  });

  describe("and an upgrade on another path", () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
    afterEach(() => void vi.useRealTimers());

    function upgradeElsewhere(options: AttachOptions): Duplex {
      const http = createServer();
      new EngineServer().attach(http, options);
      const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
      http.emit("upgrade", { url: "/elsewhere" }, socket, Buffer.alloc(0));
      return socket;
    }

    it("ends it after a second", () => {
      const socket = upgradeElsewhere({});
      vi.advanceTimersByTime(999);
      expect(socket.writableEnded).toBe(false);
      vi.advanceTimersByTime(1);
      expect(socket.writableEnded).toBe(true);
    });

    it("leaves it open with a destroyUpgradeTimeout of Infinity", () => {
      const socket = upgradeElsewhere({ destroyUpgradeTimeout: Infinity });
      vi.advanceTimersByTime(1_000_000);
      expect(socket.writableEnded).toBe(false);
    });
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
  opened: NonNullable<SessionDirectory["opened"]> = ({ id }) => this.seen.push(`opened ${id}`);
  closed: NonNullable<SessionDirectory["closed"]> = ({ id }) => this.seen.push(`closed ${id}`);
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

  it("has them before a middleware has: those of the other node see them", async () => {
    const directory = new Elsewhere();
    const seen: (string | undefined)[] = [];
    const server = await serve({}, (engine) => {
      engine.directory = directory;
      engine.use((request, _response, next) => {
        seen.push(request.url);
        next();
      });
    });
    directory.answer = () => true;
    expect((await server.ask(unknown)).body).toBe("from elsewhere");
    expect(seen).toEqual([]);
    directory.answer = () => false;
    expect((await server.ask(unknown)).status).toBe(400);
    expect(seen).toEqual([unknown]);
  });

  it("may make the ids of sessions, and need not be told of them", async () => {
    const directory: SessionDirectory = {
      newId: () => Promise.resolve("here-1"),
      forwardRequest: () => false,
      forwardUpgrade: () => false,
    };
    const server = await serve({}, (engine) => (engine.directory = directory));
    expect((await server.poll()).sid).toBe("here-1");
    server.session.close(true);
    expect(server.failures).toEqual([]);
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

  const failures: Record<string, () => never | Promise<never>> = {
    throws: () => {
      throw new Error("broker down");
    },
    rejects: () => Promise.reject(new Error("broker down")),
  };
  it.each(Object.entries(failures))("that %s when it is told harms no session", async (_how, fail) => {
    const directory = new Elsewhere();
    directory.opened = fail;
    directory.closed = fail;
    const server = await serveWith(directory);
    const opened: string[] = [];
    server.engine.on("connection", ({ id }) => opened.push(id));
    const { sid } = await server.poll();
    expect(opened).toEqual([sid]);
    server.session.close(true);
    await vi.waitFor(() => expect(server.failures).toHaveLength(2));
    expect(server.engine.clientsCount).toBe(0);
    expect(server.failures.map(([, event]) => event)).toEqual(["opened", "closed"]);
  });

  it("is told when sessions open and end", async () => {
    const directory = new Elsewhere();
    const server = await serveWith(directory);
    const { sid } = await server.poll();
    server.session.close(true);
    expect(directory.seen).toEqual([`opened ${sid}`, `closed ${sid}`]);
  });
});
