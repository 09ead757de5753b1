import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { type AdapterNamespace, InMemoryAdapter, type NamespaceAdapter } from "@telsiz/adapter";
import { EngineServer, type Session } from "@telsiz/engine/server";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { InvalidServerError, Namespace, OptionError, Server, type ServerOptions } from "../src/index.ts";
import { FakeSession, joined } from "./fake-session.ts";

/** Closes a server at the end of the test. */
function closing(io: Server): Server {
  onTestFinished(async () => {
    await io.close();
  });
  return io;
}

/** The status of the answer to a handshake, or to a request for another path. */
async function ask(server: HttpServer, path = "/socket.io/?EIO=4&transport=polling"): Promise<number> {
  if (!server.listening) await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  await response.arrayBuffer();
  return response.status;
}

const invalidServer = { name: "InvalidServerError", code: "TELSIZ_INVALID_SERVER" };

describe("a server", () => {
  it("attaches to an http server, whose other requests stay its own", async () => {
    const http = createServer((_request, response) => response.writeHead(418).end());
    const io = closing(new Server(http));
    http.listen(0);
    expect(io.httpServer).toBe(http);
    expect(io.engine).toBeInstanceOf(EngineServer);
    expect(await ask(http)).toBe(200);
    expect(await ask(http, "/other")).toBe(418);
  });

  it("takes options after the http server", async () => {
    const http = createServer();
    const io = closing(new Server(http, { path: "/live", pingInterval: 1234 }));
    http.listen(0);
    expect(io.engine.opts.pingInterval).toBe(1234);
    expect(await ask(http, "/live/?EIO=4&transport=polling")).toBe(200);
  });

  it("attaches to an https server", () => {
    const https = createSecureServer();
    expect(new Server(https).httpServer).toBe(https);
  });

  it.each([0, "0"])(
    "makes an http server on the port %j, which answers other requests with 404",
    async (port) => {
      const io = closing(new Server(port, { pingTimeout: 4321 }));
      const http = io.httpServer as HttpServer;
      expect(await ask(http)).toBe(200);
      expect(await ask(http, "/")).toBe(404);
      expect(io.engine.opts.pingTimeout).toBe(4321);
    },
  );

  it.each([
    ["options", () => new Server({ path: "/live" })],
    ["undefined and options", () => new Server(undefined, { path: "/live" })],
    ["null and options, from JavaScript", () => new Server(null as never, { path: "/live" })],
  ])("is attached to nothing when it is given %s", (_what, make) => {
    const io = make();
    expect(io.path()).toBe("/live");
    expect(io.engine).toBeUndefined();
    expect(io.httpServer).toBeUndefined();
  });

  it("needs no arguments at all", () => {
    const io = new Server();
    expect(io.engine).toBeUndefined();
    expect(joined(io).socket.connected).toBe(true);
  });

  it.each(["attach", "listen"] as const)("can be attached later, with %s", async (method) => {
    const http = createServer();
    const io = closing(new Server({ pingInterval: 1111 }));
    expect(io[method](http, { pingInterval: 2222, pingTimeout: 3333 })).toBe(io);
    http.listen(0);
    expect(await ask(http)).toBe(200);
    // those of the constructor win
    expect(io.engine.opts).toMatchObject({ pingInterval: 1111, pingTimeout: 3333 });
  });

  it("can be told where and whether to serve the client when it is attached, unless the constructor was", async () => {
    const http = createServer().listen(0);
    const io = closing(new Server());
    io.attach(http, { path: "/live/", serveClient: false });
    expect([io.path(), io.serveClient()]).toEqual(["/live", false]);
    expect(await ask(http, "/live/?EIO=4&transport=polling")).toBe(200);
    expect(await ask(http, "/live/socket.io.js")).toBe(400);
    const decided = closing(new Server({ path: "/mine", serveClient: true }));
    decided.attach(createServer(), { path: "/live", serveClient: false });
    expect([decided.path(), decided.serveClient()]).toEqual(["/mine", true]);
  });

  it("can listen on a port later", async () => {
    const io = closing(new Server().listen(0));
    expect(await ask(io.httpServer as HttpServer)).toBe(200);
  });

  it("does not change the options that it is given", () => {
    const options = Object.freeze({ path: "/live/", transports: Object.freeze(["polling"] as const) });
    const io = new Server(createServer(), options);
    io.path("/other");
    expect(options).toEqual({ path: "/live/", transports: ["polling"] });
  });

  it("can be bound to an engine, whose sessions it serves", () => {
    const engine = new EngineServer();
    const io = new Server();
    const onconnection = vi.spyOn(io, "onconnection").mockReturnValue(io);
    expect(io.bind(engine)).toBe(io);
    expect(io.engine).toBe(engine);
    const session = {} as unknown as Session; // only passed on
    engine.emit("connection", session);
    expect(onconnection).toHaveBeenCalledExactlyOnceWith(session);
  });
});

