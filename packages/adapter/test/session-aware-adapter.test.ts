import { type EventPacket, PacketType } from "@telsiz/parser";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type BroadcastFlags,
  isRecoveryStore,
  InMemoryAdapter,
  type RecoveryLimits,
  type Room,
  SessionAwareAdapter,
} from "../src/index.ts";
import { type FakeDelivery, FakeNamespace, type FakeSocket } from "./fake-namespace.ts";

const AWAY_MS = 10_000;

let nsp: FakeNamespace<SessionAwareAdapter>;
let adapter: SessionAwareAdapter;

beforeEach(() => {
  vi.useFakeTimers();
  use({});
});

afterEach(() => {
  vi.useRealTimers();
});

/** Begins anew with other limits. */
function use(limits: Partial<RecoveryLimits>): void {
  const all = { maxDisconnectionDuration: AWAY_MS, maxPackets: 1_000, maxBytes: 1_000_000, ...limits };
  nsp = new FakeNamespace((of) => new SessionAwareAdapter(of, all, "log"));
  adapter = nsp.adapter;
}

/** A socket connects and joins `rooms`; its session's id is `pid-` and its own. */
function connect(id: string, ...rooms: Room[]): FakeSocket {
  const socket = nsp.add(id, ...rooms);
  adapter.open(`pid-${id}`, id);
  return socket;
}

/** The server notices the loss of its connection. */
function lose(id: string, data?: unknown): void {
  adapter.suspend(`pid-${id}`, data);
  void adapter.delAll(id);
  nsp.sockets.delete(id);
}

function packetOf(name: string, id?: number): EventPacket {
  return { type: PacketType.EVENT, nsp: "/", data: [name], id };
}

function send(name: string, rooms: Room[] = [], except: Room[] = [], flags: BroadcastFlags = {}): void {
  void adapter.broadcast(packetOf(name), { rooms: new Set(rooms), except: new Set(except), flags });
}

const nameOf = ({ packet }: { packet: EventPacket }): unknown => packet.data[0];

/** The client comes back. @returns the names of what it missed; `undefined` if it is not recovered */
function comeBack(id: string, offset: string | undefined): unknown[] | undefined {
  const lost = adapter.take(`pid-${id}`, offset);
  const resumed = lost && adapter.resume(lost);
  if (resumed !== undefined) nsp.revive(id);
  return resumed?.missed.map(nameOf);
}

function offsetOf(socket: FakeSocket, index = -1): string {
  return (socket.delivered.at(index) as FakeDelivery).offset!;
}

describe("an adapter with sessions", () => {
  it("is known by what it can do", () => {
    expect(isRecoveryStore(adapter)).toBe(true);
    expect(isRecoveryStore(new InMemoryAdapter(nsp))).toBe(false);
  });

  it("gives every event an offset, later ones later, and a volatile one that of the event before it", () => {
    const socket = connect("s1");
    send("one");
    send("passing", [], [], { volatile: true });
    send("two");
    const offsets = socket.delivered.map((delivery) => (delivery as FakeDelivery).offset);
    expect(offsets).toEqual(["log.1", "log.1", "log.2"]);
    expect(adapter.offset).toBe("log.2");
  });

  it("gives a packet that asks for acknowledgements none, and does not keep it", () => {
    const socket = connect("s1");
    void adapter.broadcast(packetOf("ask", 7), { rooms: new Set() });
    expect((socket.delivered[0] as FakeDelivery).offset).toBeUndefined();
    lose("s1");
    expect(comeBack("s1", undefined)).toEqual([]);
  });

  it("knows who holds a session as long as its connection is not known to be lost", () => {
    connect("s1");
    expect(adapter.holderOf("pid-s1")).toBe("s1");
    lose("s1");
    expect(adapter.holderOf("pid-s1")).toBeUndefined();
    comeBack("s1", undefined);
    expect(adapter.holderOf("pid-s1")).toBe("s1");
  });
});

