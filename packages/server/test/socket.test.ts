import { PacketType } from "@telsiz/parser";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AckTimeoutError, DisconnectedError, Server, type Socket } from "../src/index.ts";
import { FakeSession, joined } from "./fake-session.ts";

let io: Server;
let session: FakeSession;
let socket: Socket;
const reported = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  reported.mockClear();
  io = new Server();
  io.on("handler_error", reported);
  ({ session, socket } = joined(io));
});

afterEach(() => {
  vi.useRealTimers();
});

/** Acknowledgements among what the server has sent. */
const takeAnswers = (): object[] => session.take().filter((packet) => packet.type === PacketType.ACK);

describe("rooms", () => {
  it("hold the socket's own id from the beginning", () => {
    expect([...socket.rooms]).toEqual([socket.id]);
  });

  it("are joined one by one or together, and left one by one", () => {
    void socket.join("a");
    void socket.join(["b", "c", "a"]);
    void socket.leave("b");
    void socket.leave("never joined");
    expect([...socket.rooms]).toEqual([socket.id, "a", "c"]);
    expect([...io.sockets.adapter.rooms.keys()]).toEqual([socket.id, "a", "c"]);
  });

  it("are there while `disconnecting` is raised, and gone at `disconnect`", () => {
    void socket.join("a");
    const log: unknown[] = [];
    socket.on("disconnecting", (reason) => log.push([reason, [...socket.rooms], socket.connected]));
    socket.on("disconnect", (reason) => log.push([reason, [...socket.rooms], socket.connected]));
    session.lose("ping timeout");
    expect(log).toEqual([
      ["ping timeout", [socket.id, "a"], true],
      ["ping timeout", [], false],
    ]);
    expect(io.sockets.adapter.rooms.size).toBe(0);
    expect(io.sockets.adapter.sids.size).toBe(0);
  });

  it("cannot be joined after the end", () => {
    session.lose();
    void socket.join("a");
    void socket.leave("a");
    expect(socket.rooms.size).toBe(0);
    expect(io.sockets.adapter.sids.size).toBe(0);
  });

  it("joined while `disconnecting` is raised are left too", () => {
    socket.on("disconnecting", () => void socket.join("late"));
    session.lose();
    expect(io.sockets.adapter.rooms.size).toBe(0);
  });
});

describe("the request", () => {
  it("is kept", () => {
    expect(socket.request.url).toBe("/socket.io/");
  });

  it("is there for middlewares and listeners of connection, and then forgotten, with keepRequest: false", () => {
    const forgetful = new Server({ keepRequest: false });
    const seen: unknown[] = [];
    forgetful.use((one, next) => {
      seen.push(one.request.headers["x-a"]);
      next();
    });
    forgetful.once("connection", (one) => seen.push(one.handshake.query));
    const one = new FakeSession(forgetful, { url: "/socket.io/?b=2", headers: { "x-a": "1" } }).join();
    expect(seen).toEqual(["1", { b: "2" }]);
    expect(one.request).toBeNull();
    expect(one.handshake.query).toEqual({ b: "2" }); // read before
    const other = new FakeSession(forgetful).join("/", { token: "t" });
    expect(other.handshake).toMatchObject({ auth: { token: "t" }, address: "192.0.2.7", headers: {} });
  });
});

