/** The types that an application sees (api-surface.md 13, without the gaps of Socket.IO). */
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Server as HttpServer } from "node:http";
import type { Http2SecureServer, Http2Server } from "node:http2";
import type { Server as HttpsServer } from "node:https";
import { describe, expectTypeOf, test } from "vitest";
import type {
  BroadcastOperator,
  DefaultEventsMap,
  DisconnectReason,
  Event,
  ExtendedError,
  Namespace,
  NamespacePattern,
  ParentNamespace,
  RemoteSocket,
  ServerOptions,
} from "../src/index.ts";
import { Server, type Socket } from "../src/index.ts";

interface FromClient {
  noise: (level: number) => void;
  ask: (question: string, ack: (answer: boolean) => void) => void;
  maybe: (text?: string) => void;
}

interface ToClient {
  plain: (text: string) => void;
  nothing: () => void;
  withAck: (text: string, ack: (count: number) => void) => void;
  twoValues: (ack: (count: number, unit: string) => void) => void;
  askMaybe: (question: string, ack?: (answer: boolean) => void) => void;
}

interface BetweenServers {
  gossip: (about: string) => void;
  ping: (count: number, ack: (answer: string) => void) => void;
  probe: (ack?: (error: Error, load: number) => void) => void;
}

interface Data {
  user: string;
}

// Type tests are compiled and never run.
declare const io: Server<FromClient, ToClient, BetweenServers, Data>;
declare const socket: Socket<FromClient, ToClient, BetweenServers, Data>;
declare const http: HttpServer;
declare const https: HttpsServer;
declare const http2: Http2Server;
declare const secureHttp2: Http2SecureServer;

describe("events between servers", () => {
  test("have the arguments of their map, and answers from many", () => {
    expectTypeOf(io.serverSideEmit("gossip", "weather")).toEqualTypeOf<true>();
    io.of("/admin").serverSideEmit("ping", 1, (error, answers) => {
      expectTypeOf(error).toEqualTypeOf<Error | null>();
      expectTypeOf(answers).toEqualTypeOf<string[]>();
    });
    expectTypeOf(io.serverSideEmitWithAck("ping", 1)).toEqualTypeOf<Promise<string[]>>();
    expectTypeOf(io.of("/admin").serverSideEmitWithAck("ping", 1)).toEqualTypeOf<Promise<string[]>>();
    expectTypeOf(io.serverSideEmitWithAck("probe")).toEqualTypeOf<Promise<number[]>>();
    io.serverSideEmit("probe");
    io.on("ping", (count, ack) => {
      expectTypeOf(count).toEqualTypeOf<number>();
      expectTypeOf(ack).toEqualTypeOf<(answer: string) => void>();
    });
  });

  test("have no others", () => {
    // @ts-expect-error -- an argument is missing
    io.serverSideEmit("gossip");
    // @ts-expect-error -- an argument of another type
    io.serverSideEmit("ping", "one", () => undefined);
    // @ts-expect-error -- an event of clients
    io.serverSideEmit("noise", 1);
    // @ts-expect-error -- it has no acknowledgement
    void io.serverSideEmitWithAck("gossip", "weather");
  });

  test("are any where the server has no map for them", () => {
    const untyped = new Server();
    untyped.serverSideEmit("anything", 1, "two", (_error: Error | null, _answers: unknown[]) => undefined);
    expectTypeOf(untyped.serverSideEmitWithAck("anything", 1)).toEqualTypeOf<Promise<any[]>>();
  });
});