describe("a lost session", () => {
  it("comes back with its id, its data, its rooms and what it missed, in order", () => {
    connect("s1", "a", "b");
    send("before");
    lose("s1", { name: "Ada" });
    send("to all");
    send("to a", ["a"]);
    send("to c", ["c"]);
    send("to it", ["s1"]);
    send("not to it", ["b"], ["s1"]);
    const lost = adapter.take("pid-s1", "log.1")!;
    expect(lost).toMatchObject({ sid: "s1", pid: "pid-s1", data: { name: "Ada" } });
    expect(adapter.resume(lost)!.missed.map(nameOf)).toEqual(["to all", "to a", "to it"]);
    expect([...adapter.socketRooms("s1")!]).toEqual(["s1", "a", "b"]);
  });

  it("also comes back if it got no event at all", () => {
    send("before its time");
    connect("s1");
    lose("s1");
    send("missed");
    expect(comeBack("s1", undefined)).toEqual(["missed"]);
  });

  it("is not given what was sent before it began, whatever offset its client says", () => {
    send("before its time");
    connect("s1");
    send("of its time");
    lose("s1");
    expect(comeBack("s1", "log.0")).toEqual(["of its time"]);
  });

  it("gets what was on its way when the connection was lost", () => {
    const socket = connect("s1");
    for (const name of ["one", "two", "three"]) send(name);
    lose("s1");
    expect(comeBack("s1", offsetOf(socket, 0))).toEqual(["two", "three"]);
  });

  it("gets what it lost of a room that it left just before, but nothing later from there", () => {
    const socket = connect("s1", "a");
    send("got");
    send("on its way", ["a"]);
    void socket.leave("a");
    send("after", ["a"]);
    lose("s1");
    send("later", ["a"]);
    expect(comeBack("s1", offsetOf(socket, 0))).toEqual(["on its way"]);
    expect([...adapter.socketRooms("s1")!]).toEqual(["s1"]);
  });

  it("gets nothing that was sent to a room before it joined it", () => {
    const socket = connect("s1");
    send("got");
    send("before", ["a"]);
    void socket.join("a");
    send("on its way", ["a"]);
    lose("s1");
    expect(comeBack("s1", offsetOf(socket))).toEqual([]);
    lose("s1");
    expect(comeBack("s1", "log.1")).toEqual(["on its way"]);
  });

  it("gets no volatile event", () => {
    connect("s1");
    lose("s1");
    send("passing", [], [], { volatile: true });
    expect(comeBack("s1", undefined)).toEqual([]);
  });

  it("comes back after an offset that a volatile event brought", () => {
    const socket = connect("s1");
    send("got");
    send("passing", [], [], { volatile: true });
    lose("s1");
    send("missed");
    expect(comeBack("s1", offsetOf(socket))).toEqual(["missed"]);
  });

  it("comes back again and again", () => {
    connect("s1");
    for (const name of ["one", "two", "three"]) {
      lose("s1");
      send(name);
      expect(
        comeBack(
          "s1",
          adapter.offset.replace(/\d$/, (n) => String(Number(n) - 1)),
        ),
      ).toEqual([name]);
    }
  });

  it("gets again what it missed if that was lost on its way, too", () => {
    connect("s1");
    lose("s1");
    send("one");
    expect(comeBack("s1", undefined)).toEqual(["one"]);
    lose("s1");
    send("two");
    expect(comeBack("s1", undefined)).toEqual(["one", "two"]);
  });

  it.each([
    ["an unknown id", "pid-s2", undefined],
    ["an offset of another log", "pid-s1", "gol.1"],
    ["an offset of the future", "pid-s1", "log.9"],
    ["an offset that is none", "pid-s1", "somewhere"],
  ])("is not given to a client with %s, and stays for the right one", (_what, pid, offset) => {
    connect("s1");
    send("one");
    lose("s1");
    expect(adapter.take(pid, offset)).toBeUndefined();
    expect(comeBack("s1", "log.1")).toEqual([]);
  });

  it("is given once", () => {
    connect("s1");
    lose("s1");
    const lost = adapter.take("pid-s1", undefined)!;
    expect(adapter.take("pid-s1", undefined)).toBeUndefined();
    expect(adapter.resume(lost)).toBeDefined();
    expect(adapter.resume(lost)).toBeUndefined();
    expect(adapter.take("pid-s1", undefined)).toBeUndefined();
  });

  it("can be put back once, and is then as it was", () => {
    connect("s1", "a");
    lose("s1");
    const lost = adapter.take("pid-s1", undefined)!;
    void adapter.delAll("s1");
    adapter.putBack(lost);
    send("missed", ["a"]);
    expect(adapter.resume(lost)).toBeUndefined();
    expect(comeBack("s1", undefined)).toEqual(["missed"]);
    adapter.putBack(lost);
    expect(adapter.take("pid-s1", undefined)).toBeUndefined();
  });

  it("ends when it is dropped, connected or lost", () => {
    connect("s1");
    adapter.drop("pid-s1");
    lose("s1");
    expect(comeBack("s1", undefined)).toBeUndefined();
    connect("s2");
    lose("s2");
    adapter.drop("pid-s2");
    expect(comeBack("s2", undefined)).toBeUndefined();
  });

  it("is not one of another adapter, whose offsets mean something else", () => {
    connect("s1");
    lose("s1");
    const lost = adapter.take("pid-s1", undefined)!;
    use({});
    send("of another log");
    expect(adapter.resume(lost)).toBeUndefined();
    adapter.putBack(lost);
    expect(adapter.take("pid-s1", undefined)).toBeUndefined();
    expect(adapter.resume({ sid: "s1", pid: "pid-s1", data: undefined })).toBeUndefined();
  });
});

