import { InMemoryAdapter } from "@telsiz/adapter";
import { type EventPacket, PacketType } from "@telsiz/parser";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Namespace, ParentNamespace, Server, type ServerOptions, type Socket } from "../src/index.ts";
import { FakeSession, joined } from "./fake-session.ts";

const bug = new Error("a bug");
const reported = vi.fn();
let io: Server;

beforeEach(() => {
  start();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A server for the test, in place of the one there is. */
function start(options: ServerOptions = {}): void {
  io = new Server(options);
  reported.mockClear();
  io.on("handler_error", reported);
}

/** A client asks for a namespace; the answer. */
function answerTo(nsp: string, auth?: object, session: FakeSession = new FakeSession(io)): unknown {
  session.connect(nsp, auth);
  return session.take().at(-1);
}

const refusal = (nsp: string, message = "Invalid namespace"): object => ({
  type: PacketType.CONNECT_ERROR,
  nsp,
  data: { message },
});

const letIn = (nsp: string): object => ({
  type: PacketType.CONNECT,
  nsp,
  data: { sid: expect.any(String) as string },
});

/** A pattern that answers when the test says so. */
function held(): {
  pattern: (...args: unknown[]) => void;
  nexts: ((error?: unknown, ok?: boolean) => void)[];
} {
  const nexts: ((error?: unknown, ok?: boolean) => void)[] = [];
  return { nexts, pattern: (_name, _auth, next) => void nexts.push(next as () => void) };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a namespace that matches a regular expression", () => {
  it("is made when a client asks for it", () => {
    const parent = io.of(/^\/team-\d+$/);
    const connected: Socket[] = [];
    parent.on("connection", (socket) => connected.push(socket));
    const socket = new FakeSession(io).join("/team-7");
    expect(connected).toEqual([socket]);
    expect(socket.nsp).toBe(io.of("/team-7"));
    expect(socket.nsp).toBeInstanceOf(Namespace);
    expect(socket.nsp.name).toBe("/team-7");
    expect([...parent.children]).toEqual([socket.nsp]);
  });

  it("is not made for another name, and the client is told", () => {
    io.of(/^\/team-\d+$/);
    expect(answerTo("/team-x")).toEqual(refusal("/team-x"));
    expect([...io._nsps.keys()]).toEqual(["/"]);
  });

  it("is made once for all clients", () => {
    const parent = io.of(/^\/team-\d+$/);
    const sockets = ["/team-7", "/team-7", "/team-8"].map((name) => new FakeSession(io).join(name));
    expect(sockets[0]!.nsp).toBe(sockets[1]!.nsp);
    expect([...parent.children].map(({ name }) => name)).toEqual(["/team-7", "/team-8"]);
  });

  it("belongs to the parent when the application asks for it by name", () => {
    const parent = io.of(/^\/team-\d+$/);
    const listener = vi.fn();
    parent.on("connection", listener);
    const child = io.of("/team-7");
    expect([...parent.children]).toEqual([child]);
    new FakeSession(io).join("/team-7");
    expect(listener).toHaveBeenCalledOnce();
    expect(io.of("other")).not.toBeInstanceOf(ParentNamespace);
    expect(parent.children.size).toBe(1);
  });

  it("is the one that was there before the parent, if there was one", () => {
    const namespace = io.of("/team-7");
    const parent = io.of(/^\/team-\d+$/);
    expect(new FakeSession(io).join("/team-7").nsp).toBe(namespace);
    expect(parent.children.size).toBe(0);
  });

  it("is announced by `new_namespace`, with its listeners and its adapter", () => {
    const names: string[] = [];
    io.on("new_namespace", (namespace: Namespace) => {
      expect(namespace.adapter).toBeDefined();
      expect(namespace.listenerCount("connection")).toBe(1);
      expect(io.of(namespace.name)).toBe(namespace);
      names.push(namespace.name);
    });
    io.of(/^\/team-\d+$/).on("connection", () => undefined);
    new FakeSession(io).join("/team-7");
    io.of("/team-8");
    expect(reported).not.toHaveBeenCalled();
    expect(names).toEqual(["/team-7", "/team-8"]);
  });

  it("uses the adapter that the server has at that time", () => {
    class Other extends InMemoryAdapter {}
    io.of(/^\/team-\d+$/);
    io.adapter(Other);
    expect(io.of("/team-7").adapter).toBeInstanceOf(Other);
  });

  it("is decided about by the first pattern that matches", () => {
    const log: string[] = [];
    io.of(/^\/team-/, () => log.push("team"));
    io.of(/-7$/, () => log.push("seven"));
    new FakeSession(io).join("/team-7");
    new FakeSession(io).join("/room-7");
    expect(log).toEqual(["team", "seven"]);
  });

  it.each([/^\/team-/g, /^\/team-/y, /^\/team-/gi])("cannot be asked for with the state of %s", (pattern) => {
    expect(() => io.of(pattern)).toThrow(
      expect.objectContaining({
        name: "StatefulRegExpError",
        code: "TELSIZ_STATEFUL_REGEXP",
        message: "stateful regular expressions are not supported",
      }),
    );
    expect(answerTo("/team-7")).toEqual(refusal("/team-7"));
  });
});

describe("a namespace that a function accepts", () => {
  it("is made when a client asks for it", () => {
    const pattern = vi.fn((_name, _auth, next) => next(null, true));
    const parent = io.of(pattern, (socket) => socket.emit("welcome"));
    const session = new FakeSession(io);
    expect(answerTo("/any", { token: "abc" }, session)).toMatchObject({ data: ["welcome"] });
    expect(pattern).toHaveBeenCalledExactlyOnceWith("/any", { token: "abc" }, expect.any(Function));
    expect([...parent.children]).toEqual([io.of("/any")]);
  });

  it("is asked for with empty auth when the client gives none", () => {
    const pattern = vi.fn((_name, _auth, next) => next(null, true));
    io.of(pattern);
    answerTo("/any");
    expect(pattern.mock.calls[0]![1]).toEqual({});
  });

  it("is not made by the application's asking for it by name: the function decides about clients", () => {
    const pattern = vi.fn((_name, _auth, next) => next(null, true));
    const parent = io.of(pattern);
    io.of("/any");
    expect(pattern).not.toHaveBeenCalled();
    expect(parent.children.size).toBe(0);
  });

  it.each([
    ["false", [null, false]],
    ["nothing", []],
    ["an error", [new Error("no")]],
    ["an error, and true", [new Error("no"), true]],
  ])("is for the next parent to decide about, when the function says %s", (_what, said) => {
    const refusing = io.of((_name, _auth, next) => next(...(said as [])));
    const accepting = io.of(/^\/any$/);
    expect(answerTo("/any")).toEqual(letIn("/any"));
    expect([refusing.children.size, accepting.children.size]).toEqual([0, 1]);
    expect(answerTo("/other")).toEqual(refusal("/other"));
    expect(reported).not.toHaveBeenCalled();
  });

  it("is decided about when the function answers", () => {
    const { pattern, nexts } = held();
    io.of(pattern);
    const session = new FakeSession(io);
    expect(answerTo("/any", {}, session)).toBeUndefined();
    nexts[0]!(null, true);
    expect(session.take()).toEqual([letIn("/any")]);
  });

  it("is made once by two clients that ask for it at the same time", () => {
    const { pattern, nexts } = held();
    const parent = io.of(pattern);
    const announced = vi.fn();
    io.on("new_namespace", announced);
    const sessions = [new FakeSession(io), new FakeSession(io)];
    for (const session of sessions) session.connect("/any");
    for (const next of nexts) next(null, true);
    expect(sessions.map((session) => session.take())).toEqual([[letIn("/any")], [letIn("/any")]]);
    expect(announced).toHaveBeenCalledOnce();
    expect(parent.children.size).toBe(1);
    expect(io.of("/any").sockets.size).toBe(2);
  });

  it("is made once although two parents accept it at the same time", () => {
    const first = held();
    const [parent, other] = [io.of(first.pattern), io.of(/^\/any$/)];
    const [early, late] = [new FakeSession(io), new FakeSession(io)];
    early.connect("/any");
    late.connect("/any");
    first.nexts[1]!(null, false);
    first.nexts[0]!(null, true);
    expect([parent.children.size, other.children.size]).toEqual([0, 1]);
    expect(io.of("/any").sockets.size).toBe(2);
  });

  it("takes the first answer of the function, and no other", () => {
    const { pattern, nexts } = held();
    const parent = io.of(pattern);
    const [refused, accepted] = [new FakeSession(io), new FakeSession(io)];
    refused.connect("/no");
    accepted.connect("/yes");
    for (const answer of [false, true, true]) nexts[0]!(null, answer);
    for (const answer of [true, false, true]) nexts[1]!(null, answer);
    expect(refused.take()).toEqual([refusal("/no")]);
    expect(accepted.take()).toEqual([letIn("/yes")]);
    expect([...parent.children].map(({ name }) => name)).toEqual(["/yes"]);
  });

  it("is not made for a client that leaves meanwhile", () => {
    const { pattern, nexts } = held();
    const parent = io.of(pattern);
    const next = vi.fn((_name, _auth, done) => done(null, true));
    io.of(next);
    const [accepted, refused] = [new FakeSession(io), new FakeSession(io)];
    for (const session of [accepted, refused]) {
      session.connect("/any");
      session.lose();
    }
    nexts[0]!(null, true);
    nexts[1]!(null, false);
    expect([...io._nsps.keys()]).toEqual(["/"]);
    expect(parent.children.size).toBe(0);
    expect(accepted.take()).toEqual([]);
  });

  it("is asked for once at a time by a connection: a second CONNECT closes it", () => {
    const { pattern, nexts } = held();
    const parent = io.of(pattern);
    const session = new FakeSession(io);
    session.connect("/any");
    session.connect("/other");
    expect(session.readyState).toBe("open");
    session.connect("/any");
    expect(session.readyState).toBe("closed");
    for (const next of nexts) next(null, true);
    expect(parent.children.size).toBe(0);
  });

  it("may be asked for again by a client that was refused", () => {
    io.of((_name, auth, next) => next(null, auth["token"] === "ok"));
    const session = new FakeSession(io);
    expect(answerTo("/any", { token: "no" }, session)).toEqual(refusal("/any"));
    expect(answerTo("/any", { token: "ok" }, session)).toEqual(letIn("/any"));
  });

  it("closes the connection of a client that sends to it ahead of the answer", () => {
    const { pattern } = held();
    io.of(pattern);
    const session = new FakeSession(io);
    session.connect("/any");
    session.emit(["early"], undefined, "/any");
    expect(session.readyState).toBe("closed");
  });

  it("does not keep a client from the connect timeout when the function never answers", () => {
    vi.useFakeTimers();
    io.of(held().pattern);
    const session = new FakeSession(io);
    session.connect("/any");
    vi.advanceTimersByTime(45_000);
    expect(session.readyState).toBe("closed");
  });
});

describe("a function that decides about namespaces and", () => {
  const throws = (): never => {
    throw bug;
  };

  it.each([
    ["throws", throws],
    ["rejects", () => Promise.reject(bug)],
  ])("%s refuses the client, whatever the next ones say, and is reported", async (_how, pattern) => {
    io.of(pattern);
    const next = io.of(/^\/any$/);
    const session = new FakeSession(io);
    session.connect("/any");
    await settled();
    expect(session.take()).toEqual([refusal("/any", "Internal error")]);
    expect(reported).toHaveBeenCalledExactlyOnceWith(bug, { socket: undefined, event: "connection" });
    expect(next.children.size).toBe(0);
    expect(session.readyState).toBe("open");
  });

  it("throws after it has answered is reported, and its answer holds", () => {
    io.of((_name, _auth, next) => {
      next(null, true);
      throw bug;
    });
    expect(answerTo("/any")).toEqual(letIn("/any"));
    expect(reported).toHaveBeenCalledExactlyOnceWith(bug, { socket: undefined, event: "connection" });
  });

  it("answers after it has failed is not heard", async () => {
    const parent = io.of(async (_name, _auth, next) => {
      await Promise.resolve();
      setImmediate(() => next(null, true));
      throw bug;
    });
    const session = new FakeSession(io);
    session.connect("/any");
    await settled();
    await settled();
    expect(session.take()).toEqual([refusal("/any", "Internal error")]);
    expect(parent.children.size).toBe(0);
  });
});

describe("a parent namespace", () => {
  it("has a name of its own, which no client can ask for", () => {
    const [first, second] = [io.of(/^\/a$/), io.of(/^\/b$/)];
    expect([first.name, second.name]).toEqual(["/_0", "/_1"]);
    expect(first).toBeInstanceOf(ParentNamespace);
    expect(first).toBeInstanceOf(Namespace);
    expect(first.server).toBe(io);
    expect(first.sockets.size).toBe(0);
    expect(answerTo("/_0")).toEqual(refusal("/_0"));
  });

  it("is announced by no `new_namespace`", () => {
    const listener = vi.fn();
    io.on("new_namespace", listener);
    io.of(/^\/a$/);
    expect(listener).not.toHaveBeenCalled();
  });

  it("is the same whenever it is asked for with the same pattern", () => {
    const pattern = /^\/a$/;
    expect(io.of(pattern)).toBe(io.of(pattern));
    expect(io.of(/^\/a$/)).not.toBe(io.of(pattern));
  });

  it("gives its children the listeners and the middleware that it has when they are made", () => {
    const log: string[] = [];
    const parent = io.of(/^\/team-\d+$/);
    parent.use((_socket, next) => {
      log.push("middleware");
      next();
    });
    parent.on("connect", () => log.push("connect"));
    parent.on("connection", () => log.push("connection"));
    new FakeSession(io).join("/team-1");
    expect(log).toEqual(["middleware", "connect", "connection"]);
    parent.on("connection", () => log.push("later connection"));
    parent.use((_socket, next) => {
      log.push("later middleware");
      next();
    });
    log.length = 0;
    new FakeSession(io).join("/team-1");
    expect(log).toEqual(["middleware", "connect", "connection"]);
    log.length = 0;
    new FakeSession(io).join("/team-2");
    expect(log).toEqual(["middleware", "later middleware", "connect", "connection", "later connection"]);
  });

  it("gives each child a `once` of its own", () => {
    const listener = vi.fn();
    io.of(/^\/team-\d+$/).once("connection", listener);
    for (const name of ["/team-1", "/team-1", "/team-2", "/team-2"]) new FakeSession(io).join(name);
    expect(listener).toHaveBeenCalledTimes(2);
  });

  it("gives its children nothing else that it has", () => {
    const listener = vi.fn();
    const parent = io.of(/^\/team-\d+$/);
    parent.on("gossip", listener);
    expect(io.of("/team-1").eventNames()).toEqual([]);
  });

  it("does not hear of what is added to a child", () => {
    const parent = io.of(/^\/team-\d+$/);
    const listener = vi.fn();
    io.of("/team-1").on("connection", listener);
    new FakeSession(io).join("/team-2");
    expect(listener).not.toHaveBeenCalled();
    expect(parent.listenerCount("connection")).toBe(0);
  });

  it("refuses with its middleware, like any other", () => {
    io.of(/^\/team-\d+$/).use((_socket, next) => next(new Error("not you")));
    expect(answerTo("/team-1")).toEqual(refusal("/team-1", "not you"));
  });
});

describe("what is sent to a parent namespace", () => {
  let parent: ParentNamespace;
  let sessions: FakeSession[];
  let sockets: Socket[];

  beforeEach(() => {
    parent = io.of(/^\/team-\d+$/);
    sessions = [1, 2, 3].map(() => new FakeSession(io));
    sockets = ["/team-1", "/team-1", "/team-2"].map((name, index) => sessions[index]!.join(name));
    joined(io).session.take();
  });

  const received = (): unknown[] =>
    sessions.map((session) => session.take().map((packet) => [packet.nsp, ...(packet as EventPacket).data]));

  it.each<[string, (parent: ParentNamespace) => unknown]>([
    ["emit", (namespace) => namespace.emit("bell", 1)],
    ["volatile", (namespace) => namespace.volatile.emit("bell", 1)],
    ["local", (namespace) => namespace.local.emit("bell", 1)],
    ["compress", (namespace) => namespace.compress(false).emit("bell", 1)],
  ])("by %s reaches the sockets of all its children", (_how, send) => {
    const { session } = joined(io);
    send(parent);
    expect(received()).toEqual([
      [["/team-1", "bell", 1]],
      [["/team-1", "bell", 1]],
      [["/team-2", "bell", 1]],
    ]);
    expect(session.take()).toEqual([]);
  });

  it("by send and write is a message", () => {
    expect(parent.send("a").write("b")).toBe(parent);
    expect(received()[2]).toEqual([
      ["/team-2", "message", "a"],
      ["/team-2", "message", "b"],
    ]);
  });

  it("by to, in and except is for rooms of each", () => {
    void sockets[0]!.join("blue");
    void sockets[2]!.join("blue");
    parent.to("blue").emit("to");
    parent.in("blue").emit("in");
    parent.except("blue").emit("except");
    expect(received()).toEqual([
      [
        ["/team-1", "to"],
        ["/team-1", "in"],
      ],
      [["/team-1", "except"]],
      [
        ["/team-2", "to"],
        ["/team-2", "in"],
      ],
    ]);
  });

  it("is answered by all of them", async () => {
    const answers = parent.timeout(1000).emitWithAck("ask");
    for (const [index, session] of sessions.entries()) {
      const [packet] = session.take() as { id: number; nsp: string }[];
      session.acknowledge(packet!.id, [index], packet!.nsp);
    }
    expect(await answers).toEqual([0, 1, 2]);
  });

  it("is answered by those that do so in time", async () => {
    vi.useFakeTimers();
    const settledWith = vi.fn();
    parent.timeout(1000).emit("ask", settledWith);
    const [packet] = sessions[2]!.take() as { id: number }[];
    sessions[2]!.acknowledge(packet!.id, ["here"], "/team-2");
    await vi.advanceTimersByTimeAsync(1000);
    expect(settledWith).toHaveBeenCalledExactlyOnceWith(expect.any(Error), ["here"]);
  });

  it("is answered by nobody when it has no children", async () => {
    expect(
      await io
        .of(/^\/nobody$/)
        .timeout(1000)
        .emitWithAck("ask"),
    ).toEqual([]);
  });

  it("puts them into rooms, takes them out, and disconnects them", () => {
    parent.socketsJoin("blue");
    expect(sockets.map(({ rooms }) => rooms.has("blue"))).toEqual([true, true, true]);
    parent.in(sockets[0]!.id).socketsLeave("blue");
    expect(sockets.map(({ rooms }) => rooms.has("blue"))).toEqual([false, true, true]);
    parent.in("blue").disconnectSockets();
    expect(sockets.map(({ connected }) => connected)).toEqual([true, false, false]);
    parent.disconnectSockets(true);
    expect(sessions.map(({ readyState }) => readyState)).toEqual(["closed", "open", "open"]);
    expect(parent.children.size).toBe(0);
  });

  it("is not asked for its sockets, as its children elsewhere are not known", async () => {
    const refused = expect.objectContaining({
      name: "ParentNamespaceError",
      code: "TELSIZ_PARENT_NAMESPACE",
      message: "fetchSockets() is not supported on parent namespaces",
    }) as Error;
    expect(() => parent.fetchSockets()).toThrow(refused);
    expect(() => parent.to("blue").fetchSockets()).toThrow(refused);
    await expect(parent.allSockets()).rejects.toThrow(refused);
    expect(() => parent.adapter.sockets(new Set())).toThrow(
      "allSockets() is not supported on parent namespaces",
    );
  });

  it("must not be named like an event of its own", () => {
    expect(() => parent.emit("connect")).toThrow(expect.objectContaining({ code: "TELSIZ_RESERVED_EVENT" }));
  });
});

describe("an empty dynamic namespace", () => {
  const closed = vi.fn();

  class Watched extends InMemoryAdapter {
    override close(): void {
      closed(this.nsp.name);
    }
  }

  beforeEach(() => {
    closed.mockClear();
    io.adapter(Watched);
    closed.mockClear();
  });

  it("ends when its last client leaves, and its adapter is closed", () => {
    const parent = io.of(/^\/team-\d+$/);
    const sessions = [new FakeSession(io), new FakeSession(io)];
    for (const session of sessions) session.join("/team-1");
    sessions[0]!.lose();
    expect(io._nsps.has("/team-1")).toBe(true);
    sessions[1]!.lose();
    expect(io._nsps.has("/team-1")).toBe(false);
    expect(parent.children.size).toBe(0);
    expect(closed).toHaveBeenCalledExactlyOnceWith("/team-1");
  });

  it.each<[string, (session: FakeSession, socket: Socket) => void]>([
    [
      "the client leaves it alone",
      (session, { nsp }) => session.send({ type: PacketType.DISCONNECT, nsp: nsp.name }),
    ],
    ["the server disconnects it", (_session, socket) => socket.disconnect()],
    ["the server closes its connection", (_session, socket) => socket.disconnect(true)],
  ])("ends when %s", (_how, leave) => {
    io.of(/^\/team-\d+$/);
    const session = new FakeSession(io);
    leave(session, session.join("/team-1"));
    expect([...io._nsps.keys()]).toEqual(["/"]);
  });

  it("ends when its only client was refused, in time or late", () => {
    const nexts: ((error?: Error) => void)[] = [];
    io.of(/^\/team-\d+$/).use((_socket, next) => void nexts.push(next));
    const [session, other] = [new FakeSession(io), new FakeSession(io)];
    session.connect("/team-1");
    other.connect("/team-1");
    nexts[0]!(new Error("no"));
    expect(io._nsps.has("/team-1")).toBe(true); // somebody is on the way in
    other.lose();
    expect(io._nsps.has("/team-1")).toBe(false);
    expect(closed).toHaveBeenCalledExactlyOnceWith("/team-1");
    nexts[1]!();
    expect([...io._nsps.keys()]).toEqual(["/"]);
  });

  it("ends when its middleware fails", () => {
    io.of(/^\/team-\d+$/).use(() => {
      throw bug;
    });
    expect(answerTo("/team-1")).toEqual(refusal("/team-1", "Internal error"));
    expect([...io._nsps.keys()]).toEqual(["/"]);
  });

  it("goes on when somebody comes before the last one leaves", () => {
    io.of(/^\/team-\d+$/);
    const session = new FakeSession(io);
    const socket = session.join("/team-1");
    socket.on("disconnect", () => new FakeSession(io).join("/team-1"));
    new FakeSession(io).join("/team-1");
    session.lose();
    expect(io.of("/team-1").sockets.size).toBe(2);
    expect(socket.nsp).toBe(io.of("/team-1"));
  });

  it("comes again when somebody asks for it", () => {
    const announced: string[] = [];
    io.on("new_namespace", ({ name }: Namespace) => announced.push(name));
    io.of(/^\/team-\d+$/);
    const first = joinAndLeave("/team-1");
    const { nsp } = new FakeSession(io).join("/team-1");
    expect(nsp).not.toBe(first);
    expect(io.of("/team-1")).toBe(nsp);
    expect(announced).toEqual(["/team-1", "/team-1"]);
  });

  it("does not grow in number with what clients ask for", () => {
    io.of(/^\/team-\d+$/);
    for (let n = 0; n < 1000; n++) joinAndLeave(`/team-${n}`);
    expect([...io._nsps.keys()]).toEqual(["/"]);
  });

  it("stays when the application has asked for it by name", () => {
    const parent = io.of(/^\/team-\d+$/);
    const child = io.of("/team-1");
    joinAndLeave("/team-1");
    expect(io.of("/team-1")).toBe(child);
    expect([...parent.children]).toEqual([child]);
    expect(closed).not.toHaveBeenCalled();
  });

  it("stays when it is not dynamic", () => {
    io.of(/^\/team-\d+$/);
    io.of("/room");
    joinAndLeave("/room");
    joinAndLeave("/");
    expect([...io._nsps.keys()]).toEqual(["/", "/room"]);
  });

  it("stays when the option says so", () => {
    start({ cleanupEmptyChildNamespaces: false, adapter: Watched });
    const parent = io.of(/^\/team-\d+$/);
    const child = joinAndLeave("/team-1");
    expect(io.of("/team-1")).toBe(child);
    expect(parent.children.size).toBe(1);
    expect(closed).not.toHaveBeenCalled();
  });

  it("is reported when its adapter cannot be closed", async () => {
    io.adapter(
      class extends InMemoryAdapter {
        override close(): Promise<void> {
          return Promise.reject(bug);
        }
      },
    );
    io.of(/^\/team-\d+$/);
    joinAndLeave("/team-1");
    await settled();
    expect(reported).toHaveBeenCalledExactlyOnceWith(bug, { socket: undefined, event: "close" });
  });

  it("has its adapter closed once, and awaited, when it ends with the server", async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    io.adapter(
      class extends InMemoryAdapter {
        override close(): Promise<void> {
          closed(this.nsp.name);
          return released;
        }
      },
    );
    closed.mockClear(); // the one before was closed
    io.of(/^\/team-\d+$/);
    new FakeSession(io).join("/team-1");
    const done = vi.fn();
    const end = io.close(done);
    await settled();
    expect(done).not.toHaveBeenCalled();
    expect(closed.mock.calls.flat().sort()).toEqual(["/", "/team-1"]);
    release();
    await end;
    expect(done).toHaveBeenCalledOnce();
  });

  /** A client comes and leaves; the namespace that it was in. */
  function joinAndLeave(nsp: string): unknown {
    const session = new FakeSession(io);
    const socket = session.join(nsp);
    session.lose();
    return socket.nsp;
  }
});