describe("the constructor", () => {
  test("takes a server, a port, or options", () => {
    expectTypeOf(new Server()).toEqualTypeOf<Server>();
    expectTypeOf(new Server(3000)).toEqualTypeOf<Server>();
    new Server(http);
    new Server(http2);
    new Server(secureHttp2).attach(http).attach(secureHttp2);
    expectTypeOf(new Server().httpServer).toEqualTypeOf<
      HttpServer | HttpsServer | Http2Server | Http2SecureServer | undefined
    >();
    new Server(https, { path: "/live", cors: { origin: "https://example.com" } });
    new Server("3000");
    new Server({ transports: ["websocket"], connectTimeout: 1000 });
    new Server(undefined, { pingInterval: 1000 });
    new Server<FromClient, ToClient, BetweenServers, Data>(http);
  });

  test("is in reach of a namespace and of its sockets", () => {
    const io = new Server<FromClient, ToClient, BetweenServers, Data>(http);
    expectTypeOf(io.of("/chat").server.close).returns.toEqualTypeOf<Promise<void>>();
    io.on("connection", (socket) => {
      expectTypeOf(socket.nsp.sockets.get(socket.id)).toEqualTypeOf<typeof socket | undefined>();
      expectTypeOf(socket.nsp.server.engine.clientsCount).toBeNumber();
      socket.nsp.server.of("/news").to("all").emit("headline", "anything");
      socket.nsp.server.emit("anything");
    });
  });

  test("takes nothing else", () => {
    // @ts-expect-error -- a request handler is no server
    new Server((_request: IncomingMessage) => undefined);
    // @ts-expect-error -- no such transport
    new Server({ transports: ["telepathy"] });
    // @ts-expect-error -- no such option
    new Server({ pingIntervall: 1000 });
    // @ts-expect-error -- a time is a number
    new Server(http, { connectTimeout: "45s" });
  });

  test("has the listened events as default of the sent ones", () => {
    expectTypeOf<Server<FromClient>>().toEqualTypeOf<Server<FromClient, FromClient>>();
    expectTypeOf<Server<FromClient>["emit"]>().parameter(0).toEqualTypeOf<keyof FromClient>();
    expectTypeOf<Socket<FromClient>>().toEqualTypeOf<Socket<FromClient, FromClient>>();
  });
});

describe("a server without event maps", () => {
  test("takes any event with any arguments", () => {
    const untyped = new Server();
    untyped.on("connection", (client) => {
      expectTypeOf(client).toEqualTypeOf<Socket>();
      expectTypeOf(client.data).toBeAny();
      client.on("whatever", (...args) => {
        expectTypeOf(args).toEqualTypeOf<any[]>();
      });
      client.emit("whatever", 1, "2", [3]);
      expectTypeOf(client.emitWithAck("whatever", 1)).toEqualTypeOf<Promise<any>>();
    });
    untyped.emit("whatever", 1);
    untyped
      .to("room")
      .timeout(1)
      .emit("whatever", (error: Error | null, answers: unknown[]) => [error, answers]);
  });
});

describe("what a server listens to", () => {
  test("gives typed sockets", () => {
    io.on("connection", (client) => {
      expectTypeOf(client).toEqualTypeOf<Socket<FromClient, ToClient, BetweenServers, Data>>();
    });
    io.on("connect", (client) => {
      expectTypeOf(client.data).toEqualTypeOf<Data>();
    });
    io.use((client, next) => {
      expectTypeOf(client.handshake.auth).toEqualTypeOf<{ [key: string]: any }>();
      expectTypeOf(next).toEqualTypeOf<(error?: ExtendedError) => void>();
      next();
      next(new Error("no"));
      // @ts-expect-error -- an error is an Error
      next("no");
    });
    io.on("new_namespace", (namespace) => {
      expectTypeOf(namespace).toEqualTypeOf<Namespace<FromClient, ToClient, BetweenServers, Data>>();
    });
    io.on("handler_error", (error, context) => {
      expectTypeOf(error).toBeUnknown();
      expectTypeOf(context.event).toBeString();
      expectTypeOf(context.socket).toEqualTypeOf<
        Socket<FromClient, ToClient, BetweenServers, Data> | undefined
      >();
    });
    io.on("gossip", (about) => {
      expectTypeOf(about).toBeString();
    });
  });

  test("is nothing that no one sends", () => {
    // @ts-expect-error -- an event of clients comes to sockets
    io.on("noise", () => undefined);
    // @ts-expect-error -- the parameter is a string
    io.on("gossip", (about: number) => about);
  });
});