describe("the rooms of a session that was taken", () => {
  it("are there before it is resumed, and hear", () => {
    connect("s1", "a");
    lose("s1");
    const lost = adapter.take("pid-s1", undefined)!;
    expect([...adapter.socketRooms("s1")!]).toEqual(["s1", "a"]);
    send("meanwhile", ["a"]);
    expect(adapter.resume(lost)!.missed.map(nameOf)).toEqual(["meanwhile"]);
  });

  it("can be left and joined before it is resumed", () => {
    connect("s1", "a");
    lose("s1");
    send("one", ["a"]);
    const lost = adapter.take("pid-s1", undefined)!;
    void adapter.del("s1", "a");
    void adapter.addAll("s1", new Set(["b"]));
    send("two", ["a"]);
    send("three", ["b"]);
    expect(adapter.resume(lost)!.missed.map(nameOf)).toEqual(["one", "three"]);
    expect([...adapter.socketRooms("s1")!]).toEqual(["s1", "b"]);
  });

  it("do not make listeners of `join-room` send past it", () => {
    connect("s1", "a");
    lose("s1");
    adapter.on("join-room", (room) => send(`joined ${room}`));
    expect(comeBack("s1", undefined)).toEqual(["joined s1", "joined a"]);
  });
});

describe("what is forgotten", () => {
  it("ends a session that may have missed some of it", () => {
    use({ maxPackets: 2 });
    connect("s1");
    lose("s1");
    for (const name of ["one", "two", "three"]) send(name);
    expect(comeBack("s1", undefined)).toBeUndefined();
  });

  it("ends a session that waits for a middleware meanwhile", () => {
    use({ maxPackets: 2 });
    connect("s1");
    lose("s1");
    const lost = adapter.take("pid-s1", undefined)!;
    for (const name of ["one", "two", "three"]) send(name);
    expect(adapter.resume(lost)).toBeUndefined();
    expect(adapter.holderOf("pid-s1")).toBeUndefined();
  });

  it("does not matter to a client that had everything, however long ago, time and again", () => {
    use({ maxPackets: 2 });
    const socket = connect("s1", "a");
    send("last", ["a"]);
    const offset = offsetOf(socket);
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 5; n++) send("not for it", ["b"]);
      lose("s1");
      send("not for it", ["b"]);
      expect(comeBack("s1", offset)).toEqual([]);
    }
    lose("s1");
    send("for it", ["a"]);
    expect(comeBack("s1", offset)).toEqual(["for it"]);
  });

  it("does not matter to a client that got no event because there was none for it", () => {
    use({ maxPackets: 2 });
    connect("s1");
    for (let n = 0; n < 5; n++) send("not for it", ["b"]);
    lose("s1");
    expect(comeBack("s1", undefined)).toEqual([]);
  });

  it("matters to a client that had not got the last that was for it", () => {
    use({ maxPackets: 2 });
    const socket = connect("s1", "a");
    send("got", ["a"]);
    send("on its way", ["a"]);
    for (let n = 0; n < 5; n++) send("not for it", ["b"]);
    lose("s1");
    expect(comeBack("s1", offsetOf(socket, 0))).toBeUndefined();
  });

  it("ends a session after its time, and with it the timer", () => {
    connect("s1");
    lose("s1");
    vi.advanceTimersByTime(AWAY_MS - 1);
    connect("s2");
    lose("s2");
    expect(adapter.take("pid-s1", undefined)).toBeDefined();
    vi.advanceTimersByTime(AWAY_MS);
    expect(adapter.take("pid-s2", undefined)).toBeUndefined();
    vi.advanceTimersByTime(AWAY_MS);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("says whether it waits for clients, and tells its namespace when the last of them is late", () => {
    connect("s1");
    expect(adapter.awaitsClients).toBe(false);
    lose("s1");
    expect(adapter.awaitsClients).toBe(true);
    adapter.putBack(adapter.take("pid-s1", undefined)!);
    vi.advanceTimersByTime(AWAY_MS - 1);
    connect("s2");
    lose("s2");
    vi.advanceTimersByTime(1);
    expect([adapter.awaitsClients, nsp.expiries]).toEqual([true, 0]);
    vi.advanceTimersByTime(AWAY_MS);
    expect([adapter.awaitsClients, nsp.expiries]).toEqual([false, 1]);
    vi.advanceTimersByTime(AWAY_MS);
    expect(nsp.expiries).toBe(1);
  });

  it("keeps no timer for sessions that may be away for ever", () => {
    use({ maxDisconnectionDuration: Infinity });
    connect("s1");
    lose("s1");
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(1e9);
    expect(comeBack("s1", undefined)).toEqual([]);
  });

  it("is everything once it is closed, its timer included", () => {
    connect("s1");
    lose("s1");
    adapter.close();
    expect(vi.getTimerCount()).toBe(0);
    expect(comeBack("s1", undefined)).toBeUndefined();
  });
});