describe("the handshake", () => {
  const at = (url: string, headers: Record<string, string> = {}, auth?: object): Socket["handshake"] =>
    new FakeSession(io, { url, headers }).join("/", auth).handshake;

  it("tells what the client came with", () => {
    vi.setSystemTime("2024-05-06T07:08:09.000Z");
    const url = "/socket.io/?EIO=4&transport=polling&room=a&room=b&name=J%C3%B6rg";
    expect(at(url, { "user-agent": "a test" }, { token: "abc" })).toEqual({
      headers: { "user-agent": "a test" },
      time: String(new Date("2024-05-06T07:08:09.000Z")),
      issued: Date.parse("2024-05-06T07:08:09.000Z"),
      address: "192.0.2.7",
      xdomain: false,
      secure: false,
      url,
      query: { EIO: "4", transport: "polling", room: ["a", "b"], name: "Jörg" },
      auth: { token: "abc" },
    });
  });

  it("has an empty auth when the client gives none", () => {
    expect(socket.handshake.auth).toEqual({});
  });

  it("says whether a page of another origin may be behind it", () => {
    expect(at("/socket.io/", { origin: "https://example.com" }).xdomain).toBe(true);
  });

  it("has an empty query when the URL has none", () => {
    expect(at("/socket.io/").query).toEqual({});
  });

  it("is the same object each time", () => {
    expect(socket.handshake).toBe(socket.handshake);
  });

  it.each([undefined, null])("can do without a request that was given up as %s", (nothing) => {
    const other = new FakeSession(io);
    Object.assign(other, { request: nothing });
    expect(other.join().handshake).toMatchObject({
      headers: {},
      url: "",
      query: {},
      xdomain: false,
      secure: false, // it was not
    });
  });

  it("is secure where no request opened the connection: only WebTransport needs none", () => {
    expect(new FakeSession(io, { withoutRequest: true }).join().handshake).toMatchObject({
      headers: {},
      url: "",
      query: {},
      xdomain: false,
      secure: true,
    });
  });

  it("remembers when the socket joined, not when it is asked", () => {
    vi.setSystemTime(1000);
    const joinedThen = joined(io).socket;
    vi.setSystemTime(5000);
    expect(joinedThen.handshake.issued).toBe(1000);
  });
});

describe("what a socket keeps", () => {
  it("is an object of its own, for the application", () => {
    const other = joined(io).socket;
    socket.data.name = "Ada";
    expect(socket.data).toEqual({ name: "Ada" });
    expect(other.data).toEqual({});
  });

  it("tells its namespace, and that nothing was recovered", () => {
    expect(socket.nsp).toBe(io.of("/"));
    expect(socket.recovered).toBe(false);
    expect([socket.connected, socket.disconnected]).toEqual([true, false]);
  });
});

describe("an event that comes", () => {
  it("reaches its listeners with all its arguments", () => {
    const listener = vi.fn();
    socket.on("save", listener);
    session.emit(["save", 1, "2", { 3: ["4"] }, null, Buffer.of(5)]);
    expect(listener).toHaveBeenCalledExactlyOnceWith(1, "2", { 3: ["4"] }, null, Buffer.of(5));
    expect(listener.mock.contexts[0]).toBe(socket);
  });

  it("goes to the catch-all listeners first, in their order, and then to its own", () => {
    const log: unknown[] = [];
    socket.on("save", (...args) => log.push(["listener", ...args]));
    socket.onAny((...args) => log.push(["any", ...args]));
    socket.onAny((...args) => log.push(["any 2", ...args]));
    socket.prependAny((...args) => log.push(["prepended", ...args]));
    socket.use((packet, next) => {
      log.push(["middleware", ...packet]);
      next();
    });
    session.emit(["save", 1]);
    expect(log).toEqual([
      ["prepended", "save", 1],
      ["any", "save", 1],
      ["any 2", "save", 1],
      ["middleware", "save", 1],
      ["listener", 1],
    ]);
  });

  it("goes to catch-all listeners even when nobody listens for its name", () => {
    const any = vi.fn();
    socket.onAny(any);
    session.emit([7, "seven"]);
    session.emit(["constructor"]);
    session.emit(["__proto__", {}]);
    expect(any.mock.calls).toEqual([[7, "seven"], ["constructor"], ["__proto__", {}]]);
  });

  it("does not go to a catch-all listener that was removed", () => {
    const [first, second] = [vi.fn(), vi.fn()];
    socket.onAny(first).onAny(second);
    expect(socket.listenersAny()).toEqual([first, second]);
    socket.offAny(first);
    session.emit(["save"]);
    socket.offAny();
    session.emit(["save"]);
    expect(first).not.toHaveBeenCalled();
    expect(second).toHaveBeenCalledOnce();
    expect(socket.listenersAny()).toEqual([]);
  });

  it("may be named `error`, and then comes with whatever the client gave", () => {
    const listener = vi.fn();
    socket.on("error", listener);
    session.emit(["error"]);
    session.emit(["error", "forged", 2]);
    expect(listener.mock.calls).toEqual([[], ["forged", 2]]);
  });

  it("is not heard any more when a catch-all listener has disconnected the socket", () => {
    const listener = vi.fn();
    socket.on("save", listener);
    socket.onAny(() => socket.disconnect());
    session.emit(["save"]);
    expect(listener).not.toHaveBeenCalled();
  });
});

