import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AckRegistry, AckTimeoutError, DisconnectedError } from "../src/index.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("AckRegistry", () => {
  it("settles with the values that the peer answered", () => {
    const acks = new AckRegistry();
    const settle = vi.fn();
    acks.add(7, settle);
    expect(acks.resolve(7, ["a", 1])).toBe(true);
    expect(settle).toHaveBeenCalledExactlyOnceWith(null, ["a", 1]);
  });

  it("passes over an answer to an id that is unknown, and a second answer", () => {
    const acks = new AckRegistry();
    const settle = vi.fn();
    expect(acks.resolve(7, [])).toBe(false);
    acks.add(7, settle);
    expect(acks.resolve(8, [])).toBe(false);
    acks.resolve(7, ["first"]);
    expect(acks.resolve(7, ["second"])).toBe(false);
    expect(settle).toHaveBeenCalledExactlyOnceWith(null, ["first"]);
  });

  it("settles with an AckTimeoutError when the time runs out, and not before", () => {
    const acks = new AckRegistry();
    const settle = vi.fn();
    acks.add(1, settle, 100);
    vi.advanceTimersByTime(99);
    expect(settle).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(settle).toHaveBeenCalledExactlyOnceWith(expect.any(AckTimeoutError), []);
    expect(settle.mock.calls[0]![0]).toMatchObject({
      code: "TELSIZ_ACK_TIMEOUT",
      message: "operation has timed out",
    });
    expect(acks.resolve(1, ["late"])).toBe(false);
  });

  it("keeps no timer once there is an answer", () => {
    const acks = new AckRegistry();
    const settle = vi.fn();
    acks.add(1, settle, 100);
    acks.resolve(1, []);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([Infinity, 2 ** 31])("waits without end for a time of %d", (timeoutMs) => {
    const acks = new AckRegistry();
    acks.add(1, vi.fn(), timeoutMs);
    expect(vi.getTimerCount()).toBe(0);
    expect(acks.size).toBe(1);
  });

  it("does not take 0 for no timeout", () => {
    const acks = new AckRegistry();
    const settle = vi.fn();
    acks.add(1, settle, 0);
    vi.advanceTimersByTime(0);
    expect(settle).toHaveBeenCalledExactlyOnceWith(expect.any(AckTimeoutError), []);
  });

  it("rejects all that wait when the socket ends, in the order of their asking", () => {
    const acks = new AckRegistry();
    const settled: number[] = [];
    const errors: unknown[] = [];
    for (const id of [3, 1, 2]) {
      acks.add(
        id,
        (error) => {
          settled.push(id);
          errors.push(error);
        },
        id === 1 ? 100 : undefined,
      );
    }
    acks.rejectAll();
    expect(settled).toEqual([3, 1, 2]);
    expect(errors[0]).toBeInstanceOf(DisconnectedError);
    expect(errors[0]).toMatchObject({
      code: "TELSIZ_DISCONNECTED",
      message: "socket has been disconnected",
    });
    expect(acks.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    acks.rejectAll();
    expect(settled).toHaveLength(3);
  });

  it("spares those that are to be kept, with their timers", () => {
    const acks = new AckRegistry();
    const [kept, timed, gone] = [vi.fn(), vi.fn(), vi.fn()];
    acks.add(1, kept);
    acks.add(2, timed, 100);
    acks.add(3, gone);
    acks.rejectAll(new Set([1, 2]));
    expect(gone).toHaveBeenCalledOnce();
    expect(acks.size).toBe(2);
    acks.resolve(1, ["answer"]);
    vi.advanceTimersByTime(100);
    expect(kept).toHaveBeenCalledExactlyOnceWith(null, ["answer"]);
    expect(timed).toHaveBeenCalledExactlyOnceWith(expect.any(AckTimeoutError), []);
  });

  it("does not reject what is asked for while it rejects", () => {
    const acks = new AckRegistry();
    const later = vi.fn();
    acks.add(1, () => acks.add(2, later));
    acks.rejectAll();
    expect(later).not.toHaveBeenCalled();
    expect(acks.size).toBe(1);
  });

  it("settles once although settling one settles another", () => {
    const acks = new AckRegistry();
    const second = vi.fn();
    acks.add(1, () => acks.resolve(2, ["nested"]));
    acks.add(2, second);
    acks.rejectAll();
    expect(second).toHaveBeenCalledExactlyOnceWith(null, ["nested"]);
  });

  it("forgets without a call, and ends the timer", () => {
    const acks = new AckRegistry();
    const settle = vi.fn();
    acks.add(1, settle, 100);
    acks.forget(1);
    acks.forget(2);
    expect(acks.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    acks.resolve(1, []);
    acks.rejectAll();
    expect(settle).not.toHaveBeenCalled();
  });

  it("is empty without ever having been used", () => {
    const acks = new AckRegistry();
    acks.forget(1);
    acks.rejectAll();
    expect(acks.size).toBe(0);
  });
});
