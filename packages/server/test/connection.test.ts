import { defaultParser, PacketType } from "@telsiz/parser";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Server, type Socket } from "../src/index.ts";
import { FakeSession, joined } from "./fake-session.ts";

let io: Server;

beforeEach(() => {
  vi.useFakeTimers();
  io = new Server();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Remembers why a socket left. */
function watchEnd(socket: Socket): unknown[][] {
  const ends: unknown[][] = [];
  socket.on("disconnect", (...args) => ends.push(args));
  return ends;
}

describe("a connection", () => {
  it("answers CONNECT with the id of the new socket", () => {
    const session = new FakeSession(io);
    session.connect();
    const [socket] = io.sockets.sockets.values();
    expect(session.take()).toEqual([{ type: PacketType.CONNECT, nsp: "/", data: { sid: socket!.id } }]);
    expect(socket!.id).toMatch(/^[\w-]{20}$/);
  });

  it("gives every socket an id of its own, and none of them twice", () => {
    io.of("/admin");
    const session = new FakeSession(io);
    const ids = [session.join().id, session.join("/admin").id, joined(io).socket.id];
    expect(new Set(ids).size).toBe(3);
  });

  it("hands each packet to the socket of its namespace", () => {
    io.of("/admin");
    const session = new FakeSession(io);
    const heard: unknown[] = [];
    session.join().on("greet", (name) => heard.push(["/", name]));
    session.join("/admin").on("greet", (name) => heard.push(["/admin", name]));
    session.emit(["greet", "Ada"], undefined, "/admin");
    session.emit(["greet", "Bob"]);
    expect(heard).toEqual([
      ["/admin", "Ada"],
      ["/", "Bob"],
    ]);
  });

  it("puts a packet together with its attachments", () => {
    const { session, socket } = joined(io);
    const listener = vi.fn();
    socket.on("file", listener);
    session.emit(["file", { bytes: Buffer.from([1, 2, 3]) }]);
    expect(listener).toHaveBeenCalledExactlyOnceWith({ bytes: Buffer.from([1, 2, 3]) });
  });

  it("goes on for the other namespaces when the client leaves one", () => {
    io.of("/admin");
    const session = new FakeSession(io);
    const ends = watchEnd(session.join("/admin"));
    const socket = session.join();
    session.send({ type: PacketType.DISCONNECT, nsp: "/admin" });
    expect(ends).toEqual([["client namespace disconnect", undefined]]);
    expect(socket.connected).toBe(true);
    expect(session.readyState).toBe("open");
    expect(session.take()).toEqual([]);
  });

  it("lets a client come back to a namespace that it left", () => {
    const { session, socket } = joined(io);
    session.send({ type: PacketType.DISCONNECT, nsp: "/" });
    expect(session.join().id).not.toBe(socket.id);
  });

  it("shows the sockets the request that opened it", () => {
    const { session, socket } = joined(io);
    expect(socket.request).toBe(session.request);
    expect(socket.client.request).toBe(session.request);
    expect(socket.conn).toBe(session);
  });
});

describe("a CONNECT for a namespace that is not there", () => {
  it("is refused with the name, and the connection stays open", () => {
    const session = new FakeSession(io);
    session.connect("/unknown");
    expect(session.take()).toEqual([
      { type: PacketType.CONNECT_ERROR, nsp: "/unknown", data: { message: "Invalid namespace" } },
    ]);
    expect(session.join().connected).toBe(true);
  });

  it("does not make the namespace", () => {
    const session = new FakeSession(io);
    session.connect("/unknown");
    expect([...io._nsps.keys()]).toEqual(["/"]);
  });
});

describe("a packet that is not allowed in its place", () => {
  it("closes the connection: a second CONNECT for a namespace that is joined", () => {
    const { session, socket } = joined(io);
    const ends = watchEnd(socket);
    session.connect();
    expect(ends).toEqual([["forced close", undefined]]);
    expect(session.readyState).toBe("closed");
    expect(io.sockets.sockets.size).toBe(0);
  });

  it("closes the connection: a second CONNECT while the first is being decided", () => {
    const listener = vi.fn();
    io.on("connection", listener);
    let goOn = (): void => undefined;
    io.use((_socket, next) => (goOn = next));
    const session = new FakeSession(io);
    session.receive("0", "0");
    expect(session.readyState).toBe("closed");
    goOn();
    expect(listener).not.toHaveBeenCalled();
    expect(session.take()).toEqual([]);
  });

  it("closes the connection: an event while CONNECT is being decided", () => {
    io.use(() => undefined);
    const session = new FakeSession(io);
    session.receive("0", '2["hello"]');
    expect(session.readyState).toBe("closed");
  });

  it.each([
    ["an event", '2["hello"]'],
    ["an event with an id", '27["hello"]'],
    ["an acknowledgement", "30[]"],
    ["a DISCONNECT", "1"],
    ["an event for another namespace", '2/admin,["hello"]'],
  ])("closes the connection: %s before any namespace is joined", (_what, message) => {
    io.of("/admin");
    const session = new FakeSession(io);
    session.receive(message);
    expect(session.readyState).toBe("closed");
  });

  it("closes the connection: an event for a namespace that was not joined, though another was", () => {
    io.of("/admin");
    const { session, socket } = joined(io);
    const ends = watchEnd(socket);
    session.emit(["hello"], undefined, "/admin");
    expect(ends).toEqual([["forced close", undefined]]);
  });

  it.each(['4{"message":"no"}', '4/admin,"no"'])(
    "closes the connection: the CONNECT_ERROR %s from a client",
    (message) => {
      io.of("/admin");
      const { session, socket } = joined(io);
      session.join("/admin");
      const ends = watchEnd(socket);
      session.receive(message);
      expect(ends).toEqual([["forced close", undefined]]);
    },
  );

  it("ends the sockets with `forced server close` where the engine has to wait", () => {
    const { session, socket } = joined(io, { closesLater: true });
    const ends = watchEnd(socket);
    session.connect();
    expect(ends).toEqual([["forced server close", undefined]]);
    session.lose("forced close");
    expect(ends).toHaveLength(1);
  });

  it("leaves what comes behind it unread", () => {
    const { session, socket } = joined(io, { closesLater: true });
    const [listener, middleware] = [vi.fn(), vi.fn()];
    socket.onAny(listener);
    io.use(middleware);
    session.receive("0", '2["late"]', "0");
    expect(listener).not.toHaveBeenCalled();
    expect(middleware).not.toHaveBeenCalled();
    expect(io.sockets.sockets.size).toBe(0);
    expect(session.take()).toEqual([]);
  });
});

describe("a message that is no packet", () => {
  it("raises `error` on every socket of the connection, and then closes it", () => {
    io.of("/admin");
    const session = new FakeSession(io);
    const log: unknown[] = [];
    for (const name of ["/", "/admin"]) {
      const socket = session.join(name);
      socket.on("error", (error) => log.push([name, error.message]));
      socket.on("disconnect", (reason) => log.push([name, reason]));
    }
    session.receive("2[");
    expect(log).toEqual([
      ["/", "invalid payload"],
      ["/admin", "invalid payload"],
      ["/", "forced close"],
      ["/admin", "forced close"],
    ]);
  });

  it.each([
    ["9", "unknown packet type 9"],
    ["abc", "unknown packet type NaN"],
    ["", "unknown packet type NaN"],
    ["2", "invalid payload"],
    ['2{"no":"array"}', "invalid payload"],
    ['2["disconnect"]', "invalid payload"],
    ['2["newListener"]', "invalid payload"],
    ["2[null]", "invalid payload"],
    ['0"text"', "invalid payload"],
    ["3", "invalid payload"],
    ["1[]", "invalid payload"],
    ['50-["a"]', "Illegal attachments"],
    ['511-["a"]', "too many attachments"],
    [Buffer.from([1]), "got binary data when not reconstructing a packet"],
  ])("is reported as what it is: %s", (message, text) => {
    const { session, socket } = joined(io);
    const errors: Error[] = [];
    socket.on("error", (error) => errors.push(error));
    session.receive(message);
    expect(errors.map((error) => error.message)).toEqual([text]);
    expect(session.readyState).toBe("closed");
  });

  it("may come where attachments are due", () => {
    const { session, socket } = joined(io);
    const listener = vi.fn();
    socket.on("error", listener);
    session.receive('51-["a",{"_placeholder":true,"num":0}]', '2["b"]');
    expect(listener).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ message: "got plaintext data when reconstructing a packet" }),
    );
  });

  it("closes a connection that has no socket yet", () => {
    const session = new FakeSession(io);
    session.receive("nonsense");
    expect(session.readyState).toBe("closed");
  });

  it("harms nobody when no one listens for `error`", () => {
    const bystander = joined(io).socket;
    const { session, socket } = joined(io);
    session.receive("nonsense");
    expect(socket.connected).toBe(false);
    expect(bystander.connected).toBe(true);
  });
});