describe("what is no server", () => {
  it("is an express request handler, as the error says", () => {
    const app = (): void => undefined;
    const text =
      "You are trying to attach socket.io to an express request handler function. Please pass a http.Server instance.";
    expect(() => new Server(app as never)).toThrow(
      expect.objectContaining({ ...invalidServer, message: text }),
    );
    expect(() => new Server().attach(app as never)).toThrow(InvalidServerError);
    expect(() => new Server().listen(app as never)).toThrow(text);
  });

  it.each([
    ["a name", "localhost", '"localhost"'],
    ["a boolean", true, "true"],
    ["a BigInt", 3000n, "3000n"],
    ["an object with listen alone", { listen: 1 }, "{ listen: 1 }"],
    ["a negative port", -1, "-1"],
    ["a port too high", 65_536, "65536"],
    ["a port too high, as text", "70000", '"70000"'],
    ["half a port", 80.5, "80.5"],
    ["no number", NaN, "NaN"],
  ])("is %s, as the error says", (_what, value, shown) => {
    expect(() => new Server(value as never)).toThrow(
      expect.objectContaining({
        ...invalidServer,
        message: `A server must be an http, https or http2 server, or a port from 0 to 65535, not ${shown}.`,
      }),
    );
  });

  it("is null where something is to be attached to", () => {
    expect(() => new Server().attach(null as never)).toThrow(InvalidServerError);
  });
});

describe("the options of a server", () => {
  it.each([
    [{ path: 5 }, 'Option "path" must be a string, not 5.'],
    [{ serveClient: "yes" }, 'Option "serveClient" must be true or false, not "yes".'],
    [{ adapter: {} }, 'Option "adapter" must be a function, not an object.'],
    [{ keepRequest: 0 }, 'Option "keepRequest" must be true or false, not 0.'],
    [{ handlerErrors: "crash" }, 'Option "handlerErrors" must be "report" or "throw", not "crash".'],
    [{ connectTimeout: -1 }, 'Option "connectTimeout" must be a time in milliseconds, zero or more, not -1.'],
    [
      { connectTimeout: "45s" },
      'Option "connectTimeout" must be a time in milliseconds, zero or more, not "45s".',
    ],
    [
      { transports: ["telepathy"] },
      'Option "transports" must be an array of "polling", "websocket", "webtransport", not "telepathy".',
    ],
    [{ pingInterval: NaN }, 'Option "pingInterval" must be a time in milliseconds, zero or more, not NaN.'],
  ])("are refused: %j", (options, message) => {
    expect(() => new Server(createServer(), options as ServerOptions)).toThrow(
      expect.objectContaining({ name: "OptionError", code: "TELSIZ_INVALID_OPTION", message }),
    );
  });

  it.each(["an option", 5, true])("must be an object, not %j", (options) => {
    expect(() => new Server(undefined, options as never)).toThrow('Option "options" must be an object, not');
  });

  it.each([null, {}, { Encoder: 1 }])("must have a parser that is one, not %j", (parser) => {
    expect(() => new Server({ parser: parser as never })).toThrow(
      expect.objectContaining({
        code: "TELSIZ_INVALID_OPTION",
        message: expect.stringContaining('"parser"'),
      }),
    );
  });

  it("open no port when they are refused", () => {
    const before = process.getActiveResourcesInfo().length;
    expect(() => new Server(0, { transports: ["telepathy" as never] })).toThrow(OptionError);
    expect(process.getActiveResourcesInfo()).toHaveLength(before);
  });
});

