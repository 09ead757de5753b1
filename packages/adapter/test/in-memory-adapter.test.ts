import { type EventPacket, PacketType } from "@telsiz/parser";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type BroadcastOptions, InMemoryAdapter, type Room } from "../src/index.ts";
import { FakeNamespace, type FakeSocket } from "./fake-namespace.ts";

const packet: EventPacket = { type: PacketType.EVENT, nsp: "/", data: ["greet"] };

let nsp: FakeNamespace;
let adapter: InMemoryAdapter;

beforeEach(() => {
  vi.useFakeTimers();
  nsp = new FakeNamespace((of) => new InMemoryAdapter(of));
  adapter = nsp.adapter;
});

afterEach(() => {
  vi.useRealTimers();
});

function to(...rooms: Room[]): BroadcastOptions {
  return { rooms: new Set(rooms) };
}

/** Which sockets got a packet. */
function receivers(): string[] {
  return [...nsp.sockets.values()].filter(({ delivered }) => delivered.length > 0).map(({ id }) => id);
}

describe("rooms", () => {
  it("are known from both sides", () => {
    nsp.add("s1", "a", "b");
    nsp.add("s2", "b");
    expect(new Map(adapter.rooms)).toEqual(
      new Map([
        ["s1", new Set(["s1"])],
        ["a", new Set(["s1"])],
        ["b", new Set(["s1", "s2"])],
        ["s2", new Set(["s2"])],
      ]),
    );
    expect(adapter.socketRooms("s1")).toEqual(new Set(["s1", "a", "b"]));
    expect(adapter.sids.get("s2")).toEqual(new Set(["s2", "b"]));
    expect(adapter.socketRooms("s3")).toBeUndefined();
  });

  it("vanish with their last member, and a socket with delAll", () => {
    const socket = nsp.add("s1", "a");
    void socket.leave("a");
    expect(adapter.rooms.has("a")).toBe(false);
    void adapter.delAll("s1");
    expect(adapter.rooms.size).toBe(0);
    expect(adapter.sids.size).toBe(0);
  });

  it("know a socket that joined none", () => {
    void adapter.addAll("s1", new Set());
    expect(adapter.socketRooms("s1")).toEqual(new Set());
  });

  it("pass over a socket that is not there", () => {
    void adapter.del("nobody", "a");
    void adapter.delAll("nobody");
    expect(adapter.sids.size).toBe(0);
  });
});

describe("room events", () => {
  let events: unknown[][];

  beforeEach(() => {
    events = [];
    for (const name of ["create-room", "join-room", "leave-room", "delete-room"] as const) {
      adapter.on(name, (...args: unknown[]) => {
        events.push([name, ...args]);
      });
    }
  });

  it("tell of a new room before its first member, and of each member once", () => {
    void adapter.addAll("s1", new Set(["a"]));
    void adapter.addAll("s1", new Set(["a"]));
    void adapter.addAll("s2", new Set(["a"]));
    expect(events).toEqual([
      ["create-room", "a"],
      ["join-room", "a", "s1"],
      ["join-room", "a", "s2"],
    ]);
  });

  it("tell of the end of a room after its last member left", () => {
    void adapter.addAll("s1", new Set(["a"]));
    void adapter.addAll("s2", new Set(["a"]));
    events.length = 0;
    void adapter.del("s1", "a");
    void adapter.del("s1", "a");
    void adapter.del("s2", "a");
    expect(events).toEqual([
      ["leave-room", "a", "s1"],
      ["leave-room", "a", "s2"],
      ["delete-room", "a"],
    ]);
  });

  it("tell of every room of a socket that leaves", () => {
    void adapter.addAll("s1", new Set(["s1", "a"]));
    void adapter.addAll("s2", new Set(["a"]));
    events.length = 0;
    void adapter.delAll("s1");
    expect(events).toEqual([
      ["leave-room", "s1", "s1"],
      ["delete-room", "s1"],
      ["leave-room", "a", "s1"],
    ]);
  });

  it("hand what their listeners throw to the namespace, and the socket is in all its rooms", () => {
    const fault = new Error("listener");
    adapter.on("join-room", () => {
      throw fault;
    });
    nsp.add("s1", "a");
    expect(adapter.socketRooms("s1")).toEqual(new Set(["s1", "a"]));
    expect(nsp.faults).toEqual([
      [fault, "join-room"],
      [fault, "join-room"],
    ]);
  });
});

