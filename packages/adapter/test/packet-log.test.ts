import { PacketType } from "@telsiz/parser";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { type Delivery, type LogLimits, Membership, PacketLog, type Room } from "../src/index.ts";
import { NaiveLog } from "./naive-log.ts";

const NOBODY: ReadonlySet<Room> = new Set();
const UNLIMITED: LogLimits = { maxPackets: Infinity, maxBytes: Infinity, maxAgeMs: Infinity };

let now: number;
const clock = (): number => now;

beforeEach(() => {
  now = 1_000;
});

function deliveryOf(offset: string, byteLength = 1): Delivery {
  return { packet: { type: PacketType.EVENT, nsp: "/", data: [offset] }, flags: {}, byteLength };
}

/** Sends a packet of `bytes` to `rooms`, to all if there are none. */
function send(log: PacketLog, rooms: Room[] = [], except: Room[] = [], bytes = 1): Delivery {
  return log.append(new Set(rooms), new Set(except), (offset) => deliveryOf(offset, bytes));
}

function missed(log: PacketLog, position: number, membership = new Membership()): number[] | undefined {
  const packets = log.missed(position, membership);
  return packets && [...packets.keys()];
}

describe("a packet log", () => {
  it("gives what was sent after a position, as it was sent", () => {
    const log = new PacketLog("log", UNLIMITED, clock);
    const sent = [send(log), send(log), send(log)];
    expect([...log.missed(1, new Membership())!]).toEqual([
      [2, sent[1]],
      [3, sent[2]],
    ]);
    expect(missed(log, 3)).toEqual([]);
  });

  it("encodes each packet with the offset that it gets", () => {
    const log = new PacketLog("log", UNLIMITED, clock);
    const offset = String(send(log).packet.data[0]);
    expect(log.positionOf(offset)).toBe(1);
    expect(log.offsetOf(1)).toBe(offset);
  });

  it("does not count a packet that cannot be encoded", () => {
    const log = new PacketLog("log", UNLIMITED, clock);
    send(log);
    const fail = (): Delivery => {
      throw new Error("no");
    };
    expect(() => log.append(NOBODY, NOBODY, fail)).toThrow("no");
    send(log);
    expect(log.head).toBe(2);
    expect(missed(log, 0)).toEqual([1, 2]);
  });

  it("gives a packet for several rooms once to who is in several of them", () => {
    const log = new PacketLog("log", UNLIMITED, clock);
    const membership = new Membership();
    membership.join("a", 0);
    membership.join("b", 0);
    send(log, ["a", "b", "c"]);
    send(log, ["c"]);
    expect(missed(log, 0, membership)).toEqual([1]);
  });

  it("leaves out those that were excepted, although they were in the room", () => {
    const log = new PacketLog("log", UNLIMITED, clock);
    const membership = new Membership();
    membership.join("a", 0);
    membership.join("self", 0);
    send(log, ["a"], ["self"]);
    send(log, [], ["self", "other"]);
    send(log, ["a"], ["other"]);
    expect(missed(log, 0, membership)).toEqual([3]);
  });

  it.each([
    ["another log's", "other.1"],
    ["one of the future", "log.3"],
    ["one with nothing behind the dot", "log."],
    ["one without a dot", "log"],
    ["a negative one", "log.-1"],
    ["a fraction", "log.1e-1"],
    ["one in capitals", "log.A"],
    ["one that is too long", `log.${"0".repeat(11)}`],
    ["a user's words", "hello"],
    ["nothing", ""],
  ])("knows no position for %s offset", (_what, offset) => {
    const log = new PacketLog("log", UNLIMITED, clock);
    send(log);
    send(log);
    expect(log.positionOf(offset)).toBeUndefined();
    expect(log.positionOf("log.2")).toBe(2);
    expect(log.positionOf("log.0")).toBe(0);
  });

  it.each([
    ["packets", { ...UNLIMITED, maxPackets: 3 }],
    ["bytes", { ...UNLIMITED, maxBytes: 30 }],
  ])("keeps no more %s than it may, and says what it has forgotten", (_what, limits) => {
    const log = new PacketLog("log", limits, clock);
    for (let n = 0; n < 10; n++) send(log, [], [], 10);
    expect(log.size).toBe(3);
    expect(log.tail).toBe(8);
    expect(missed(log, 7)).toEqual([8, 9, 10]);
    expect(log.covers(6)).toBe(false);
    expect(missed(log, 6)).toBeUndefined();
  });

  it("forgets a packet that alone is too long, and all before it", () => {
    const log = new PacketLog("log", { ...UNLIMITED, maxBytes: 10 }, clock);
    send(log);
    send(log, [], [], 11);
    expect(log.size).toBe(0);
    expect(missed(log, 1)).toBeUndefined();
    expect(missed(log, 2)).toEqual([]);
    send(log);
    expect(missed(log, 2)).toEqual([3]);
  });

  it("forgets what is too old, when it is told to or gets more", () => {
    const log = new PacketLog("log", { ...UNLIMITED, maxAgeMs: 100 }, clock);
    send(log);
    now += 60;
    send(log);
    now += 41;
    log.trim();
    expect(missed(log, 0)).toBeUndefined();
    expect(missed(log, 1)).toEqual([2]);
    now += 60;
    send(log);
    expect(missed(log, 1)).toBeUndefined();
    expect(missed(log, 2)).toEqual([3]);
  });

  it("keeps nothing where nothing may be kept", () => {
    const log = new PacketLog("log", { ...UNLIMITED, maxPackets: 0 }, clock);
    send(log, ["a"]);
    expect(log.size).toBe(0);
    expect(missed(log, 0)).toBeUndefined();
    expect(missed(log, 1)).toEqual([]);
  });

  const someRooms = fc.uniqueArray(fc.constantFrom("a", "b", "c", "__proto__"), { maxLength: 3 });
  const anyRoom = fc.constantFrom("a", "b", "c", "__proto__");
  const steps = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ rooms: someRooms, except: someRooms, bytes: fc.nat(20) }) },
      { weight: 2, arbitrary: fc.record({ join: anyRoom }) },
      { weight: 2, arbitrary: fc.record({ leave: anyRoom }) },
      { weight: 1, arbitrary: fc.record({ waitMs: fc.nat(40) }) },
    ),
    { maxLength: 60 },
  );
  const limits = fc.record({
    maxPackets: fc.integer({ min: 0, max: 30 }),
    maxBytes: fc.integer({ min: 0, max: 200 }),
    maxAgeMs: fc.integer({ min: 0, max: 200 }),
  });

  it("gives what a model gives that remembers for each packet who was where, or says that it cannot", () => {
    fc.assert(
      fc.property(limits, steps, (limit, run) => {
        const log = new PacketLog("log", limit, clock);
        const membership = new Membership();
        const naive = new NaiveLog(limit);
        for (const step of run) {
          if ("join" in step) {
            membership.join(step.join, log.head);
            naive.rooms.add(step.join);
          } else if ("leave" in step) {
            membership.leave(step.leave, log.head);
            membership.forgetBefore(log.tail);
            naive.rooms.delete(step.leave);
          } else if ("waitMs" in step) {
            now += step.waitMs;
          } else {
            send(log, step.rooms, step.except, step.bytes);
            naive.append(step, now);
          }
        }
        log.trim();
        naive.trim(now);
        expect([...membership.rooms].toSorted()).toEqual([...naive.rooms].toSorted());
        for (let position = 0; position <= log.head; position++) {
          expect(missed(log, position, membership)).toEqual(naive.missed(position));
        }
      }),
      { numRuns: 300 },
    );
  });
});