describe("the packet middleware", () => {
  it("runs in order and may change the arguments", () => {
    const listener = vi.fn();
    socket.on("add", listener);
    socket.use((packet, next) => {
      packet[1] = Number(packet[1]) + 1;
      next();
    });
    socket.use((packet, next) => {
      packet.push("and more");
      next();
    });
    session.emit(["add", 1]);
    expect(listener).toHaveBeenCalledExactlyOnceWith(2, "and more");
  });

  it("drops the event and raises `error` when it is given an error", () => {
    const [listener, onError] = [vi.fn(), vi.fn()];
    const refused = new Error("not allowed");
    socket.on("drop", listener).on("error", onError);
    socket.use(([event], next) => next(event === "drop" ? refused : undefined));
    session.emit(["drop"]);
    expect(listener).not.toHaveBeenCalled();
    expect(onError).toHaveBeenCalledExactlyOnceWith(refused);
    expect(socket.connected).toBe(true);
    expect(reported).not.toHaveBeenCalled();
  });

  it("sees the acknowledgement as the last argument", () => {
    socket.use((packet, next) => {
      (packet.at(-1) as (answer: string) => void)("from the middleware");
      next();
    });
    session.emit(["ask"], 3);
    expect(takeAnswers()).toMatchObject([{ id: 3, data: ["from the middleware"] }]);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("a bug");
      },
    ],
    ["rejects", () => Promise.reject(new Error("a bug"))],
  ])("drops the event and is reported when it %s", async (_how, middleware) => {
    const listener = vi.fn();
    socket.on("save", listener).use(middleware);
    session.emit(["save"]);
    await vi.waitUntil(() => reported.mock.calls.length > 0);
    expect(reported).toHaveBeenCalledExactlyOnceWith(new Error("a bug"), { socket, event: "save" });
    expect(listener).not.toHaveBeenCalled();
    expect(socket.connected).toBe(true);
  });

  it("is reported when it throws after next, and the event stays delivered", () => {
    const listener = vi.fn();
    socket.on("save", listener).use((_packet, next) => {
      next();
      throw new Error("a bug");
    });
    session.emit(["save"]);
    expect(listener).toHaveBeenCalledOnce();
    expect(reported).toHaveBeenCalledExactlyOnceWith(new Error("a bug"), { socket, event: "save" });
  });

  it("may decide later, but not after the socket has left", () => {
    const pending: (() => void)[] = [];
    const listener = vi.fn();
    socket.on("save", listener).use((_packet, next) => pending.push(next));
    session.emit(["save", 1]);
    session.emit(["save", 2]);
    pending[0]!();
    session.lose();
    pending[1]!();
    expect(listener.mock.calls).toEqual([[1]]);
  });

  it("does not see acknowledgements", () => {
    const middleware = vi.fn();
    const answered = vi.fn();
    socket.use(middleware);
    socket.emit("ask", answered);
    session.acknowledge(0, ["yes"]);
    expect(middleware).not.toHaveBeenCalled();
    expect(answered).toHaveBeenCalledExactlyOnceWith("yes");
  });

  it("must be a function", () => {
    expect(() => socket.use({} as never)).toThrow(expect.objectContaining({ code: "TELSIZ_INVALID_OPTION" }));
  });
});

describe("an acknowledgement that the client asks for", () => {
  it("is sent once, with all its values", () => {
    socket.on("ask", (question, answer) => {
      answer(question, Buffer.of(1), { ok: true });
      answer("again");
    });
    session.emit(["ask", "why?"], 7);
    expect(takeAnswers()).toEqual([
      { type: PacketType.ACK, nsp: "/", id: 7, data: ["why?", Buffer.of(1), { ok: true }] },
    ]);
  });

  it("may be empty, and may come later", () => {
    let answer = (): void => undefined;
    socket.on("ask", (reply) => (answer = reply));
    session.emit(["ask"], 0);
    expect(session.take()).toEqual([]);
    answer();
    expect(takeAnswers()).toEqual([{ type: PacketType.ACK, nsp: "/", id: 0, data: [] }]);
  });

  it("is dropped when the socket has left, as is everything that is emitted then", () => {
    let answer = (): void => undefined;
    socket.on("ask", (reply) => (answer = reply));
    session.emit(["ask"], 0);
    socket.disconnect();
    session.take();
    answer();
    expect(socket.emit("hello")).toBe(true);
    socket.send("text").volatile.emit("hello");
    expect(session.take()).toEqual([]);
  });

  it("can be given again when the first try could not be encoded", () => {
    socket.on("ask", (answer) => {
      expect(() => answer(1n)).toThrow("BigInt");
      answer("one");
    });
    session.emit(["ask"], 0);
    expect(takeAnswers()).toMatchObject([{ data: ["one"] }]);
    expect(reported).not.toHaveBeenCalled();
  });
});

