import { describe, expect, it } from "vitest";
import type { LogLimits, LogSlice } from "../src/log.ts";
import { MemoryKv } from "../src/memory-kv.ts";
import { MemoryLog, MemoryStreams } from "../src/memory-log.ts";
import { comparePlaces, offsetOf, placeOf } from "../src/place.ts";
import { ManualClock } from "./manual-clock.ts";

const LIMITS: LogLimits = { maxFrames: 3, maxBytes: 100, maxAgeMs: 1_000 };

const frames = (...texts: string[]): Buffer[] => texts.map((text) => Buffer.from(text));
const textsOf = ({ frames: found }: LogSlice): string[] =>
  found.map((frame) => Buffer.from(frame).toString());

describe("the log in memory", () => {
  it("brings what is appended to who follows, each frame once, however often it is appended", async () => {
    const streams = new MemoryStreams(new ManualClock());
    const [one, two] = [new MemoryLog(streams), new MemoryLog(streams)];
    const got: string[] = [];
    await two.follow("s", (slice) => void got.push(...textsOf(slice)));
    await one.append("s", frames("1", "2"), { id: "a", seq: 1 }, LIMITS);
    await one.append("s", frames("2", "3"), { id: "a", seq: 2 }, LIMITS);
    await two.append("s", frames("4"), { id: "b", seq: 1 }, LIMITS);
    expect(got).toEqual(["1", "2", "3", "4"]);
    two.unfollow("s");
    await one.append("s", frames("5"), { id: "a", seq: 4 }, LIMITS);
    expect(got).toHaveLength(4);
  });

  it("tells by the first position what it has forgotten, and keeps the newest in any case", async () => {
    const clock = new ManualClock();
    const log = new MemoryLog(new MemoryStreams(clock));
    await log.append("s", frames("1", "2", "3", "4"), { id: "a", seq: 1 }, LIMITS);
    const slice = await log.read("s", 0, 2);
    expect({ ...slice, frames: textsOf(slice) }).toMatchObject({ first: 2, frames: ["2", "3"], head: 4 });
    clock.jump(5_000);
    await log.append("s", frames("5"), { id: "a", seq: 5 }, LIMITS);
    await log.append("big", frames("x".repeat(1_000)), { id: "a", seq: 1 }, LIMITS);
    expect(textsOf(await log.read("s", 0, 10))).toEqual(["5"]);
    expect((await log.read("big", 0, 10)).frames).toHaveLength(1);
    expect(await log.read("none", 7, 10)).toMatchObject({ frames: [], head: 0 });
  });

  it("forgets streams whose time is over, and those that are removed", async () => {
    const clock = new ManualClock();
    const streams = new MemoryStreams(clock);
    const log = new MemoryLog(streams);
    for (const stream of ["old", "touched", "removed"]) {
      await log.append(stream, frames("1"), { id: "a", seq: 1 }, { ...LIMITS, ttlMs: 10_000 });
    }
    await log.remove("removed");
    clock.jump(9_000);
    await log.touch("touched", 10_000);
    clock.jump(9_000);
    await log.append("new", frames("1"), { id: "a", seq: 1 }, LIMITS);
    expect(streams.size).toBe(2);
    expect((await log.read("touched", 0, 1)).head).toBe(1);
  });
});

describe("the store of values in memory", () => {
  it("gives a value to one who takes it, and to nobody once its time is over", async () => {
    const clock = new ManualClock();
    const kv = new MemoryKv(clock);
    const [value, other] = frames("value", "other");
    await kv.put("a", value!, 1_000);
    expect(await kv.take("a", other!)).toBe(false);
    expect([await kv.take("a", value!), await kv.take("a", value!)]).toEqual([true, false]);
    await kv.put("a", value!, 1_000);
    await kv.put("b", value!, 1_000);
    await kv.touch("b", 20_000);
    clock.jump(15_000);
    expect([await kv.get("a"), await kv.get("b")]).toEqual([undefined, value]);
    await kv.put("c", value!, 1_000);
    expect(kv.size).toBe(2);
    await kv.remove("b");
    expect(await kv.get("b")).toBeUndefined();
  });
});

describe("a place", () => {
  it("is what it was when a client brings it back, and nothing in another epoch", () => {
    const place = { position: 12_345, step: 67 };
    expect(placeOf("e", offsetOf("e", place))).toEqual(place);
    for (const offset of ["f.1.1", "e.1", "e.1.-1", "e.A.1", "e.1.1.1", ""]) {
      expect(placeOf("e", offset)).toBeUndefined();
    }
    expect(comparePlaces(place, { position: 12_345, step: 68 })).toBeLessThan(0);
    expect(comparePlaces(place, { position: 12_344, step: 100 })).toBeGreaterThan(0);
  });
});
