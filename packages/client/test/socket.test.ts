import { OptionError } from "@telsiz/events";
import { PacketType } from "@telsiz/parser";
import { AckTimeoutError, DisconnectedError } from "@telsiz/socket";
import { describe, expect, it, vi } from "vitest";
import { type Auth, ConnectError, type Socket, type SocketOptions } from "../src/index.ts";
import { FakeEngine } from "./fake-engine.ts";
import { connected, createManager, dataOf, startAfresh, watch, welcome } from "./harness.ts";

vi.mock(import("@telsiz/engine/client"), async (original) => {
  const { FakeEngine: EngineClient } = await import("./fake-engine.ts");
  return { ...(await original()), EngineClient: EngineClient as never };
});

const connect = (data?: object): object => ({
  type: PacketType.CONNECT,
  nsp: "/",
  ...(data === undefined ? {} : { data }),
});
const disconnect = { type: PacketType.DISCONNECT, nsp: "/" } as const;

startAfresh();

/** A socket whose connection is still being opened. */
function create(options: SocketOptions = {}): Socket {
  return createManager().socket("/", options);
}

/** What `handler_error` told of a socket's manager. */
function faultsOf(socket: Socket): unknown[][] {
  const faults: unknown[][] = [];
  socket.io.on("handler_error", (error, context) => faults.push([error, context.event, context.socket]));
  return faults;
}

describe("connecting", () => {
  it("asks for the namespace when the connection is open, and is connected by the answer", () => {
    const socket = create();
    expect(socket).toMatchObject({ connected: false, disconnected: true, active: true, id: undefined });
    FakeEngine.last.accept();
    expect(FakeEngine.last.take()).toEqual([connect()]);
    expect(socket.connected).toBe(false);
    const seen: unknown[] = [];
    socket.on("connect", () => seen.push(socket.id, socket.connected));
    welcome("abc");
    expect(seen).toEqual(["abc", true]);
    expect(socket).toMatchObject({ disconnected: false, active: true, recovered: false });
  });

  it("asks at once on a connection that is open", () => {
    const { manager, engine } = connected();
    manager.socket("/other");
    expect(engine.take()).toEqual([{ type: PacketType.CONNECT, nsp: "/other" }]);
  });

  it("asks once, however often it is told to connect before the answer", () => {
    const { manager, engine } = connected();
    const socket = manager.socket("/other");
    socket.connect().open();
    manager.socket("/other");
    expect(engine.take()).toHaveLength(1);
    welcome("sid2", "/other");
    socket.connect();
    expect(engine.take()).toEqual([]);
  });

  it("asks once although a listener of the open connection tells it to connect", () => {
    const manager = createManager();
    const socket = manager.socket("/");
    manager.on("open", () => socket.connect());
    FakeEngine.last.accept();
    expect(FakeEngine.last.take()).toEqual([connect()]);
  });

  it("asks again on the next connection", () => {
    const socket = create();
    FakeEngine.last.accept().drop();
    vi.advanceTimersByTime(1000);
    FakeEngine.last.accept();
    expect(FakeEngine.last.take()).toEqual([connect()]);
    welcome();
    expect(socket.connected).toBe(true);
  });
});

