import { seededRandom } from "@telsiz/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Backoff } from "../src/backoff.ts";

/** Random numbers that are known beforehand; the last one again and again. */
function fixed(...numbers: number[]): () => number {
  return () => (numbers.length > 1 ? numbers.shift()! : numbers[0]!);
}

function draw(backoff: Backoff, count: number): number[] {
  return Array.from({ length: count }, () => backoff.next());
}

describe("Backoff", () => {
  it("doubles the waiting time up to the limit", () => {
    const backoff = new Backoff({
      reconnectionDelay: 100,
      reconnectionDelayMax: 1000,
      randomizationFactor: 0,
    });
    expect(draw(backoff, 6)).toEqual([100, 200, 400, 800, 1000, 1000]);
    expect(backoff.attempts).toBe(6);
  });

  it("begins anew after a reset", () => {
    const backoff = new Backoff({
      reconnectionDelay: 100,
      reconnectionDelayMax: 1000,
      randomizationFactor: 0,
    });
    draw(backoff, 3);
    backoff.reset();
    expect(backoff.attempts).toBe(0);
    expect(backoff.next()).toBe(100);
  });

  it("draws from the whole range up to the limit", () => {
    const times = { reconnectionDelay: 100, reconnectionDelayMax: 300, randomizationFactor: 0.5 };
    expect(draw(new Backoff(times, fixed(0, 0.5, 0.999)), 4)).toEqual([0, 100, 299, 299]);
  });

  it("varies downwards and upwards", () => {
    const times = {
      reconnectionDelay: 100,
      reconnectionDelayMax: 1000,
      randomizationFactor: 0.5,
      spread: false,
    };
    expect(new Backoff(times, fixed(0.8, 0.4)).next()).toBe(60);
    expect(new Backoff(times, fixed(0.8, 0.6)).next()).toBe(140);
  });

  it("follows changes of its settings", () => {
    const times = { reconnectionDelay: 100, reconnectionDelayMax: 1000, randomizationFactor: 0 };
    const backoff = new Backoff(times);
    times.reconnectionDelay = 10;
    expect(backoff.next()).toBe(10);
    times.reconnectionDelayMax = 15;
    expect(backoff.next()).toBe(15);
    times.reconnectionDelayMax = 1000;
    times.randomizationFactor = 1;
    expect(backoff.next()).toBeLessThanOrEqual(80);
  });

  it("never waits longer than the limit, nor less than the jitter permits, nor no time at all by mistake", () => {
    const time = fc.oneof(fc.integer({ min: 1, max: 10_000 }), fc.constant(Infinity));
    const part = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
    const attempts = fc.oneof(fc.nat(20), fc.integer({ min: 900, max: 1100 }));
    fc.assert(
      fc.property(time, time, part, part, part, attempts, (min, max, jitter, size, side, count) => {
        const backoff = new Backoff(
          {
            reconnectionDelay: min,
            reconnectionDelayMax: max,
            randomizationFactor: jitter,
            spread: false,
          },
          fixed(size, side, size, side),
        );
        backoff.attempts = count;
        const least = Math.min(Math.floor(min * (1 - jitter)), max, 2 ** 30 * (1 - jitter));
        const waiting = backoff.next();
        expect(waiting).toBeGreaterThanOrEqual(Math.floor(least));
        expect(waiting).toBeLessThanOrEqual(Math.min(max, 2 ** 31 - 1));
      }),
    );
  });

  it("never waits longer than the limit when it draws from the whole range", () => {
    const time = fc.oneof(fc.integer({ min: 1, max: 10_000 }), fc.constant(Infinity));
    const drawn = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
    fc.assert(
      fc.property(time, time, drawn, fc.nat(1100), (min, max, random, count) => {
        const backoff = new Backoff(
          { reconnectionDelay: min, reconnectionDelayMax: max, randomizationFactor: 0.5 },
          fixed(random),
        );
        backoff.attempts = count;
        const waiting = backoff.next();
        expect(waiting).toBeGreaterThanOrEqual(0);
        expect(waiting).toBeLessThanOrEqual(Math.min(max, 2 ** 31 - 1));
      }),
    );
  });

  it.each([0, 500, 3000])(
    "sends at most a fifth of 1,000 clients in any 100 ms, when their server is back after %i ms",
    (downMs) => {
      const times = { reconnectionDelay: 1000, reconnectionDelayMax: 5000, randomizationFactor: 0.5 };
      const random = seededRandom(1);
      const returns = Array.from({ length: 1000 }, () => {
        const backoff = new Backoff(times, random);
        let at = backoff.next();
        while (at < downMs) at += Math.max(backoff.next(), 1);
        return at;
      });
      const together = returns.map((from) => returns.filter((at) => from <= at && at < from + 100).length);
      expect(Math.max(...together)).toBeLessThanOrEqual(200);
    },
  );

  it("keeps to the limit after hours of attempts", () => {
    const backoff = new Backoff({
      reconnectionDelay: 1000,
      reconnectionDelayMax: 5000,
      randomizationFactor: 0.5,
      spread: false,
    });
    backoff.attempts = 1020;
    expect(draw(backoff, 20)).toEqual(Array.from({ length: 20 }, () => 5000));
  });
});