describe("what a listener sends while an event is delivered", () => {
  it("comes after it to everybody, so that the offsets stay in order", () => {
    const first = connect("s1");
    const second = connect("s2");
    first.onDelivery = () => {
      first.onDelivery = undefined;
      send("inner");
      send("inner volatile", [], [], { volatile: true });
    };
    send("outer");
    for (const { delivered } of [first, second]) {
      expect(delivered.map(nameOf)).toEqual(["outer", "inner", "inner volatile"]);
    }
  });

  it("does not keep the rest from being delivered by throwing", () => {
    const socket = connect("s1");
    socket.onDelivery = () => {
      socket.onDelivery = undefined;
      throw new Error("no");
    };
    expect(() => send("one")).toThrow("no");
    send("two");
    expect(socket.delivered.map(nameOf)).toEqual(["one", "two"]);
  });

  it("is missed by one who is lost by it, and so is the event itself", () => {
    use({ maxPackets: 2 });
    const first = connect("s1");
    connect("s2");
    send("got");
    first.onDelivery = () => {
      first.onDelivery = undefined;
      lose("s2");
    };
    send("outer");
    expect(comeBack("s2", "log.1")).toEqual(["outer"]);
  });
});

const ids = ["s1", "s2"] as const;
const anyId = fc.constantFrom(...ids);
const anyRoom = fc.constantFrom<Room>("a", "b");
const someRooms = fc.uniqueArray(fc.constantFrom<Room>("a", "b", ...ids), { maxLength: 2 });
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ to: someRooms, except: someRooms }) },
    { weight: 1, arbitrary: fc.record({ volatileTo: someRooms }) },
    { weight: 2, arbitrary: fc.record({ id: anyId, join: anyRoom }) },
    { weight: 2, arbitrary: fc.record({ id: anyId, leave: anyRoom }) },
    { weight: 2, arbitrary: fc.record({ id: anyId, loseOnTheWay: fc.nat(4) }) },
    { weight: 2, arbitrary: fc.record({ id: anyId, comeBack: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ waitMs: fc.nat(AWAY_MS / 2) }) },
  ),
  { minLength: 40, maxLength: 100 },
);