describe("what a socket listens to", () => {
  test("has the parameters of the map", () => {
    socket.on("noise", (level) => {
      expectTypeOf(level).toBeNumber();
    });
    socket.once("ask", (question, ack) => {
      expectTypeOf(question).toBeString();
      expectTypeOf(ack).toEqualTypeOf<(answer: boolean) => void>();
      // @ts-expect-error -- the answer is a boolean
      ack("yes");
    });
    socket.on("maybe", (text) => {
      expectTypeOf(text).toEqualTypeOf<string | undefined>();
    });
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- allowed: its rejection is reported
    socket.on("noise", async () => {
      await Promise.resolve();
    });
  });

  test("includes its own events", () => {
    socket.on("disconnect", (reason, description) => {
      expectTypeOf(reason).toEqualTypeOf<DisconnectReason>();
      expectTypeOf(description).toBeUnknown();
    });
    socket.on("disconnecting", (reason) => {
      expectTypeOf(reason).toEqualTypeOf<DisconnectReason>();
      // @ts-expect-error -- a reason of the client
      if (reason === "io client disconnect") return;
    });
    socket.on("error", (error) => {
      expectTypeOf(error).toEqualTypeOf<Error>();
    });
  });

  test("is nothing else", () => {
    // @ts-expect-error -- not in the map
    socket.on("unknown", () => undefined);
    // @ts-expect-error -- an event that the server sends
    socket.on("plain", () => undefined);
    // @ts-expect-error -- the parameter is a number
    socket.on("noise", (level: string) => level);
  });

  test("may be anything that comes or goes", () => {
    socket.onAny((...event) => {
      if (event[0] === "noise") expectTypeOf(event).toEqualTypeOf<[event: "noise", level: number]>();
    });
    socket.onAnyOutgoing((event) => {
      expectTypeOf(event).toEqualTypeOf<keyof ToClient>();
    });
  });

  test("passes middlewares, which may narrow it by its name", () => {
    socket.use((packet, next) => {
      if (packet[0] === "noise") expectTypeOf(packet).toEqualTypeOf<[event: "noise", level: number]>();
      next();
      next(new Error("no"));
      // @ts-expect-error -- an error is an Error
      next("no");
    });
    socket.use(([event, ...args], next) => {
      expectTypeOf(event).toEqualTypeOf<keyof FromClient>();
      expectTypeOf(args).toExtend<unknown[]>();
      next();
    });
    const untyped = (_packet: Event, next: (error?: Error) => void): void => next();
    socket.use(untyped);
  });
});

