import { beforeEach, describe, expect, it } from "vitest";
import fc from "fast-check";
import { type Alarm, TimerWheel } from "../../src/shared/timer-wheel.ts";
import { FakeClock } from "./fake-clock.ts";

const LATE_MS = 40;

class Bell implements Alarm {
  dueTick = 0;
  readonly rings: number[] = [];
  readonly #clock: FakeClock;
  readonly #onRing: (() => void) | undefined;
  constructor(clock: FakeClock, onRing?: () => void) {
    this.#clock = clock;
    this.#onRing = onRing;
  }
  onAlarm(): void {
    this.rings.push(this.#clock.now());
    this.#onRing?.();
  }
}

let clock: FakeClock;
let wheel: TimerWheel;
beforeEach(() => {
  clock = new FakeClock();
  wheel = new TimerWheel(clock);
});

describe("a timer wheel", () => {
  it("rings never early, and late by at most two ticks", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 5000 }), { minLength: 1, maxLength: 30 }), (delays) => {
        const start = clock.now();
        const bells = delays.map((delay) => {
          const bell = new Bell(clock);
          wheel.set(bell, delay);
          return bell;
        });
        clock.advance(6000);
        for (const [index, bell] of bells.entries()) {
          expect(bell.rings).toHaveLength(1);
          expect(bell.rings[0]! - start).toBeGreaterThanOrEqual(delays[index]!);
          expect(bell.rings[0]! - start).toBeLessThanOrEqual(delays[index]! + LATE_MS);
        }
      }),
    );
  });

  it("uses one platform timer for all alarms, and none when it is empty", () => {
    const bells = Array.from({ length: 100 }, () => new Bell(clock));
    for (const [index, bell] of bells.entries()) wheel.set(bell, index * 7);
    expect(clock.timerCount).toBe(1);
    expect(wheel.size).toBe(100);
    for (const bell of bells) wheel.clear(bell);
    expect(clock.timerCount).toBe(0);
    expect(wheel.size).toBe(0);
  });

  it("replaces an alarm's earlier deadline", () => {
    const bell = new Bell(clock);
    wheel.set(bell, 100);
    wheel.set(bell, 1000);
    clock.advance(500);
    expect(bell.rings).toEqual([]);
    clock.advance(500 + LATE_MS);
    expect(bell.rings).toHaveLength(1);
  });

  it("wakes earlier for an alarm that is due before the others", () => {
    const late = new Bell(clock);
    const soon = new Bell(clock);
    wheel.set(late, 1000);
    wheel.set(soon, 100);
    clock.advance(100 + LATE_MS);
    expect([late.rings.length, soon.rings.length]).toEqual([0, 1]);
  });

  it("lets an alarm set itself again while it rings", () => {
    const bell = new Bell(clock, () => wheel.set(bell, 100));
    wheel.set(bell, 100);
    clock.advance(1000);
    expect(bell.rings.length).toBeGreaterThanOrEqual(6);
    wheel.clear(bell);
    expect(clock.timerCount).toBe(0);
  });

  it("does not ring an alarm that another of the same tick has cleared", () => {
    const second = new Bell(clock);
    const first = new Bell(clock, () => wheel.clear(second));
    wheel.set(first, 100);
    wheel.set(second, 100);
    clock.advance(200);
    expect(second.rings).toEqual([]);
  });

  it("never rings what waits for ever", () => {
    const bell = new Bell(clock);
    wheel.set(bell, Infinity);
    expect(clock.timerCount).toBe(0);
  });

  it("asks no longer time of the platform than its timers can measure", () => {
    const longest = 2 ** 31 - 1;
    const asked: number[] = [];
    const setTimeout = clock.setTimeout.bind(clock);
    clock.setTimeout = (callback, delayMs) => {
      asked.push(delayMs);
      return setTimeout(callback, delayMs);
    };
    const bell = new Bell(clock);
    wheel.set(bell, longest + 1000);
    clock.advance(longest);
    expect(bell.rings).toHaveLength(0);
    clock.advance(1100);
    expect(bell.rings).toHaveLength(1);
    expect(asked).toEqual([longest, expect.toSatisfy((delayMs: number) => delayMs <= 1100)]);
  });

  it("rings each alarm once after a long sleep of the process", () => {
    const bells = [100, 200, 300].map((delay) => {
      const bell = new Bell(clock);
      wheel.set(bell, delay);
      return bell;
    });
    clock.advance(3_600_000);
    expect(bells.map(({ rings }) => rings.length)).toEqual([1, 1, 1]);
  });

  it("reads what has arrived during a pause before it rings", () => {
    const awaited = new Bell(clock);
    const other = new Bell(clock);
    wheel.set(awaited, 1_000);
    wheel.set(other, 1_000);
    clock.readInput = () => wheel.set(awaited, 2_000); // what it waited for is there: it waits anew
    clock.pause(10_000);
    expect([awaited.rings.length, other.rings.length]).toEqual([0, 1]);
    clock.advance(2_000 + LATE_MS);
    expect(awaited.rings).toHaveLength(1);
    expect(clock.timerCount).toBe(0);
  });

  it("sets no timer of its own while it reads", () => {
    const bell = new Bell(clock);
    wheel.set(bell, 1_000);
    clock.readInput = () => {
      wheel.set(new Bell(clock), 5_000);
      expect(clock.timerCount).toBe(0);
      wheel.clear(bell);
    };
    clock.pause(10_000);
    expect([bell.rings.length, wheel.size, clock.timerCount]).toEqual([0, 1, 1]);
  });
});