/** A client, and what it should have got by now. */
class Client {
  readonly id: string;
  readonly rooms = new Set<Room>();
  due: string[] = [];
  got: string[] = [];
  offset: string | undefined;
  connected = true;
  recoveries = 0;
  refusals = 0;
  #seen = 0;

  constructor(id: string) {
    this.id = id;
    this.rooms.add(id);
    connect(id);
  }

  /** What the server has sent arrives, but for the last few. */
  receive(butFor = 0): void {
    const { delivered } = nsp.sockets.get(this.id)!;
    for (const delivery of delivered.slice(this.#seen, Math.max(this.#seen, delivered.length - butFor))) {
      this.take(delivery as FakeDelivery);
    }
    this.#seen = delivered.length;
  }

  lose(onTheWay: number): void {
    this.receive(onTheWay);
    lose(this.id);
    this.connected = false;
  }

  /** @param received whether it gets what it missed, or is lost once more before */
  comeBack(received: boolean): void {
    const lost = adapter.take(`pid-${this.id}`, this.offset);
    const resumed = lost && adapter.resume(lost);
    this.#seen = 0;
    this.connected = true;
    if (resumed === undefined) return this.beginAnew();
    this.recoveries++;
    nsp.revive(this.id);
    if (received) for (const delivery of resumed.missed) this.take(delivery as FakeDelivery);
    else this.lose(0);
  }

  private beginAnew(): void {
    this.refusals++;
    void adapter.delAll(this.id);
    this.due = [];
    this.got = [];
    this.offset = undefined;
    this.rooms.clear();
    this.rooms.add(this.id);
    connect(this.id);
  }

  private take(delivery: FakeDelivery): void {
    this.offset = delivery.offset;
    if (delivery.flags.volatile !== true) this.got.push(String(nameOf(delivery)));
  }
}

describe("whatever happens", () => {
  const limits = fc.record({
    maxPackets: fc.constantFrom(3, 10, 1_000),
    maxBytes: fc.constantFrom(40, 1_000_000),
  });

  it("a client that is recovered has got everything that was for it, once and in order", () => {
    let recoveries = 0;
    let refusals = 0;
    fc.assert(
      fc.property(limits, steps, (limit, run) => {
        use(limit);
        const clients = new Map(ids.map((id) => [id as string, new Client(id)]));
        let sent = 0;
        for (const step of run) {
          if ("to" in step) {
            const name = String(++sent);
            for (const { rooms, due } of clients.values()) {
              const isIn = (room: Room): boolean => rooms.has(room);
              if ((step.to.length === 0 || step.to.some(isIn)) && !step.except.some(isIn)) due.push(name);
            }
            send(name, step.to, step.except);
          } else if ("volatileTo" in step) {
            send("passing", step.volatileTo, [], { volatile: true });
          } else if ("waitMs" in step) {
            vi.advanceTimersByTime(step.waitMs);
          } else {
            const client = clients.get(step.id)!;
            if ("comeBack" in step) {
              if (!client.connected) client.comeBack(step.comeBack);
            } else if (client.connected) {
              if ("loseOnTheWay" in step) client.lose(step.loseOnTheWay);
              else if ("join" in step) {
                client.rooms.add(step.join);
                void nsp.sockets.get(step.id)!.join(step.join);
              } else {
                client.rooms.delete(step.leave);
                void nsp.sockets.get(step.id)!.leave(step.leave);
              }
            }
          }
        }
        for (const client of clients.values()) {
          if (!client.connected) client.comeBack(true);
          client.receive();
          expect(client.got).toEqual(client.due);
          recoveries += client.recoveries;
          refusals += client.refusals;
        }
      }),
      { numRuns: 400 },
    );
    // Both happen often, or this says little.
    expect(recoveries).toBeGreaterThan(100);
    expect(refusals).toBeGreaterThan(100);
  });
});