describe("an emit", () => {
  it("sends the event with its arguments, and returns true", () => {
    expect(socket.emit("hello", 1, "2", { 3: Buffer.of(4) })).toBe(true);
    expect(session.take()).toEqual([
      { type: PacketType.EVENT, nsp: "/", data: ["hello", 1, "2", { 3: Buffer.of(4) }] },
    ]);
  });

  it("is named `message` when it is sent by send or write, which return the socket", () => {
    expect(socket.send("a", 1)).toBe(socket);
    expect(socket.write("b")).toBe(socket);
    expect(session.takeEvents()).toEqual([
      ["message", "a", 1],
      ["message", "b"],
    ]);
  });

  it.each(["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"])(
    "refuses the reserved name %s",
    async (name) => {
      const error = { code: "TELSIZ_RESERVED_EVENT", message: `"${name}" is a reserved event name` };
      expect(() => socket.emit(name)).toThrow(expect.objectContaining(error));
      expect(() => socket.volatile.emit(name)).toThrow(expect.objectContaining(error));
      expect(() => socket.broadcast.emit(name)).toThrow(expect.objectContaining(error));
      await expect(socket.emitWithAck(name)).rejects.toMatchObject(error);
      expect(session.take()).toEqual([]);
    },
  );

  it("throws what cannot be encoded, and keeps nothing of it", () => {
    expect(() => socket.emit("count", 1n, () => undefined)).toThrow("BigInt");
    expect(() => socket.timeout(10).emit("count", 1n, () => undefined)).toThrow("BigInt");
    expect(session.take()).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is told to the outgoing catch-all listeners in order; acknowledgements are not", () => {
    const log: unknown[] = [];
    const second = (...args: unknown[]): unknown => log.push(["second", ...args]);
    socket.onAnyOutgoing(second);
    socket.prependAnyOutgoing((...args) => log.push(["first", ...args]));
    socket.on("ask", (answer) => answer("no event"));
    socket.emit("hello", 1);
    session.emit(["ask"], 0);
    io.emit("to all");
    expect(log).toEqual([
      ["first", "hello", 1],
      ["second", "hello", 1],
      ["first", "to all"],
      ["second", "to all"],
    ]);
    expect(socket.listenersAnyOutgoing()).toHaveLength(2);
    socket.offAnyOutgoing(second);
    expect(socket.listenersAnyOutgoing()).toHaveLength(1);
    socket.offAnyOutgoing();
    socket.emit("quiet");
    expect(log).toHaveLength(4);
  });
});