describe("auth", () => {
  it("is sent at each connection, as it is then", () => {
    const socket = create({ auth: { token: "a" } });
    FakeEngine.last.accept();
    expect(FakeEngine.last.take()).toEqual([connect({ token: "a" })]);
    welcome();
    socket.auth = { token: "b" };
    FakeEngine.last.drop();
    vi.advanceTimersByTime(1000);
    FakeEngine.last.accept();
    expect(FakeEngine.last.take()).toEqual([connect({ token: "b" })]);
  });

  it("may be given by a function, now or later", () => {
    const gives: ((auth: object) => void)[] = [];
    create({ auth: (give) => gives.push(give) });
    FakeEngine.last.accept();
    expect(FakeEngine.last.take()).toEqual([]);
    gives[0]!({ token: "a" });
    expect(FakeEngine.last.take()).toEqual([connect({ token: "a" })]);
    FakeEngine.last.drop();
    vi.advanceTimersByTime(1000);
    FakeEngine.last.accept();
    gives[1]!({ token: "b" });
    expect(FakeEngine.last.take()).toEqual([connect({ token: "b" })]);
  });

  it("counts once", () => {
    create({
      auth: (give) => {
        give({ token: "a" });
        give({ token: "b" });
      },
    });
    FakeEngine.last.accept();
    expect(FakeEngine.last.take()).toEqual([connect({ token: "a" })]);
  });

  it("that was asked for an earlier connection is not sent on a later one", () => {
    const gives: ((auth: object) => void)[] = [];
    create({ auth: (give) => gives.push(give) });
    FakeEngine.last.accept().drop();
    gives[0]!({ token: "late" });
    vi.advanceTimersByTime(1000);
    gives[0]!({ token: "late" });
    FakeEngine.last.accept();
    gives[0]!({ token: "late" });
    expect(FakeEngine.last.take()).toEqual([]);
    gives[1]!({ token: "a" });
    expect(FakeEngine.last.take()).toEqual([connect({ token: "a" })]);
  });

  it("is not sent once the socket has disconnected", () => {
    const { manager, engine } = connected();
    let give: ((auth: object) => void) | undefined;
    const socket = manager.socket("/other", { auth: (giveAuth) => (give = giveAuth) });
    socket.disconnect();
    give!({ token: "late" });
    expect(engine.take()).toEqual([]);
  });

  it("that fails is reported, and can be asked for again by connect", () => {
    const tokens: object[] = [];
    const socket = create({
      auth: (give) => {
        if (tokens.length === 0) throw new Error("no token");
        give(tokens[0]!);
      },
    });
    const faults = faultsOf(socket);
    FakeEngine.last.accept();
    expect(faults).toEqual([[new Error("no token"), "auth", socket]]);
    tokens.push({ token: "a" });
    socket.connect();
    expect(FakeEngine.last.take()).toEqual([connect({ token: "a" })]);
  });

  it("whose promise is rejected is reported", async () => {
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- applications do it all the time
    const socket = create({ auth: () => Promise.reject(new Error("no token")) });
    const faults = faultsOf(socket);
    FakeEngine.last.accept();
    await Promise.resolve();
    expect(faults).toEqual([[new Error("no token"), "auth", socket]]);
  });

  it("that cannot be sent is reported, and harms no other socket", () => {
    const manager = createManager();
    const first = manager.socket("/", { auth: { big: 1n } });
    manager.socket("/other");
    const faults = faultsOf(first);
    FakeEngine.last.accept();
    expect(faults).toEqual([[expect.any(Error), "auth", first]]);
    expect(FakeEngine.last.take()).toEqual([{ type: PacketType.CONNECT, nsp: "/other" }]);
  });

  it.each([["token"], [5], [null], [true], [["a"]]])("is refused if it is %j", (auth) => {
    expect(() => create({ auth: auth as unknown as Auth })).toThrow(OptionError);
  });
});

describe("being refused", () => {
  /** A socket that the server refuses with `data`, and what it says of that. */
  function refuse(data: object | string): { socket: Socket; error: ConnectError } {
    const socket = create();
    const onConnectError = vi.fn();
    socket.on("connect_error", (error) => {
      expect(socket.active).toBe(false);
      onConnectError(error);
    });
    FakeEngine.last.accept().send({ type: PacketType.CONNECT_ERROR, nsp: "/", data });
    expect(onConnectError).toHaveBeenCalledOnce();
    return { socket, error: onConnectError.mock.calls[0]![0] as ConnectError };
  }

  it("gives the message and the data of the server, and is final", () => {
    const { socket, error } = refuse({ message: "not authorized", data: { code: 5 } });
    expect(error).toBeInstanceOf(ConnectError);
    expect(error).toMatchObject({
      message: "not authorized",
      data: { code: 5 },
      code: "TELSIZ_CONNECT_REFUSED",
    });
    vi.advanceTimersByTime(60_000);
    expect(FakeEngine.all).toHaveLength(1);
    expect(FakeEngine.last.state).toBe("closed");
    socket.connect();
    FakeEngine.last.accept();
    welcome();
    expect(socket.connected).toBe(true);
  });

  it("leaves the sockets of other namespaces alone", () => {
    const { manager, socket, engine } = connected();
    const other = manager.socket("/other");
    engine.send({ type: PacketType.CONNECT_ERROR, nsp: "/other", data: { message: "Invalid namespace" } });
    expect(other.active).toBe(false);
    expect(socket.connected).toBe(true);
    expect(engine.state).toBe("open");
  });

  it.each(["text", {}, { message: 5 }])("bears %j, which is no message", (data) => {
    expect(refuse(data).error.message).toBe("");
  });

  it.each([{}, { sid: 5 }, undefined])("bears a grant with %j, without an id", (data) => {
    const socket = create();
    const onConnectError = vi.fn();
    socket.on("connect_error", onConnectError);
    FakeEngine.last.accept().send({ type: PacketType.CONNECT, nsp: "/", data });
    expect(onConnectError).toHaveBeenCalledExactlyOnceWith(expect.any(ConnectError));
    expect(socket).toMatchObject({ connected: false, active: true, id: undefined });
  });
});