describe("path()", () => {
  it("is /socket.io, what the option says, or what it is set to, without one slash at the end", () => {
    expect(new Server().path()).toBe("/socket.io");
    expect(new Server({ path: "/live/" }).path()).toBe("/live");
    const io = new Server();
    expect(io.path("/other//")).toBe(io);
    expect(io.path()).toBe("/other/");
  });

  it("holds for what is attached after it", async () => {
    const http = createServer();
    const io = closing(new Server());
    io.path("/other").attach(http);
    http.listen(0);
    expect(await ask(http, "/other/?EIO=4&transport=polling")).toBe(200);
    expect(await ask(http, "/other/socket.io.js.unknown")).toBe(400);
  });

  it("must be text", () => {
    expect(() => new Server().path(5 as never)).toThrow(OptionError);
  });
});

describe("serveClient()", () => {
  it("is true, what the option says, or what it is set to", () => {
    expect(new Server().serveClient()).toBe(true);
    expect(new Server({ serveClient: false }).serveClient()).toBe(false);
    const io = new Server();
    expect(io.serveClient(false)).toBe(io);
    expect(io.serveClient()).toBe(false);
  });

  it("leaves the files to the engine, which knows none, when it is false", async () => {
    const http = createServer();
    closing(new Server(http, { serveClient: false }));
    http.listen(0);
    expect(await ask(http, "/socket.io/socket.io.js")).toBe(400);
  });

  it("must be true or false", () => {
    expect(() => new Server().serveClient("no" as never)).toThrow(OptionError);
  });
});

describe("connectTimeout()", () => {
  it("is 45 seconds, what the option says, or what it is set to", () => {
    expect(new Server().connectTimeout()).toBe(45_000);
    expect(new Server({ connectTimeout: 100 }).connectTimeout()).toBe(100);
    const io = new Server();
    expect(io.connectTimeout(200)).toBe(io);
    expect(io.connectTimeout()).toBe(200);
  });

  it("is the default when the option is zero", () => {
    expect(new Server({ connectTimeout: 0 }).connectTimeout()).toBe(45_000);
  });

  it("is the default when it is set to zero", () => {
    expect(new Server().connectTimeout(100).connectTimeout(0).connectTimeout()).toBe(45_000);
  });

  it("must be a time", () => {
    expect(() => new Server().connectTimeout(-1)).toThrow(OptionError);
  });
});

describe("adapter()", () => {
  class OwnAdapter extends InMemoryAdapter {}
  const factories: [
    what: string,
    factory:
      (new (nsp: AdapterNamespace) => NamespaceAdapter) | ((nsp: AdapterNamespace) => NamespaceAdapter),
  ][] = [
    ["a class", OwnAdapter],
    ["an arrow function", (nsp) => new OwnAdapter(nsp)],
    [
      "a function",
      function make(nsp: AdapterNamespace) {
        return new OwnAdapter(nsp);
      },
    ],
  ];

  it.each(factories)("may be %s, which makes the adapter of each namespace", (_what, factory) => {
    const io = new Server({ adapter: factory });
    expect(io.adapter()).toBe(factory);
    for (const namespace of [io.sockets, io.of("/admin")]) {
      expect(namespace.adapter).toBeInstanceOf(OwnAdapter);
      expect(namespace.adapter).toHaveProperty("nsp", namespace);
    }
  });

  it("is in memory when none is given", () => {
    const io = new Server();
    expect(io.adapter()).toBe(InMemoryAdapter);
    expect(io.sockets.adapter).toBeInstanceOf(InMemoryAdapter);
  });

  it("may be set later, for the namespaces that are there and those that come", () => {
    const io = new Server();
    const admin = io.of("/admin");
    expect(io.adapter(OwnAdapter)).toBe(io);
    for (const namespace of [io.sockets, admin, io.of("/new")]) {
      expect(namespace.adapter).toBeInstanceOf(OwnAdapter);
    }
  });

  it("may be replaced, which closes the one before; who is in rooms stays there", () => {
    const io = new Server();
    const { socket, session } = joined(io);
    void socket.join("blue");
    const close = vi.spyOn(io.sockets.adapter, "close");
    io.adapter(OwnAdapter);
    expect(close).toHaveBeenCalledOnce();
    expect(socket.rooms).toEqual(new Set([socket.id, "blue"]));
    io.to("blue").emit("bell");
    expect(session.takeEvents()).toEqual([["bell"]]);
  });

  it("must be a function", () => {
    expect(() => new Server().adapter({} as never)).toThrow(OptionError);
  });
});

