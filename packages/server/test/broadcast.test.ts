import { InMemoryAdapter } from "@telsiz/adapter";
import { defaultParser, PacketType } from "@telsiz/parser";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  AckTimeoutError,
  BroadcastAckError,
  BroadcastTimeoutRequiredError,
  Server,
  type ServerOptions,
  type Socket,
} from "../src/index.ts";
import { type FakeSession, joined } from "./fake-session.ts";

type Client = { session: FakeSession; socket: Socket };

let io: Server;
/** Ada is in the kitchen, Bob in the kitchen and the lobby, Cleo in the lobby, Dan nowhere. */
let ada: Client;
let bob: Client;
let cleo: Client;
let dan: Client;

function start(options: ServerOptions = {}): void {
  io = new Server(options);
  [ada, bob, cleo, dan] = [joined(io), joined(io), joined(io), joined(io)];
  void ada.socket.join("kitchen");
  void bob.socket.join(["kitchen", "lobby"]);
  void cleo.socket.join("lobby");
}

beforeEach(() => {
  vi.useFakeTimers();
  start();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Who got an event, and how often: a name for each time. */
function takeReceivers(): string[] {
  const clients = { ada, bob, cleo, dan };
  return Object.entries(clients).flatMap(([name, { session }]) => session.takeEvents().map(() => name));
}

describe("a broadcast of the server", () => {
  it("reaches every socket of the main namespace, and no others", () => {
    io.of("/admin");
    ada.session.join("/admin");
    io.emit("hello", 1, { two: Buffer.of(2) });
    for (const { session } of [ada, bob, cleo, dan]) {
      expect(session.take()).toEqual([
        { type: PacketType.EVENT, nsp: "/", data: ["hello", 1, { two: Buffer.of(2) }] },
      ]);
    }
  });

  const choices: [what: string, emit: () => unknown, receivers: string[]][] = [
    ["to a room", () => io.to("kitchen").emit("e"), ["ada", "bob"]],
    ["in a room", () => io.in("kitchen").emit("e"), ["ada", "bob"]],
    [
      "to several rooms, each socket once",
      () => io.to("kitchen").to("lobby").emit("e"),
      ["ada", "bob", "cleo"],
    ],
    [
      "to a list of rooms, each socket once",
      () => io.to(["kitchen", "lobby"]).emit("e"),
      ["ada", "bob", "cleo"],
    ],
    ["to and in, mixed", () => io.in("kitchen").to("lobby").emit("e"), ["ada", "bob", "cleo"]],
    ["to the room of one socket", () => io.to(dan.socket.id).emit("e"), ["dan"]],
    ["to a room that nobody is in", () => io.to("cellar").emit("e"), []],
    ["to a list that is empty, which is everybody", () => io.to([]).emit("e"), ["ada", "bob", "cleo", "dan"]],
    ["except a room", () => io.except("kitchen").emit("e"), ["cleo", "dan"]],
    ["except several rooms", () => io.except("kitchen").except("lobby").emit("e"), ["dan"]],
    ["except a list of rooms", () => io.except(["kitchen", "lobby"]).emit("e"), ["dan"]],
    ["to a room except another", () => io.to("kitchen").except("lobby").emit("e"), ["ada"]],
    ["except wins, wherever it stands", () => io.except("lobby").to(["lobby", "kitchen"]).emit("e"), ["ada"]],
    ["to a room by send", () => io.to("kitchen").send("e"), ["ada", "bob"]],
    ["to all by send", () => io.send("e"), ["ada", "bob", "cleo", "dan"]],
    ["to all by write", () => io.write("e"), ["ada", "bob", "cleo", "dan"]],
    ["to the clients of this node", () => io.local.emit("e"), ["ada", "bob", "cleo", "dan"]],
    ["to all of a namespace", () => io.of("/").emit("e"), ["ada", "bob", "cleo", "dan"]],
    ["to a room of a namespace", () => io.of("/").to("lobby").emit("e"), ["bob", "cleo"]],
  ];
  it.each(choices)("goes %s", (_what, emit, receivers) => {
    emit();
    expect(takeReceivers()).toEqual(receivers);
  });

  it("returns true from emit, and the sender from send", () => {
    expect(io.emit("hello")).toBe(true);
    expect(io.to("kitchen").emit("hello")).toBe(true);
    expect(io.send("hello")).toBe(io);
    const kitchen = io.to("kitchen");
    expect(kitchen.send("hello")).toBe(kitchen);
  });

  it("does not reach those who left the room, or the server", () => {
    void bob.socket.leave("kitchen");
    ada.session.lose();
    io.to("kitchen").emit("hello");
    expect(takeReceivers()).toEqual([]);
  });

  it("is the same operator before and after it was refined", () => {
    const kitchen = io.to("kitchen");
    kitchen.to("lobby");
    kitchen.except("lobby");
    expect(kitchen.volatile).not.toBe(kitchen);
    ada.session.writable = false;
    kitchen.emit("hello");
    expect(takeReceivers()).toEqual(["ada", "bob"]);
  });

  it.each(["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"])(
    "refuses the reserved name %s",
    (name) => {
      const message = `"${name}" is a reserved event name`;
      expect(() => io.emit(name)).toThrow(message);
      expect(() => io.to("kitchen").emit(name)).toThrow(message);
      expect(() =>
        io
          .of("/")
          .timeout(1)
          .emit(name, () => undefined),
      ).toThrow(message);
      expect(takeReceivers()).toEqual([]);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it("reaches the rest when one connection is about to close", () => {
    ada.session.readyState = "closing";
    io.emit("hello");
    expect(takeReceivers()).toEqual(["bob", "cleo", "dan"]);
  });

  it("throws what cannot be encoded, to the caller and to nobody else", () => {
    expect(() => io.emit("count", 1n)).toThrow("BigInt");
    expect(takeReceivers()).toEqual([]);
  });
});

describe("a volatile broadcast", () => {
  it("is lost by those whose connection cannot take it, and by no others", () => {
    bob.session.writable = false;
    io.volatile.emit("position");
    io.to("kitchen").volatile.emit("position");
    io.volatile.to("lobby").emit("position");
    expect(takeReceivers()).toEqual(["ada", "ada", "cleo", "cleo", "dan"]);
  });
});

describe("a broadcast of a socket", () => {
  const choices: [what: string, emit: () => unknown, receivers: string[]][] = [
    ["all others", () => ada.socket.broadcast.emit("e"), ["bob", "cleo", "dan"]],
    ["the other members of a room", () => ada.socket.to("kitchen").emit("e"), ["bob"]],
    ["the other members of a room (in)", () => ada.socket.in("kitchen").emit("e"), ["bob"]],
    ["the members of a room that it is not in", () => ada.socket.to("lobby").emit("e"), ["bob", "cleo"]],
    ["all others but a room", () => ada.socket.except("lobby").emit("e"), ["dan"]],
    ["a chain of rooms", () => bob.socket.to("kitchen").to("lobby").emit("e"), ["ada", "cleo"]],
    ["a room without another", () => dan.socket.to("kitchen").except("lobby").emit("e"), ["ada"]],
    ["all others on this node", () => ada.socket.local.emit("e"), ["bob", "cleo", "dan"]],
    ["not even itself by name", () => ada.socket.to(ada.socket.id).emit("e"), []],
    ["all others but a list of rooms", () => ada.socket.broadcast.except(["lobby"]).emit("e"), ["dan"]],
  ];
  it.each(choices)("reaches %s", (_what, emit, receivers) => {
    emit();
    expect(takeReceivers()).toEqual(receivers);
  });

  it("still works when the socket has left", () => {
    ada.session.lose();
    ada.socket.to("kitchen").emit("she has gone");
    expect(takeReceivers()).toEqual(["bob"]);
  });
});

describe("the encoding of a broadcast", () => {
  it("happens once, whatever the number of receivers", () => {
    const encode = vi.fn(defaultParser.encode.bind(defaultParser));
    start({ parser: { encode, createDecoder: defaultParser.createDecoder.bind(defaultParser) } });
    encode.mockClear();
    io.emit("hello", { large: "x".repeat(1000) });
    io.to(["kitchen", "lobby"]).except("nobody").emit("hello", Buffer.of(1));
    ada.socket.broadcast.emit("hello");
    io.timeout(100).emit("ask", () => undefined);
    expect(encode).toHaveBeenCalledTimes(4);
  });

  it("gives all receivers the same packet, so that its frame is built once too", () => {
    for (const { session } of [ada, bob]) session.outgoing.length = 0;
    io.emit("hello");
    io.emit("bytes", Buffer.of(1));
    expect(ada.session.outgoing).toHaveLength(3);
    for (const [index, packet] of ada.session.outgoing.entries()) {
      expect(bob.session.outgoing[index]).toBe(packet);
    }
  });

  it("may be left uncompressed", () => {
    ada.session.outgoing.length = 0;
    io.compress(false).emit("raw");
    io.to("kitchen").compress(false).emit("raw");
    io.emit("as usual");
    expect(ada.session.outgoing).toMatchObject([
      { compress: false },
      { compress: false },
      { compress: true },
    ]);
  });
});

describe("a broadcast that asks for acknowledgements", () => {
  /** The id under which a client was asked. */
  const idOf = (client: Client): number => (client.session.take().at(-1) as { id: number }).id;

  it("collects the first value of each, in the order in which they come", async () => {
    const answered = vi.fn();
    io.to("kitchen").timeout(100).emit("ask", "why?", answered);
    bob.session.acknowledge(idOf(bob), ["b", "more"]);
    ada.session.acknowledge(idOf(ada), ["a"]);
    expect(answered).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(0);
    expect(answered).toHaveBeenCalledExactlyOnceWith(null, ["b", "a"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("asks everybody under one id, which no other request has", () => {
    ada.socket.emit("ask", () => undefined);
    const first = idOf(ada);
    io.timeout(100).emit("ask", () => undefined);
    expect(new Set([ada, bob, cleo, dan].map(idOf)).size).toBe(1);
    ada.socket.emit("ask", () => undefined);
    expect(idOf(ada)).toBe(first + 2);
  });

  it("resolves the promise form", async () => {
    const answers = io.to("lobby").timeout(100).emitWithAck("ask", "why?");
    const id = idOf(bob);
    expect(idOf(cleo)).toBe(id);
    cleo.session.acknowledge(id, ["c"]);
    bob.session.acknowledge(id, []);
    await expect(answers).resolves.toEqual(["c", undefined]);
  });

  it("is done at once when there is nobody to ask", async () => {
    await expect(io.to("cellar").timeout(100).emitWithAck("ask")).resolves.toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not ask the socket that broadcasts", async () => {
    const answers = ada.socket.timeout(100).to("kitchen").emitWithAck("ask");
    bob.session.acknowledge(idOf(bob), ["b"]);
    await expect(answers).resolves.toEqual(["b"]);
    expect(ada.session.take()).toEqual([]);
  });

  it("counts one answer for each client", async () => {
    const answered = vi.fn();
    io.to("kitchen").timeout(100).emit("ask", answered);
    const id = idOf(ada);
    ada.session.acknowledge(id, [1]);
    ada.session.acknowledge(id, [2]);
    cleo.session.acknowledge(id, ["not asked"]);
    await vi.advanceTimersByTimeAsync(99);
    expect(answered).not.toHaveBeenCalled();
  });

  it("gives an error and what did come when the time is over", async () => {
    const answered = vi.fn();
    io.to("kitchen").timeout(100).emit("ask", answered);
    const id = idOf(ada);
    ada.session.acknowledge(id, ["a"]);
    await vi.advanceTimersByTimeAsync(100);
    bob.session.acknowledge(id, ["late"]);
    expect(answered).toHaveBeenCalledExactlyOnceWith(expect.any(BroadcastAckError), ["a"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("rejects the promise form with what did come", async () => {
    const answers = io.timeout(100).emitWithAck("ask");
    const rejected = expect(answers).rejects.toMatchObject({
      name: "BroadcastAckError",
      code: "TELSIZ_BROADCAST_ACK_TIMEOUT",
      message: "operation has timed out",
      responses: ["a"],
      missing: [...io.sockets.sockets.keys()].filter((id) => id !== ada.socket.id),
      cause: expect.any(AckTimeoutError),
    });
    ada.session.acknowledge(idOf(ada), ["a"]);
    await vi.advanceTimersByTimeAsync(100);
    await rejected;
    await expect(answers).rejects.toBeInstanceOf(BroadcastAckError);
  });

  it("is out of time when a client leaves without an answer", async () => {
    const answers = io.to("kitchen").timeout(100).emitWithAck("ask");
    ada.session.acknowledge(idOf(ada), ["a"]);
    bob.session.lose();
    const rejected = expect(answers).rejects.toMatchObject({ responses: ["a"] });
    await vi.advanceTimersByTimeAsync(100);
    await rejected;
  });

  it.each([Infinity, 2 ** 31])("waits on for a timeout of %s", async (timeout) => {
    const answered = vi.fn();
    io.to("kitchen").timeout(timeout).emit("ask", answered);
    const id = idOf(ada);
    ada.session.acknowledge(id, ["a"]);
    await vi.advanceTimersByTimeAsync(1_000_000);
    expect(answered).not.toHaveBeenCalled();
    bob.session.acknowledge(id, ["b"]);
    expect(answered).toHaveBeenCalledExactlyOnceWith(null, ["a", "b"]);
  });

  it("says that it needs a timeout", async () => {
    const ask = (): unknown => io.emit("ask", () => undefined);
    expect(ask).toThrow(BroadcastTimeoutRequiredError);
    expect(ask).toThrow(
      'The broadcast of "ask" asks for acknowledgements: say how long to wait with timeout(ms) before it.',
    );
    expect(() => ada.socket.to("kitchen").emit("ask", () => undefined)).toThrow(
      expect.objectContaining({ code: "TELSIZ_BROADCAST_TIMEOUT_REQUIRED" }),
    );
    await expect(io.emitWithAck("ask")).rejects.toBeInstanceOf(BroadcastTimeoutRequiredError);
    await expect(io.to("kitchen").emitWithAck("ask")).rejects.toBeInstanceOf(BroadcastTimeoutRequiredError);
    expect(takeReceivers()).toEqual([]);
  });

  it.each([-1, NaN, "5"])("refuses a timeout of %s", (timeout) => {
    for (const start of [io, io.to("kitchen"), io.of("/")]) {
      expect(() => start.timeout(timeout as number)).toThrow(
        expect.objectContaining({ code: "TELSIZ_INVALID_OPTION", option: "timeout" }),
      );
    }
  });

  it("reports a callback that throws", async () => {
    const reported = vi.fn();
    io.on("handler_error", reported);
    const bug = new Error("a bug");
    io.to("cellar")
      .timeout(100)
      .emit("ask", () => {
        throw bug;
      });
    await vi.advanceTimersByTimeAsync(0);
    expect(reported).toHaveBeenCalledExactlyOnceWith(bug, { socket: undefined, event: "ask" });
  });

  it("calls nothing later when its event cannot be encoded", async () => {
    const answered = vi.fn();
    expect(() => io.timeout(100).emit("count", 1n, answered)).toThrow("BigInt");
    await expect(io.timeout(100).emitWithAck("count", 1n)).rejects.toThrow("BigInt");
    await vi.advanceTimersByTimeAsync(100);
    expect(answered).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("waits for its timeout when the adapter cannot count the servers, which is reported", async () => {
    const outage = new Error("broker down");
    class Uncounted extends InMemoryAdapter {
      override serverCount(): Promise<number> {
        return Promise.reject(outage);
      }
    }
    start({ adapter: Uncounted });
    const reported = vi.fn();
    io.on("handler_error", reported);
    const answered = vi.fn();
    io.to(ada.socket.id).timeout(100).emit("ask", answered);
    ada.session.acknowledge(idOf(ada), ["a"]);
    await vi.advanceTimersByTimeAsync(100);
    expect(answered).toHaveBeenCalledExactlyOnceWith(expect.any(BroadcastAckError), ["a"]);
    expect(reported).toHaveBeenCalledExactlyOnceWith(outage, { socket: undefined, event: "serverCount" });
  });
});

describe("the sockets of a choice", () => {
  it("can be fetched, and are the sockets themselves on this node", async () => {
    expect(await io.fetchSockets()).toEqual([ada.socket, bob.socket, cleo.socket, dan.socket]);
    expect(await io.in("kitchen").fetchSockets()).toEqual([ada.socket, bob.socket]);
    expect(await io.of("/").except("kitchen").fetchSockets()).toEqual([cleo.socket, dan.socket]);
    expect(await ada.socket.to("kitchen").fetchSockets()).toEqual([bob.socket]);
    expect(await io.to("cellar").fetchSockets()).toEqual([]);
  });

  it("gives their ids, by the old name for it", async () => {
    const ids = (...clients: Client[]): Set<string> => new Set(clients.map(({ socket }) => socket.id));
    expect(await io.allSockets()).toEqual(ids(ada, bob, cleo, dan));
    expect(await io.of("/").allSockets()).toEqual(ids(ada, bob, cleo, dan));
    expect(await io.in("kitchen").except("lobby").allSockets()).toEqual(ids(ada));
    expect(await io.in("cellar").allSockets()).toEqual(new Set());
  });

  it("can be put into rooms and taken out of them", () => {
    io.in("kitchen").socketsJoin("garden");
    io.except("kitchen").socketsJoin(["attic", "cellar"]);
    io.in("lobby").socketsLeave("kitchen");
    io.socketsLeave(["attic", "lobby"]);
    const rooms = [ada, bob, cleo, dan].map(({ socket }) => [...socket.rooms].slice(1));
    expect(rooms).toEqual([["kitchen", "garden"], ["garden"], ["cellar"], ["cellar"]]);
  });

  it("can be disconnected from the namespace", () => {
    const reasons: string[] = [];
    bob.socket.on("disconnect", (reason) => reasons.push(reason));
    io.of("/admin");
    const admin = bob.session.join("/admin");
    io.in("kitchen").disconnectSockets();
    expect([ada, bob, cleo, dan].map(({ socket }) => socket.connected)).toEqual([false, false, true, true]);
    expect(reasons).toEqual(["server namespace disconnect"]);
    expect(admin.connected).toBe(true);
    expect(bob.session.take()).toEqual([{ type: PacketType.DISCONNECT, nsp: "/" }]);
  });

  it("can be disconnected with their connections", () => {
    io.of("/admin");
    const admin = bob.session.join("/admin");
    io.disconnectSockets(true);
    expect(admin.connected).toBe(false);
    expect([ada, bob, cleo, dan].map(({ session }) => session.readyState)).toEqual(Array(4).fill("closed"));
    expect(io.sockets.adapter.rooms.size).toBe(0);
  });
});