describe("events that are emitted while offline", () => {
  it("wait, and are sent before `connect` is told, in order and with their flags", () => {
    const socket = create();
    socket.emit("a", 1);
    socket.compress(false).emit("b");
    expect(dataOf(socket.sendBuffer)).toEqual([["a", 1], ["b"]]);
    FakeEngine.last.accept();
    FakeEngine.last.take();
    socket.emit("c");
    expect(FakeEngine.last.take()).toEqual([]);
    let sentBefore: unknown[] = [];
    socket.on("connect", () => {
      sentBefore = dataOf(FakeEngine.last.take());
    });
    welcome();
    expect(sentBefore).toEqual([["a", 1], ["b"], ["c"]]);
    expect(FakeEngine.last.flags.slice(1)).toEqual([undefined, { compress: false }, undefined]);
    expect(socket.sendBuffer).toEqual([]);
  });

  it("wait while the server is silent though no timer said so", () => {
    const { socket, engine } = connected();
    engine.expired = true;
    socket.emit("a");
    expect(engine.take()).toEqual([]);
    engine.drop("ping timeout");
    vi.advanceTimersByTime(1000);
    FakeEngine.last.accept().take();
    welcome();
    expect(dataOf(FakeEngine.last.take())).toEqual([["a"]]);
  });

  it("wait if emitted when the connection ends", () => {
    const { socket, engine } = connected();
    socket.on("disconnect", () => socket.emit("a"));
    engine.drop();
    vi.advanceTimersByTime(1000);
    FakeEngine.last.accept().take();
    welcome();
    expect(dataOf(FakeEngine.last.take())).toEqual([["a"]]);
  });

  it("reach the catch-all listeners when they leave", () => {
    const socket = create();
    const any = vi.fn();
    socket.onAnyOutgoing(any);
    socket.emit("a", 1);
    expect(any).not.toHaveBeenCalled();
    FakeEngine.last.accept();
    welcome();
    expect(any).toHaveBeenCalledExactlyOnceWith("a", 1);
  });

  it("that cannot be encoded are reported, and the others are sent", () => {
    const socket = create();
    const faults = faultsOf(socket);
    const onConnect = vi.fn();
    socket.on("connect", onConnect);
    socket.emit("bad", 1n);
    socket.emit("good");
    FakeEngine.last.accept().take();
    welcome();
    expect(faults).toEqual([[expect.any(Error), "bad", socket]]);
    expect(dataOf(FakeEngine.last.take())).toEqual([["good"]]);
    expect(onConnect).toHaveBeenCalledOnce();
  });

  it("go on waiting when a listener disconnects in the midst of it", () => {
    const socket = create();
    FakeEngine.last.accept();
    const events = watch(socket.io, socket);
    socket.on("early", () => socket.disconnect());
    socket.emit("a");
    FakeEngine.last.send({ type: PacketType.EVENT, nsp: "/", data: ["early"] });
    welcome();
    expect(events).toEqual(["close:forced close", "disconnect:io client disconnect"]);
    expect(socket.sendBuffer).toHaveLength(1);
  });

  it("are taken out when the time for their acknowledgement is over, and no others", () => {
    const socket = create();
    socket.timeout(100).emit("a", () => {});
    socket.emit("b");
    socket.timeout(101).emit("c", () => {});
    vi.advanceTimersByTime(100);
    expect(dataOf(socket.sendBuffer)).toEqual([["b"], ["c"]]);
  });

  it("are lost if they are volatile", () => {
    const socket = create();
    socket.volatile.emit("a");
    expect(socket.sendBuffer).toEqual([]);
  });
});