describe("the connect timeout", () => {
  it("closes a connection that joins no namespace", () => {
    const session = new FakeSession(io);
    vi.advanceTimersByTime(44_999);
    expect(session.readyState).toBe("open");
    vi.advanceTimersByTime(1);
    expect(session.readyState).toBe("closed");
  });

  it("is what the option says", () => {
    io = new Server({ connectTimeout: 100 });
    const session = new FakeSession(io);
    vi.advanceTimersByTime(100);
    expect(session.readyState).toBe("closed");
  });

  it("never comes when it is Infinity", () => {
    io = new Server({ connectTimeout: Infinity });
    const session = new FakeSession(io);
    vi.advanceTimersByTime(1_000_000);
    expect(session.readyState).toBe("open");
  });

  it("ends with the first namespace, and does not start again when the client leaves it", () => {
    const { session } = joined(io);
    session.send({ type: PacketType.DISCONNECT, nsp: "/" });
    expect(vi.getTimerCount()).toBe(0);
    expect(session.readyState).toBe("open");
  });

  it("goes on while a client is refused", () => {
    io.use((_socket, next) => {
      next(new Error("no"));
    });
    const session = new FakeSession(io);
    session.connect();
    session.connect("/unknown");
    vi.advanceTimersByTime(45_000);
    expect(session.readyState).toBe("closed");
  });

  it("goes on while a middleware does not decide", () => {
    io.use(() => undefined);
    const session = new FakeSession(io);
    session.connect();
    vi.advanceTimersByTime(45_000);
    expect(session.readyState).toBe("closed");
  });

  it("is over when the connection is lost", () => {
    new FakeSession(io).lose();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("the attachments of a packet", () => {
  const half = '52-["file",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]';

  it("must all be there within 30 seconds", () => {
    const { session, socket } = joined(io);
    const ends = watchEnd(socket);
    session.receive(half);
    vi.advanceTimersByTime(20_000);
    session.receive(Buffer.of(1));
    vi.advanceTimersByTime(9_999);
    expect(ends).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(ends).toEqual([["forced close", undefined]]);
  });

  it("leave no timer behind when they came", () => {
    const { session, socket } = joined(io);
    const listener = vi.fn();
    socket.on("file", listener);
    session.receive(half, Buffer.of(1), Buffer.of(2));
    expect(listener).toHaveBeenCalledExactlyOnceWith(Buffer.of(1), Buffer.of(2));
    expect(vi.getTimerCount()).toBe(0);
  });

  it("have 30 seconds of their own for each packet", () => {
    const { session } = joined(io);
    session.receive(half, Buffer.of(1));
    vi.advanceTimersByTime(20_000);
    session.receive(Buffer.of(2), half);
    vi.advanceTimersByTime(29_999);
    expect(session.readyState).toBe("open");
    vi.advanceTimersByTime(1);
    expect(session.readyState).toBe("closed");
  });

  it("are neither awaited nor kept after the connection was lost", () => {
    const decoder = defaultParser.createDecoder();
    io = new Server({
      parser: { encode: (packet) => defaultParser.encode(packet), createDecoder: () => decoder },
    });
    const { session } = joined(io);
    session.receive(half);
    expect(decoder.pending).toBe(true);
    session.lose();
    expect(decoder.pending).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("the end of a connection", () => {
  it.each(["transport error", "transport close", "ping timeout", "parse error", "forced close"] as const)(
    "ends every socket with the engine's reason, `%s`, and its details",
    (reason) => {
      io.of("/admin");
      const session = new FakeSession(io);
      const details = new Error("why");
      const ends = [watchEnd(session.join()), watchEnd(session.join("/admin"))];
      session.lose(reason, details);
      expect(ends).toEqual([[[reason, details]], [[reason, details]]]);
      expect(io.of("/admin").sockets.size).toBe(0);
    },
  );

  it("is told once", () => {
    const { session, socket } = joined(io);
    const ends = watchEnd(socket);
    session.lose("transport close");
    session.lose("transport error");
    expect(ends).toHaveLength(1);
  });

  it("reaches the other sockets when one has disconnected itself in the meantime", () => {
    io.of("/admin");
    const session = new FakeSession(io);
    const first = session.join();
    const second = session.join("/admin");
    const ends = watchEnd(second);
    first.on("disconnect", () => second.disconnect());
    session.lose();
    expect(ends).toEqual([["server namespace disconnect", undefined]]);
  });
});