describe("an event for other servers", () => {
  it("is answered by none, since there are none, after the call", async () => {
    const answered = vi.fn();
    void adapter.serverSideEmit(["load"]);
    void adapter.serverSideEmit(["load", 1, answered]);
    expect(answered).not.toHaveBeenCalled();
    await Promise.resolve();
    expect(answered).toHaveBeenCalledExactlyOnceWith(null, []);
    expect(nsp.raised).toEqual([]);
  });
});

describe("broadcast", () => {
  beforeEach(() => {
    nsp.add("s1", "a");
    nsp.add("s2", "a", "b");
    nsp.add("s3", "b");
  });

  it("reaches everybody, and encodes once", () => {
    void adapter.broadcast(packet, to());
    expect(receivers()).toEqual(["s1", "s2", "s3"]);
    expect(nsp.prepared).toMatchObject([{ packet, flags: {} }]);
    expect(nsp.sockets.get("s1")!.delivered[0]).toBe(nsp.sockets.get("s3")!.delivered[0]);
  });

  it("reaches the members of the rooms once each, but for the exceptions", () => {
    void adapter.broadcast(packet, { ...to("a", "b"), except: new Set(["s1"]) });
    expect(receivers()).toEqual(["s2", "s3"]);
    expect(nsp.sockets.get("s2")!.delivered).toHaveLength(1);
  });

  it("hands on the flags", () => {
    void adapter.broadcast(packet, { ...to(), flags: { volatile: true, compress: false } });
    expect(nsp.prepared[0]!.flags).toEqual({ volatile: true, compress: false });
  });

  it("passes over members that are not connected any more", () => {
    nsp.sockets.delete("s2");
    void adapter.broadcast(packet, to("a"));
    expect(receivers()).toEqual(["s1"]);
  });

  it("reaches the others although a socket leaves because of it", () => {
    const leaving = nsp.sockets.get("s1")!;
    leaving.onDelivery = () => leaving.disconnect();
    void adapter.broadcast(packet, to("a"));
    expect(leaving.delivered).toHaveLength(1);
    expect(receivers()).toEqual(["s2"]);
  });
});