describe("what a socket sends", () => {
  test("has the arguments of the map", () => {
    expectTypeOf(socket.emit("plain", "text")).toEqualTypeOf<true>();
    socket.emit("nothing");
    socket.emit("withAck", "text", (count) => {
      expectTypeOf(count).toBeNumber();
    });
    socket.emit("twoValues", (count, unit) => {
      expectTypeOf(count).toBeNumber();
      expectTypeOf(unit).toBeString();
    });
    socket.emit("askMaybe", "why?");
    socket.volatile.compress(false).emit("plain", "text");
  });

  test("has them exactly", () => {
    // @ts-expect-error -- not in the map
    socket.emit("unknown");
    // @ts-expect-error -- an event of clients
    socket.emit("noise", 1);
    // @ts-expect-error -- an argument is missing
    socket.emit("plain");
    // @ts-expect-error -- not a string
    socket.emit("plain", 1);
    // @ts-expect-error -- one argument too many
    socket.emit("plain", "text", "more");
    // @ts-expect-error -- the acknowledgement is required
    socket.emit("withAck", "text");
    // @ts-expect-error -- the answer is a number
    socket.emit("withAck", "text", (count: string) => count);
  });

  test("is answered with an error first when there is a timeout", () => {
    socket.timeout(1).emit("withAck", "text", (error, count) => {
      expectTypeOf(error).toEqualTypeOf<Error | null>();
      expectTypeOf(count).toBeNumber();
    });
    // @ts-expect-error -- the error comes first
    socket.timeout(1).emit("withAck", "text", (count: number) => count);
  });

  test("is promised the first value of the answer, with and without a timeout", () => {
    expectTypeOf(socket.emitWithAck("withAck", "text")).toEqualTypeOf<Promise<number>>();
    expectTypeOf(socket.timeout(1).emitWithAck("withAck", "text")).toEqualTypeOf<Promise<number>>();
    expectTypeOf(socket.emitWithAck("twoValues")).toEqualTypeOf<Promise<number>>();
    expectTypeOf(socket.compress(true).emitWithAck("askMaybe", "why?")).toEqualTypeOf<Promise<boolean>>();
    expectTypeOf(socket.volatile.timeout(1).emitWithAck("askMaybe", "why?")).toEqualTypeOf<
      Promise<boolean>
    >();
  });

  test("is promised nothing where no answer is declared", () => {
    // @ts-expect-error -- plain has no acknowledgement
    void socket.emitWithAck("plain", "text");
    // @ts-expect-error -- nor with a timeout
    void socket.timeout(1).emitWithAck("plain", "text");
    // @ts-expect-error -- the acknowledgement is not given
    void socket.emitWithAck("withAck", "text", () => undefined);
  });
});

describe("a broadcast", () => {
  test("sends the events of the map", () => {
    expectTypeOf(io.emit("plain", "text")).toEqualTypeOf<true>();
    io.to("room").to(["a", "b"]).except("c").volatile.compress(false).local.emit("nothing");
    io.of("/").in("room").emit("plain", "text");
    socket.broadcast.emit("plain", "text");
    socket.to("room").emit("plain", "text");
    socket.volatile.to("room").emit("plain", "text");
    expectTypeOf(io.to("room")).toEqualTypeOf<BroadcastOperator<ToClient, Data>>();
    // @ts-expect-error -- not in the map
    io.emit("unknown");
    // @ts-expect-error -- not a string
    io.to("room").emit("plain", 1);
    // @ts-expect-error -- not a string
    socket.broadcast.emit("plain", 1);
    // @ts-expect-error -- a room has a name
    io.to(1);
  });

  test("collects answers only when it is said how long to wait", () => {
    io.timeout(1).emit("withAck", "text", (error, counts) => {
      expectTypeOf(error).toEqualTypeOf<Error | null>();
      expectTypeOf(counts).toEqualTypeOf<number[]>();
    });
    io.to("room")
      .timeout(1)
      .emit("twoValues", (_error, counts) => {
        expectTypeOf(counts).toEqualTypeOf<number[]>();
      });
    socket.timeout(1).broadcast.emit("withAck", "text", (_error, counts) => {
      expectTypeOf(counts).toEqualTypeOf<number[]>();
    });
    // @ts-expect-error -- timeout first
    io.emit("withAck", "text", () => undefined);
    // @ts-expect-error -- timeout first
    io.to("room").emit("withAck", "text", () => undefined);
    // @ts-expect-error -- timeout first
    socket.broadcast.emit("withAck", "text", () => undefined);
    // @ts-expect-error -- timeout first, even if an answer may be left out
    io.emit("askMaybe", "why?", () => undefined);
    io.emit("askMaybe", "why?");
  });

  test("still sends plain events when it has a timeout", () => {
    io.timeout(1).emit("plain", "text");
    // @ts-expect-error -- not a string
    io.timeout(1).emit("plain", 1);
  });

  test("is promised all answers", () => {
    expectTypeOf(io.timeout(1).emitWithAck("withAck", "text")).toEqualTypeOf<Promise<number[]>>();
    expectTypeOf(io.to("room").timeout(1).emitWithAck("withAck", "text")).toEqualTypeOf<Promise<number[]>>();
    expectTypeOf(socket.timeout(1).to("room").emitWithAck("askMaybe", "why?")).toEqualTypeOf<
      Promise<boolean[]>
    >();
    // @ts-expect-error -- plain has no acknowledgement
    void io.timeout(1).emitWithAck("plain", "text");
  });

  test("finds typed sockets", () => {
    expectTypeOf(io.in("room").allSockets()).toEqualTypeOf<Promise<Set<string>>>();
    io.of("/").adapter.on("create-room", (room) => expectTypeOf(room).toEqualTypeOf<string>());
    io.of("/").adapter.once("join-room", (room, id) => expectTypeOf([room, id]).toEqualTypeOf<string[]>());
    expectTypeOf(io.in("room").fetchSockets()).toEqualTypeOf<Promise<RemoteSocket<ToClient, Data>[]>>();
    void io.fetchSockets().then(([remote]) => {
      expectTypeOf(remote!.data.user).toBeString();
      remote!.emit("plain", "text");
      remote!.timeout(1).emit("withAck", "text", (error, count) => {
        expectTypeOf(error).toEqualTypeOf<Error | null>();
        expectTypeOf(count).toBeNumber();
      });
      // @ts-expect-error -- not in the map
      remote!.emit("unknown");
    });
  });
});