describe("volatile events", () => {
  it("are sent when the connection can take them, and else lost", () => {
    const { socket, engine } = connected();
    socket.volatile.emit("a");
    engine.writable = false;
    socket.volatile.emit("b");
    socket.emit("c");
    expect(dataOf(engine.take())).toEqual([["a"], ["c"]]);
  });
});

describe("what comes before the answer to the connection", () => {
  it("is received when the answer is there, before `connect`", () => {
    const socket = create();
    const heard: unknown[] = [];
    socket.on("early", (value) => heard.push(value, socket.id));
    socket.on("connect", () => heard.push("connect"));
    FakeEngine.last.accept().send({ type: PacketType.EVENT, nsp: "/", data: ["early", 1] });
    expect(heard).toEqual([]);
    expect(socket.receiveBuffer).toHaveLength(1);
    welcome("abc");
    expect(heard).toEqual([1, "abc", "connect"]);
    expect(socket.receiveBuffer).toEqual([]);
  });

  it("is forgotten when the connection is lost", () => {
    const socket = create();
    const early = vi.fn();
    socket.on("early", early);
    FakeEngine.last.accept().send({ type: PacketType.EVENT, nsp: "/", data: ["early"] });
    FakeEngine.last.drop();
    vi.advanceTimersByTime(1000);
    FakeEngine.last.accept();
    welcome();
    expect(early).not.toHaveBeenCalled();
  });
});

describe("acknowledgements", () => {
  it("come back to their callbacks", () => {
    const { socket, engine } = connected();
    const ack = vi.fn();
    socket.emit("ask", 1, ack);
    const [packet] = engine.take();
    expect(packet).toMatchObject({ data: ["ask", 1], id: 0 });
    engine.send({ type: PacketType.ACK, nsp: "/", id: 0, data: ["a", "b"] });
    expect(ack).toHaveBeenCalledExactlyOnceWith("a", "b");
  });

  it("are sent for the server's events", () => {
    const { socket, engine } = connected();
    socket.on("ask", (question: string, ack: (answer: string) => void) => {
      ack(question.toUpperCase());
    });
    engine.send({ type: PacketType.EVENT, nsp: "/", data: ["ask", "what"], id: 5 });
    expect(engine.take()).toEqual([{ type: PacketType.ACK, nsp: "/", id: 5, data: ["WHAT"] }]);
  });

  it("that are awaited when the connection is lost: plain ones never come, timed ones and promises fail", async () => {
    const { socket, engine } = connected();
    const [plain, timed] = [vi.fn(), vi.fn()];
    socket.emit("ask", plain);
    socket.timeout(5000).emit("ask", timed);
    const promise = socket.emitWithAck("ask");
    const timedPromise = socket.timeout(5000).emitWithAck("ask");
    engine.drop();
    expect(timed).toHaveBeenCalledExactlyOnceWith(expect.any(DisconnectedError));
    await expect(promise).rejects.toThrow("socket has been disconnected");
    await expect(timedPromise).rejects.toThrow(DisconnectedError);
    expect(plain).not.toHaveBeenCalled();
  });

  it("are told to have failed after `disconnect` is", () => {
    const { socket, engine } = connected();
    const order: string[] = [];
    socket.timeout(5000).emit("ask", () => order.push("ack"));
    socket.on("disconnect", () => order.push("disconnect"));
    engine.drop();
    expect(order).toEqual(["disconnect", "ack"]);
  });

  it("survive while their events wait", async () => {
    const { socket, engine } = connected();
    engine.drop();
    const ack = vi.fn();
    socket.emit("ask", ack);
    const promise = socket.emitWithAck("ask");
    vi.advanceTimersByTime(1000);
    FakeEngine.last.accept().drop();
    vi.advanceTimersByTime(1000);
    FakeEngine.last.accept().take();
    welcome();
    const ids = FakeEngine.last.take().map((packet) => ("id" in packet ? packet.id : undefined));
    for (const id of ids)
      FakeEngine.last.send({ type: PacketType.ACK, nsp: "/", id, data: [`answer ${id}`] });
    expect(ack).toHaveBeenCalledExactlyOnceWith("answer 0");
    await expect(promise).resolves.toBe("answer 1");
  });

  it("that time out while their events wait take these along", () => {
    const socket = create();
    const ack = vi.fn();
    socket.timeout(100).emit("ask", ack);
    socket.emit("other");
    vi.advanceTimersByTime(100);
    expect(ack).toHaveBeenCalledExactlyOnceWith(expect.any(AckTimeoutError));
    FakeEngine.last.accept().take();
    welcome();
    expect(dataOf(FakeEngine.last.take())).toEqual([["other"]]);
  });

  it("have the timeout of the options, unless they have one of their own", () => {
    const socket = create({ ackTimeout: 100 });
    const [general, own] = [vi.fn(), vi.fn()];
    socket.emit("ask", general);
    socket.timeout(200).emit("ask", own);
    const promise = socket.emitWithAck("ask");
    const rejected = expect(promise).rejects.toThrow(AckTimeoutError);
    vi.advanceTimersByTime(100);
    expect(general).toHaveBeenCalledExactlyOnceWith(expect.any(AckTimeoutError));
    expect(own).not.toHaveBeenCalled();
    vi.advanceTimersByTime(100);
    expect(own).toHaveBeenCalledOnce();
    return rejected;
  });

  it("have no timeout that is none", () => {
    expect(() => create({ ackTimeout: -1 })).toThrow(OptionError);
    expect(() => create().timeout(-1)).toThrow(OptionError);
  });
});