describe("recovery in a dynamic namespace", () => {
  const AWAY_MS = 1000;
  let parent: ParentNamespace;

  beforeEach(() => {
    vi.useFakeTimers();
    start({ connectionStateRecovery: { maxDisconnectionDuration: AWAY_MS } });
    parent = io.of(/^\/team-\d+$/);
  });

  /** A client joins; what it knows of its session. */
  function join(session: FakeSession): { pid: string; offset: string; sid: string } {
    session.connect("/team-1");
    return (session.take().at(-1) as { data: { pid: string; offset: string; sid: string } }).data;
  }

  it("gives the only client what it missed, as the namespace waits for it", () => {
    const session = new FakeSession(io);
    const { pid, offset, sid } = join(session);
    session.lose();
    io.of("/team-1").emit("missed");
    const again = new FakeSession(io);
    again.connect("/team-1", { pid, offset });
    expect(again.take()).toEqual([
      expect.objectContaining({ type: PacketType.EVENT, data: ["missed", expect.any(String)] }),
      expect.objectContaining({
        type: PacketType.CONNECT,
        data: expect.objectContaining({ sid, pid }) as object,
      }),
    ]);
    expect(io.of("/team-1").sockets.get(sid)!.recovered).toBe(true);
  });

  it("gives a client what was sent to the parent meanwhile", () => {
    const session = new FakeSession(io);
    const { pid, offset } = join(session);
    session.lose();
    parent.emit("missed");
    const again = new FakeSession(io);
    again.connect("/team-1", { pid, offset });
    expect(again.takeEvents()).toEqual([["missed", expect.any(String)]]);
  });

  it("ends with the namespace when nobody comes back in time", () => {
    const session = new FakeSession(io);
    join(session);
    session.lose();
    vi.advanceTimersByTime(AWAY_MS - 1);
    expect(io._nsps.has("/team-1")).toBe(true);
    vi.advanceTimersByTime(AWAY_MS + 1);
    expect(io._nsps.has("/team-1")).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not end it while somebody is there", () => {
    const [session, other] = [new FakeSession(io), new FakeSession(io)];
    join(session);
    join(other);
    session.lose();
    vi.advanceTimersByTime(3 * AWAY_MS);
    expect(io.of("/team-1").sockets.size).toBe(1);
    other.send({ type: PacketType.DISCONNECT, nsp: "/team-1" });
    expect(io._nsps.has("/team-1")).toBe(false);
  });

  it("waits for a client that a middleware refuses", () => {
    const pattern = /^\/club-\d+$/;
    let open = true;
    io.of(pattern).use((_socket, next) => next(open ? undefined : new Error("closed")));
    const session = new FakeSession(io);
    session.connect("/club-1");
    const { pid, offset } = (session.take().at(-1) as { data: { pid: string; offset: string } }).data;
    session.lose();
    open = false;
    const again = new FakeSession(io);
    expect(answerTo("/club-1", { pid, offset }, again)).toEqual(refusal("/club-1", "closed"));
    open = true;
    expect(answerTo("/club-1", { pid, offset }, again)).toMatchObject({ data: { pid } });
  });
});