describe("a namespace", () => {
  interface AdminToClient {
    alert: (level: number) => void;
  }

  test("has the maps of the server", () => {
    expectTypeOf(io.of("/x")).toEqualTypeOf<Namespace<FromClient, ToClient, BetweenServers, Data>>();
    expectTypeOf(io.of(/^\/x-/)).toEqualTypeOf<ParentNamespace<FromClient, ToClient, BetweenServers, Data>>();
    expectTypeOf(io.sockets).toEqualTypeOf<Namespace<FromClient, ToClient, BetweenServers, Data>>();
    expectTypeOf(io.sockets.sockets.get("id")).toEqualTypeOf<
      Socket<FromClient, ToClient, BetweenServers, Data> | undefined
    >();
  });

  test("may have others", () => {
    const admin = io.of<FromClient, AdminToClient>("/admin");
    expectTypeOf(admin).toEqualTypeOf<Namespace<FromClient, AdminToClient, BetweenServers, Data>>();
    admin.emit("alert", 1);
    admin.on("connection", (client) => {
      client.emit("alert", 1);
      // @ts-expect-error -- of the main namespace
      client.emit("plain", "text");
    });
    admin.use((client, next) => {
      expectTypeOf(client.data).toEqualTypeOf<Data>();
      next();
    });
    // @ts-expect-error -- of the main namespace
    admin.emit("plain", "text");
    const stats = io.of<FromClient, AdminToClient, BetweenServers, { visits: number }>("/stats");
    stats.on("connection", (client) => {
      expectTypeOf(client.data.visits).toBeNumber();
    });
  });

  test("may be a parent, of those that a pattern accepts", () => {
    interface Visit {
      visits: number;
    }
    const teams = io.of<FromClient, AdminToClient, BetweenServers, Visit>(/^\/team-/, (client) => {
      expectTypeOf(client.data.visits).toBeNumber();
    });
    expectTypeOf(teams).toEqualTypeOf<ParentNamespace<FromClient, AdminToClient, BetweenServers, Visit>>();
    expectTypeOf(teams.children).toEqualTypeOf<
      ReadonlySet<Namespace<FromClient, AdminToClient, BetweenServers, Visit>>
    >();
    teams.to("room").emit("alert", 1);
    // @ts-expect-error -- of the main namespace
    teams.emit("plain", "text");
    io.of((name, auth, next) => {
      expectTypeOf(name).toBeString();
      expectTypeOf(auth).toEqualTypeOf<{ [key: string]: any }>();
      next(null, true);
      next(new Error("no"), false);
      next();
      // @ts-expect-error -- an error is an Error
      next("no");
    }).on("connection", (client) => {
      expectTypeOf(client).toEqualTypeOf<Socket<FromClient, ToClient, BetweenServers, Data>>();
    });
    io.of(async (name, _auth, next) => next(null, (await Promise.resolve(name)) === "/x"));
    const namesAndPatterns: (string | NamespacePattern)[] = ["/x", /^\/team-/];
    expectTypeOf(io.of(namesAndPatterns[0]!)).toEqualTypeOf<
      Namespace<FromClient, ToClient, BetweenServers, Data>
    >();
  });

  test("takes a listener of connections", () => {
    io.of("/x", (client) => {
      expectTypeOf(client).toEqualTypeOf<Socket<FromClient, ToClient, BetweenServers, Data>>();
    });
  });
});