describe("disconnecting", () => {
  it("tells the server, and is told with its reason", () => {
    const { manager, socket, engine } = connected();
    manager.socket("/other");
    engine.take();
    const events = watch(manager, socket);
    expect(socket.disconnect()).toBe(socket);
    expect(engine.take()).toEqual([disconnect]);
    expect(events).toEqual(["disconnect:io client disconnect"]);
    expect(socket).toMatchObject({ connected: false, active: false, id: undefined });
    socket.close();
    expect(engine.take()).toEqual([]);
    expect(events).toHaveLength(1);
  });

  it("by the server is final until connect", () => {
    const { manager, socket, engine } = connected();
    const events = watch(manager, socket);
    engine.send(disconnect);
    expect(events).toEqual(["close:forced close", "disconnect:io server disconnect"]);
    vi.advanceTimersByTime(60_000);
    expect(FakeEngine.all).toHaveLength(1);
    expect(socket).toMatchObject({ connected: false, active: false, id: undefined });
  });

  it("before the server's answer tells the server as soon as it may", () => {
    const { manager, engine } = connected();
    const socket = manager.socket("/other");
    const events = watch(manager, socket);
    engine.take();
    socket.disconnect();
    expect(engine.take()).toEqual([]);
    welcome("sid2", "/other");
    expect(engine.take()).toEqual([{ type: PacketType.DISCONNECT, nsp: "/other" }]);
    expect(events).toEqual([]);
    expect(socket.connected).toBe(false);
  });

  it("before the server's answer and connecting again takes that answer", () => {
    const { manager, engine } = connected();
    const socket = manager.socket("/other");
    socket.disconnect().connect();
    expect(engine.take()).toHaveLength(1);
    welcome("sid2", "/other");
    expect(engine.take()).toEqual([]);
    expect(socket.id).toBe("sid2");
  });

  it("makes deaf to what still comes", () => {
    const { manager, socket, engine } = connected();
    manager.socket("/other");
    const greet = vi.fn();
    socket.on("greet", greet).disconnect();
    engine.send({ type: PacketType.EVENT, nsp: "/", data: ["greet"] });
    engine.send({ type: PacketType.CONNECT_ERROR, nsp: "/", data: { message: "late" } });
    engine.send(disconnect);
    expect(greet).not.toHaveBeenCalled();
  });

  it("is told of a socket that waits to be let in, as its connection ends", () => {
    const socket = create();
    const events = watch(socket.io, socket);
    FakeEngine.last.accept().drop();
    expect(events).toEqual(["open", "disconnect:transport close", "close:transport close"]);
    expect(socket.active).toBe(true);
  });
});