describe("broadcastWithAck", () => {
  let sockets: FakeSocket[];
  const onClientCount = vi.fn();
  const onAnswer = vi.fn();

  beforeEach(() => {
    onClientCount.mockReset();
    onAnswer.mockReset();
    sockets = [nsp.add("s1", "a"), nsp.add("s2", "a"), nsp.add("s3")];
  });

  function ask(timeout?: number): void {
    const flags = timeout === undefined ? {} : { timeout };
    void adapter.broadcastWithAck(packet, { ...to("a"), flags }, onClientCount, onAnswer);
  }

  it("sends the packet with an id of the namespace, and tells to how many", () => {
    ask(100);
    expect(nsp.prepared).toMatchObject([{ packet: { ...packet, id: 7 }, flags: { timeout: 100 } }]);
    expect(receivers()).toEqual(["s1", "s2"]);
    expect(onClientCount).toHaveBeenCalledExactlyOnceWith(2, expect.anything());
    expect(packet.id).toBeUndefined();
  });

  it("tells, whenever it is asked, who has not answered", () => {
    ask(100);
    const waiting = onClientCount.mock.calls[0]![1]!;
    expect([...waiting]).toEqual(["s1", "s2"]);
    sockets[0]!.answer(7, "first");
    expect([...waiting]).toEqual(["s2"]);
    vi.advanceTimersByTime(100);
    expect([...waiting]).toEqual(["s2"]);
  });

  it("gives on each answer with all its values", () => {
    ask(100);
    sockets[1]!.answer(7, "second", 2);
    sockets[0]!.answer(7, "first");
    expect(onAnswer.mock.calls).toEqual([["second", 2], ["first"]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("frees the answers that did not come in time", () => {
    ask(100);
    sockets[0]!.answer(7, "first");
    vi.advanceTimersByTime(99);
    expect(sockets[1]!.expected.has(7)).toBe(true);
    vi.advanceTimersByTime(1);
    expect(sockets[1]!.expected.size).toBe(0);
    sockets[1]!.answer(7, "late");
    expect(onAnswer.mock.calls).toEqual([["first"]]);
  });

  it("tells that there is nobody, and keeps no timer", () => {
    void adapter.broadcastWithAck(
      packet,
      { ...to("nowhere"), flags: { timeout: 100 } },
      onClientCount,
      onAnswer,
    );
    expect(onClientCount).toHaveBeenCalledExactlyOnceWith(0, expect.anything());
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([undefined, Infinity, 2 ** 31])("waits without a timer for a time of %s", (timeout) => {
    ask(timeout);
    expect(vi.getTimerCount()).toBe(0);
    expect(sockets[0]!.expected.has(7)).toBe(true);
  });

  it("counts and awaits everybody although one answers at once", () => {
    sockets[0]!.onDelivery = () => sockets[0]!.answer(7, "at once");
    ask(100);
    expect(onClientCount).toHaveBeenCalledExactlyOnceWith(2, expect.anything());
    vi.advanceTimersByTime(100);
    expect(sockets[1]!.expected.size).toBe(0);
  });
});

describe("what is done to the selected sockets", () => {
  beforeEach(() => {
    nsp.add("s1", "a");
    nsp.add("s2", "a");
    nsp.add("s3");
  });

  it("is to join rooms, also if these decide who is selected", () => {
    void adapter.addSockets(to("a", "s3"), ["b", "a"]);
    expect(adapter.rooms.get("b")).toEqual(new Set(["s1", "s2", "s3"]));
    expect(adapter.rooms.get("a")).toEqual(new Set(["s1", "s2", "s3"]));
  });

  it("is to leave rooms, also if these decide who is selected", () => {
    void adapter.delSockets(to("a"), ["a", "nowhere"]);
    expect(adapter.rooms.has("a")).toBe(false);
    expect(adapter.socketRooms("s1")).toEqual(new Set(["s1"]));
  });

  it.each([true, false])("is to be disconnected (close: %s)", (close) => {
    const sockets = [...nsp.sockets.values()];
    void adapter.disconnectSockets({ ...to(), except: new Set(["s3"]) }, close);
    expect(sockets.map(({ disconnects }) => disconnects)).toEqual([[close], [close], []]);
    expect([...nsp.sockets.keys()]).toEqual(["s3"]);
  });

  it("is to be named and fetched", async () => {
    await expect(adapter.sockets(new Set(["a"]))).resolves.toEqual(new Set(["s1", "s2"]));
    await expect(adapter.sockets(new Set())).resolves.toEqual(new Set(["s1", "s2", "s3"]));
    const fetched = await adapter.fetchSockets({ ...to("a"), except: new Set(["s1"]) });
    expect(fetched).toEqual([nsp.sockets.get("s2")]);
  });
});

describe("an adapter of a single server", () => {
  it("counts one server, and has nothing to open or close", async () => {
    await expect(adapter.serverCount()).resolves.toBe(1);
    await expect(Promise.resolve(adapter.init())).resolves.toBeUndefined();
    await expect(Promise.resolve(adapter.close())).resolves.toBeUndefined();
  });
});