describe("what a socket keeps and knows", () => {
  test("is typed", () => {
    expectTypeOf(socket.data).toEqualTypeOf<Data>();
    expectTypeOf(socket.id).toBeString();
    expectTypeOf(socket.rooms).toEqualTypeOf<Set<string>>();
    expectTypeOf(socket.request).toEqualTypeOf<IncomingMessage>();
    expectTypeOf(socket.recovered).toBeBoolean();
    expectTypeOf(socket.join(["a", "b"])).toEqualTypeOf<void | Promise<void>>();
    expectTypeOf(socket.disconnect(true)).toEqualTypeOf<typeof socket>();
    // @ts-expect-error -- not in Data
    expectTypeOf(socket.data.age).toBeAny();
    // @ts-expect-error -- a single room is left at a time
    void socket.leave(["a", "b"]);
  });
});

describe("the settings of a server", () => {
  test("are read without an argument and set with one", () => {
    expectTypeOf(io.path()).toBeString();
    expectTypeOf(io.path("/live")).toEqualTypeOf<typeof io>();
    expectTypeOf(io.serveClient()).toBeBoolean();
    expectTypeOf(io.connectTimeout()).toBeNumber();
    expectTypeOf(io.close()).toEqualTypeOf<Promise<void>>();
    // @ts-expect-error -- a path is text
    io.path(5);
  });
});

describe("the types of the package", () => {
  test("have the names that programs import", () => {
    expectTypeOf<ServerOptions["maxHttpBufferSize"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Event[0]>().toBeString();
    expectTypeOf(io.to("room")).toExtend<BroadcastOperator<ToClient, Data>>();
    expectTypeOf<RemoteSocket<ToClient, Data>["data"]>().toEqualTypeOf<Data>();
    expectTypeOf<"ping timeout">().toExtend<DisconnectReason>();
    expectTypeOf<ExtendedError>().toExtend<Error>();
    expectTypeOf<DefaultEventsMap["any name"]>().toBeFunction();
  });
});

describe("the emitters of a server", () => {
  test("are what functions of Node.js take for one", () => {
    expectTypeOf(once(io, "connection")).toEqualTypeOf<Promise<any[]>>();
    expectTypeOf(io.of("/other")).toExtend<NodeJS.EventEmitter>();
    expectTypeOf(io.engine).toExtend<NodeJS.EventEmitter>();
    io.on("connection", (socket) => {
      expectTypeOf(once(socket, "disconnect")).toEqualTypeOf<Promise<any[]>>();
      expectTypeOf(socket.conn).toExtend<NodeJS.EventEmitter>();
    });
  });
});

describe("the types that the server exports", () => {
  test("have the names of Socket.IO, and its defaults", () => {
    expectTypeOf<Server>().toEqualTypeOf<Server<DefaultEventsMap, DefaultEventsMap>>();
    expectTypeOf<BroadcastOperator<ToClient, Data>>().toHaveProperty("fetchSockets");
    expectTypeOf<RemoteSocket<ToClient, Data>["data"]>().toEqualTypeOf<Data>();
    expectTypeOf<"ping timeout">().toExtend<DisconnectReason>();
    expectTypeOf<ExtendedError>().toExtend<Error>();
    expectTypeOf<Event[0]>().toBeString();
    expectTypeOf({ pingInterval: 1_000, cors: { origin: "*" } }).toExtend<Partial<ServerOptions>>();
  });
});