describe("of()", () => {
  it("makes a namespace once, and adds the slash", () => {
    const io = new Server();
    const admin = io.of("admin");
    expect(admin).toBeInstanceOf(Namespace);
    expect(admin.name).toBe("/admin");
    expect(io.of("/admin")).toBe(admin);
    expect(io.of("/")).toBe(io.sockets);
    expect(io.of("")).toBe(io.sockets);
    expect([...io._nsps.keys()]).toEqual(["/", "/admin"]);
  });

  it("listens to connections when it is given a function", () => {
    const io = new Server();
    const listener = vi.fn();
    io.of("/admin", listener);
    const socket = new FakeSession(io).join("/admin");
    expect(listener).toHaveBeenCalledExactlyOnceWith(socket);
  });

  it("takes a number for its text, as JavaScript callers may give one", () => {
    expect(new Server().of(5 as never).name).toBe("/5");
  });

  it.each([[undefined], [null], [{}], [true], [Symbol("name")]])(
    "takes a name or a pattern, not %s",
    (name) => {
      const io = new Server();
      expect(() => io.of(name as never)).toThrow(expect.objectContaining({ code: "TELSIZ_INVALID_OPTION" }));
      expect(io._nsps.size).toBe(1);
    },
  );
});

describe("the listening methods of a server", () => {
  it("are those of its main namespace, and return the server", () => {
    const io = new Server();
    const [first, second, third, fourth] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
    expect(io.on("connection", first)).toBe(io);
    expect(io.addListener("connection", second)).toBe(io);
    expect(io.prependListener("connection", third)).toBe(io);
    expect(io.sockets.listeners("connection")).toEqual([third, first, second]);
    expect(io.listeners("connection")).toEqual([third, first, second]);
    expect(io.off("connection", first)).toBe(io);
    expect(io.removeListener("connection", second)).toBe(io);
    expect(io.once("connection", fourth)).toBe(io);
    expect(io.prependOnceListener("connection", second)).toBe(io);
    expect(io.listenerCount("connection")).toBe(3);
    expect(io.rawListeners("connection")).toHaveLength(3);
    joined(io);
    joined(io);
    expect([third, fourth, second].map((listener) => listener.mock.calls.length)).toEqual([2, 1, 1]);
    expect(io.eventNames()).toEqual(["connection"]);
    expect(io.setMaxListeners(20)).toBe(io);
    expect(io.getMaxListeners()).toBe(20);
    expect(io.sockets.getMaxListeners()).toBe(20);
    expect(io.removeAllListeners()).toBe(io);
    expect(io.sockets.eventNames()).toEqual([]);
  });

  it("hear what the main namespace is told by listeners of its own", () => {
    const io = new Server();
    const listener = vi.fn();
    io.sockets.on("connection", listener);
    expect(io.listeners("connection")).toEqual([listener]);
  });

  it("include use, for the main namespace alone", () => {
    const io = new Server();
    const middleware = vi.fn((_socket, next) => next());
    expect(io.use(middleware)).toBe(io);
    io.of("/admin");
    new FakeSession(io).join("/admin");
    expect(middleware).not.toHaveBeenCalled();
    joined(io);
    expect(middleware).toHaveBeenCalledOnce();
  });
});

describe("wrong options of the engine", () => {
  it.each([
    [{ transports: ["foo"] }, "transports"],
    [{ pingTimeout: -1 }, "pingTimeout"],
    [{ pingInterval: Infinity }, "pingInterval"],
    [{ cors: "anywhere" }, "cors"],
  ])("are refused before there is a server to attach to: %o", (options, name) => {
    expect(() => new Server(options as never)).toThrow(`Option "${name}" must be`);
  });
});