describe("listeners that fail", () => {
  it("are reported with the socket and the event, and harm nothing", () => {
    const { socket, engine } = connected();
    const faults = faultsOf(socket);
    const fault = new Error("listener");
    const later = vi.fn();
    socket.on("greet", () => {
      throw fault;
    });
    socket.on("greet", later);
    engine.send({ type: PacketType.EVENT, nsp: "/", data: ["greet"] });
    expect(faults).toEqual([[fault, "greet", socket]]);
    expect(later).toHaveBeenCalledOnce();
  });
});

describe("emit", () => {
  it("gives back the socket", () => {
    const { socket } = connected();
    expect(socket.emit("a")).toBe(socket);
    expect(socket.send("b")).toBe(socket);
    expect(socket.volatile.emit("c")).toBe(socket);
    expect(socket.timeout(5).compress(true).send("d")).toBe(socket);
  });

  it("sends `message` events with send", () => {
    const { socket, engine } = connected();
    socket.send("text", 1);
    expect(dataOf(engine.take())).toEqual([["message", "text", 1]]);
  });

  it("sends binary", () => {
    const { socket, engine } = connected();
    socket.emit("file", Buffer.from([1, 2, 3]));
    expect(dataOf(engine.take())).toEqual([["file", Buffer.from([1, 2, 3])]]);
  });

  it("throws where it is called when the event cannot be encoded", () => {
    const { socket, engine } = connected();
    expect(() => socket.emit("bad", 1n)).toThrow();
    expect(engine.take()).toEqual([]);
  });
});

describe("a socket with retries", () => {
  function withRetries(): { socket: Socket; engine: FakeEngine } {
    const socket = create({ retries: 2, ackTimeout: 1000 });
    const engine = FakeEngine.last.accept();
    welcome();
    engine.take();
    return { socket, engine };
  }

  it("sends an event again under a new id until it is acknowledged, and only then the next", async () => {
    const { socket, engine } = withRetries();
    const answer = socket.emitWithAck("first", 1);
    socket.emit("second");
    vi.advanceTimersByTime(1000);
    expect(engine.take()).toMatchObject([
      { id: 0, data: ["first", 1] },
      { id: 1, data: ["first", 1] },
    ]);
    engine.send({ type: PacketType.ACK, nsp: "/", id: 1, data: ["done"] });
    await expect(answer).resolves.toBe("done");
    expect(engine.take()).toMatchObject([{ id: 2, data: ["second"] }]);
  });

  it("gives its callback the error of the last attempt", () => {
    const { socket } = withRetries();
    const callback = vi.fn();
    socket.emit("first", callback);
    vi.advanceTimersByTime(3000);
    expect(callback).toHaveBeenCalledExactlyOnceWith(expect.any(AckTimeoutError));
  });

  it("reports an event without callback that it gives up", () => {
    const { socket } = withRetries();
    const faults = faultsOf(socket);
    socket.emit("first");
    vi.advanceTimersByTime(3000);
    expect(faults).toEqual([[expect.any(AckTimeoutError), "first", socket]]);
  });

  it("goes on after the connection was lost", () => {
    const { socket, engine } = withRetries();
    socket.emit("first");
    engine.drop();
    vi.advanceTimersByTime(1000);
    const next = FakeEngine.last.accept();
    next.take();
    welcome();
    expect(next.take()).toMatchObject([{ data: ["first"] }]);
  });

  it("sends volatile events at once, and once", () => {
    const { socket, engine } = withRetries();
    socket.emit("first");
    socket.volatile.emit("position");
    expect(dataOf(engine.take())).toEqual([["first"], ["position"]]);
  });

  it("refuses reserved names when they are emitted", () => {
    const { socket } = withRetries();
    expect(() => socket.emit("connect")).toThrow('"connect" is a reserved event name');
  });

  it("refuses a number of retries that is none", () => {
    expect(() => create({ retries: -1 })).toThrow(OptionError);
  });
});