describe("an acknowledgement that the server asks for", () => {
  it("gives the callback all the values, once", () => {
    const answered = vi.fn();
    socket.emit("ask", "why?", answered);
    expect(session.take()).toMatchObject([{ data: ["ask", "why?"], id: 0 }]);
    session.acknowledge(0, ["because", 2]);
    session.acknowledge(0, ["again"]);
    expect(answered).toHaveBeenCalledExactlyOnceWith("because", 2);
  });

  it("gives the promise the first value", async () => {
    const answer = socket.emitWithAck("ask");
    session.acknowledge(0, ["because", 2]);
    await expect(answer).resolves.toBe("because");
  });

  it("has an id that no other socket of the namespace has", () => {
    const other = joined(io);
    socket.emit("ask", () => undefined);
    other.socket.emit("ask", () => undefined);
    socket.emit("ask", () => undefined);
    expect(session.take()).toMatchObject([{ id: 0 }, { id: 2 }]);
    expect(other.session.take()).toMatchObject([{ id: 1 }]);
  });

  it("is not given by another client, nor by an unknown id", () => {
    const other = joined(io);
    const answered = vi.fn();
    socket.emit("ask", answered);
    other.session.acknowledge(0, ["forged"]);
    session.acknowledge(99, ["nobody asked"]);
    expect(answered).not.toHaveBeenCalled();
    session.acknowledge(0, []);
    expect(answered).toHaveBeenCalledExactlyOnceWith();
    expect(other.socket.connected).toBe(true);
  });

  it("puts null before the values when there is a timeout, and ends it", () => {
    const answered = vi.fn();
    socket.timeout(100).emit("ask", answered);
    session.acknowledge(0, ["because", 2]);
    expect(answered).toHaveBeenCalledExactlyOnceWith(null, "because", 2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("gives an error when none came in time, and no more after that", () => {
    const answered = vi.fn();
    socket.timeout(100).emit("ask", answered);
    vi.advanceTimersByTime(99);
    expect(answered).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    session.acknowledge(0, ["late"]);
    expect(answered).toHaveBeenCalledExactlyOnceWith(new AckTimeoutError());
    expect(answered.mock.calls[0]![0]).toMatchObject({ message: "operation has timed out" });
  });

  it("rejects the promise when none came in time", async () => {
    const answer = socket.timeout(100).emitWithAck("ask");
    vi.advanceTimersByTime(100);
    await expect(answer).rejects.toBeInstanceOf(AckTimeoutError);
  });

  it.each([Infinity, 2 ** 31, 1e12])("waits on for a timeout of %s", (timeout) => {
    const answered = vi.fn();
    socket.timeout(timeout).emit("ask", answered);
    vi.advanceTimersByTime(1_000_000);
    expect(answered).not.toHaveBeenCalled();
    session.acknowledge(0, ["at last"]);
    expect(answered).toHaveBeenCalledExactlyOnceWith(null, "at last");
  });

  it.each([-1, NaN, "5", null])("refuses a timeout of %s", (timeout) => {
    expect(() => socket.timeout(timeout as number)).toThrow(
      expect.objectContaining({ code: "TELSIZ_INVALID_OPTION", option: "timeout" }),
    );
    expect(() => socket.volatile.timeout(timeout as number)).toThrow('Option "timeout" must be a time');
  });

  it("fails when the socket leaves: promises and timed callbacks with an error, plain callbacks never", async () => {
    const [plain, timed] = [vi.fn(), vi.fn()];
    socket.emit("ask", plain);
    socket.timeout(100).emit("ask", timed);
    const promise = socket.emitWithAck("ask");
    const timedPromise = socket.timeout(100).emitWithAck("ask");
    session.lose();
    await expect(promise).rejects.toEqual(new DisconnectedError());
    await expect(timedPromise).rejects.toMatchObject({ message: "socket has been disconnected" });
    expect(timed).toHaveBeenCalledExactlyOnceWith(new DisconnectedError());
    expect(plain).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("fails at once when the socket has left already", async () => {
    session.lose();
    const plain = vi.fn();
    expect(socket.emit("ask", plain)).toBe(true);
    await expect(socket.emitWithAck("ask")).rejects.toBeInstanceOf(DisconnectedError);
    expect(plain).not.toHaveBeenCalled();
    expect(session.take()).toEqual([]);
  });

  it("takes its time to fail then when there is a timeout, so that trying again and again does not spin", () => {
    session.lose();
    let tries = 0;
    const ask = (): void => {
      tries++;
      socket.timeout(100).emit("ask", (error: Error | null) => {
        if (error !== null) ask();
      });
    };
    ask();
    vi.advanceTimersByTime(250);
    expect(tries).toBe(3);
  });

  it("fails at once when it is asked for by a listener of `disconnect`", async () => {
    const answer = new Promise((resolve) => {
      socket.on("disconnect", () => resolve(socket.emitWithAck("still there?")));
    });
    session.lose();
    await expect(answer).rejects.toBeInstanceOf(DisconnectedError);
  });
});

describe("modifiers", () => {
  it("drop a volatile event while the connection cannot take it", () => {
    session.writable = false;
    socket.volatile.emit("position", 1);
    session.writable = true;
    socket.volatile.emit("position", 2);
    expect(session.takeEvents()).toEqual([["position", 2]]);
  });

  it("do not drop other events then", () => {
    session.writable = false;
    socket.emit("important");
    expect(session.takeEvents()).toEqual([["important"]]);
  });

  it("say whether transports may compress", () => {
    session.outgoing.length = 0;
    socket.compress(false).emit("raw");
    socket.compress(true).emit("as usual");
    expect(session.outgoing).toMatchObject([{ compress: false, wire: '42["raw"]' }, '42["as usual"]']);
  });

  it("hold for their own emit only", () => {
    const timed = socket.timeout(50);
    expect(socket.volatile).not.toBe(socket.volatile);
    socket.compress(false);
    session.writable = false;
    session.outgoing.length = 0;
    socket.emit("plain");
    expect(session.outgoing).toEqual(['42["plain"]']);
    const answered = vi.fn();
    timed.volatile.emit("dropped");
    timed.emit("ask", answered);
    expect(session.take()).toMatchObject([{ data: ["plain"] }, { data: ["ask"] }]);
    vi.advanceTimersByTime(50);
    expect(answered).toHaveBeenCalledOnce();
  });

  it("can be combined, in any order", () => {
    session.outgoing.length = 0;
    const answered = vi.fn();
    socket.volatile.compress(false).timeout(10).emit("ask", answered);
    socket.timeout(10).volatile.compress(false).emit("ask", answered);
    expect(session.outgoing).toMatchObject([{ compress: false }, { compress: false }]);
    session.writable = false;
    socket.timeout(10).compress(false).volatile.emit("ask", answered);
    expect(session.outgoing).toHaveLength(2);
    vi.advanceTimersByTime(10);
    expect(answered).toHaveBeenCalledTimes(3);
  });

  it("stay when the emit turns into a broadcast", () => {
    const other = joined(io);
    other.session.outgoing.length = 0;
    socket.compress(false).broadcast.emit("raw");
    socket.compress(false).to(other.socket.id).emit("raw");
    other.session.writable = false;
    socket.volatile.except("nobody").emit("lost");
    socket.volatile.local.emit("lost");
    expect(other.session.outgoing).toMatchObject([{ compress: false }, { compress: false }]);
    expect(session.takeEvents()).toEqual([]);
  });
});

describe("disconnect", () => {
  it("tells the client and ends this socket only", () => {
    io.of("/admin");
    const admin = session.join("/admin");
    const ends: unknown[] = [];
    socket.on("disconnect", (reason) => ends.push(reason));
    expect(socket.disconnect()).toBe(socket);
    expect(session.take()).toEqual([{ type: PacketType.DISCONNECT, nsp: "/" }]);
    expect(ends).toEqual(["server namespace disconnect"]);
    expect(admin.connected).toBe(true);
    expect(session.readyState).toBe("open");
  });

  it("ends every socket of the connection, and then it, when asked to", () => {
    io.of("/admin");
    const admin = session.join("/admin");
    const ends: unknown[] = [];
    socket.on("disconnect", (reason) => ends.push(["/", reason]));
    admin.on("disconnect", (reason) => ends.push(["/admin", reason]));
    admin.disconnect(true);
    expect(session.take()).toEqual([
      { type: PacketType.DISCONNECT, nsp: "/" },
      { type: PacketType.DISCONNECT, nsp: "/admin" },
    ]);
    expect(ends).toEqual([
      ["/", "server namespace disconnect"],
      ["/admin", "server namespace disconnect"],
    ]);
    expect(session.readyState).toBe("closed");
  });

  it("happens once, however often it is asked for", () => {
    const [disconnecting, disconnect] = [vi.fn(), vi.fn()];
    socket.on("disconnecting", disconnecting).on("disconnect", disconnect);
    socket.disconnect();
    socket.disconnect();
    socket.disconnect(true);
    session.lose();
    expect(disconnecting).toHaveBeenCalledOnce();
    expect(disconnect).toHaveBeenCalledOnce();
    expect(session.take()).toHaveLength(1);
  });

  it.each([false, true])(
    "happens once when a listener of `disconnecting` asks for it too (close: %s)",
    (close) => {
      const disconnect = vi.fn();
      socket.on("disconnect", disconnect);
      socket.on("disconnecting", () => socket.disconnect(close));
      socket.disconnect();
      expect(disconnect).toHaveBeenCalledExactlyOnceWith("server namespace disconnect", undefined);
      expect(reported).not.toHaveBeenCalled();
      expect(session.take()).toEqual([{ type: PacketType.DISCONNECT, nsp: "/" }]);
      expect(session.readyState).toBe(close ? "closed" : "open");
    },
  );

  it("lets `disconnecting` say goodbye to the rooms", () => {
    const other = joined(io);
    void socket.join("lobby");
    void other.socket.join("lobby");
    socket.on("disconnecting", () => socket.to("lobby").emit("left", socket.id));
    session.lose();
    expect(other.session.takeEvents()).toEqual([["left", socket.id]]);
  });
});
