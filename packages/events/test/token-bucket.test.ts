import { describe, expect, it } from "vitest";
import { TokenBucket } from "../src/index.ts";

describe("a token bucket", () => {
  it("gives its burst at once, and then so many a second", () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 3 }, 0);
    expect([1, 2, 3, 4].map(() => bucket.take(0))).toEqual([true, true, true, false]);
    expect([bucket.take(99), bucket.take(100), bucket.take(100)]).toEqual([false, true, false]);
  });

  it("says how long to wait, and that is long enough", () => {
    const bucket = new TokenBucket({ perSecond: 3, burst: 1 }, 0);
    expect(bucket.waitMs(0)).toBe(0);
    bucket.take(0);
    const wait = bucket.waitMs(0);
    expect(wait).toBe(334);
    expect(bucket.take(wait)).toBe(true);
  });

  it("holds no more than its burst, however long nobody asks", () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 2 }, 0);
    expect([1, 2, 3].map(() => bucket.take(1e9))).toEqual([true, true, false]);
    expect(bucket.isFull(1e9)).toBe(false);
    expect(bucket.isFull(2e9)).toBe(true);
  });

  it("gives more than it can hold when it is full, and makes up for it after", () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 10 }, 0);
    expect(bucket.take(0, 30)).toBe(true);
    expect(bucket.waitMs(0)).toBe(2_100);
    expect(bucket.take(2_100)).toBe(true);
  });

  it("without a limit gives whatever is asked for", () => {
    const bucket = new TokenBucket({ perSecond: Infinity, burst: Infinity }, 0);
    expect([bucket.take(0, 1e12), bucket.take(1), bucket.waitMs(2)]).toEqual([true, true, 0]);
  });
});
