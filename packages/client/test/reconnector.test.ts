import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Backoff } from "../src/backoff.ts";
import { Reconnector, type ReconnectorOwner } from "../src/reconnector.ts";

/** An owner that writes down what it is called for. */
class Owner implements ReconnectorOwner {
  readonly calls: string[] = [];
  onAttempt(attempt: number): void {
    this.calls.push(`attempt ${attempt}`);
  }
  onGiveUp(): void {
    this.calls.push(`give up`);
  }
}

let owner: Owner;
let backoff: Backoff;
let reconnector: Reconnector;

beforeEach(() => {
  vi.useFakeTimers();
  owner = new Owner();
  backoff = new Backoff({ reconnectionDelay: 100, reconnectionDelayMax: 1000, randomizationFactor: 0 });
  reconnector = new Reconnector(owner, backoff);
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a reconnector that is idle", () => {
  it("does nothing by itself", () => {
    expect(reconnector.active).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("passes over outcomes that it did not ask for", () => {
    reconnector.onFailed();
    reconnector.stop();
    expect(reconnector.active).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
    expect(owner.calls).toEqual([]);
  });

  it("gives up at once when there are no attempts", () => {
    reconnector.start(0);
    expect(owner.calls).toEqual(["give up"]);
    expect(reconnector.active).toBe(false);
  });
});

describe("a reconnector that waits", () => {
  beforeEach(() => {
    reconnector.start(3);
  });

  it("attempts after the waiting time, and not before", () => {
    expect(reconnector.active).toBe(true);
    vi.advanceTimersByTime(99);
    expect(owner.calls).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(owner.calls).toEqual(["attempt 1"]);
  });

  it("does not begin a second series", () => {
    vi.advanceTimersByTime(50);
    reconnector.start(1);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(50);
    reconnector.onFailed();
    expect(owner.calls).toEqual(["attempt 1"]);
    expect(reconnector.active).toBe(true);
  });

  it("passes over a failure that is none of its attempts'", () => {
    reconnector.onFailed();
    expect(vi.getTimerCount()).toBe(1);
    expect(backoff.attempts).toBe(1);
  });

  it("stops", () => {
    reconnector.stop();
    vi.runAllTimers();
    expect(owner.calls).toEqual([]);
    expect(reconnector.active).toBe(false);
  });
});

describe("a reconnector in a browser", () => {
  let page: EventTarget;

  beforeEach(() => {
    page = new EventTarget();
    vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
    vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
    reconnector.start(3);
  });

  afterEach(() => vi.unstubAllGlobals());

  const goOnline = (): boolean => page.dispatchEvent(new Event("online"));

  it("attempts as soon as the device is online again, in place of the attempt that was due", () => {
    goOnline();
    expect(owner.calls).toEqual(["attempt 1"]);
    expect(vi.getTimerCount()).toBe(0);
    reconnector.onFailed();
    vi.advanceTimersByTime(200);
    expect(owner.calls).toEqual(["attempt 1", "attempt 2"]);
  });

  it("attempts as soon as the page is seen again, once, and not when it is hidden", () => {
    const document = Object.assign(new EventTarget(), { visibilityState: "hidden" });
    vi.stubGlobal("document", document);
    reconnector.stop();
    reconnector.start(3);
    document.dispatchEvent(new Event("visibilitychange"));
    expect(owner.calls).toEqual([]);
    document.visibilityState = "visible";
    document.dispatchEvent(new Event("visibilitychange"));
    document.dispatchEvent(new Event("visibilitychange"));
    goOnline();
    expect([owner.calls, vi.getTimerCount()]).toEqual([["attempt 1"], 0]);
  });

  it("passes over that while an attempt is under way, and once it is idle", () => {
    vi.advanceTimersByTime(100);
    goOnline();
    expect(owner.calls).toEqual(["attempt 1"]);
    reconnector.onFailed();
    reconnector.stop();
    goOnline();
    expect(owner.calls).toEqual(["attempt 1"]);
  });
});

describe("a reconnector whose attempt is under way", () => {
  beforeEach(() => {
    reconnector.start(2);
    vi.advanceTimersByTime(100);
  });

  it("waits for the outcome, without a timer", () => {
    expect(reconnector.active).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("waits longer after a failure, and gives up when there are no attempts left", () => {
    reconnector.onFailed();
    vi.advanceTimersByTime(199);
    expect(owner.calls).toEqual(["attempt 1"]);
    vi.advanceTimersByTime(1);
    reconnector.onFailed();
    expect(owner.calls).toEqual(["attempt 1", "attempt 2", "give up"]);
    expect(reconnector.active).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is idle after success, and tells how many attempts it took", () => {
    reconnector.onFailed();
    vi.advanceTimersByTime(200);
    expect(reconnector.onOpened()).toBe(2);
    expect(reconnector.active).toBe(false);
    expect(backoff.attempts).toBe(0);
  });

  it("stops, and passes over the outcome then", () => {
    reconnector.stop();
    reconnector.onFailed();
    expect(reconnector.active).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("can begin a new series once it has given up, with the first waiting time", () => {
    reconnector.onFailed();
    vi.advanceTimersByTime(200);
    reconnector.onFailed();
    reconnector.start(1);
    vi.advanceTimersByTime(100);
    expect(owner.calls).toEqual(["attempt 1", "attempt 2", "give up", "attempt 1"]);
  });
});

it("a reconnector can be stopped by its owner in the midst of an attempt that fails at once", () => {
  const attempts: number[] = [];
  const stopped = new Reconnector(
    {
      onAttempt: (attempt) => {
        attempts.push(attempt);
        stopped.stop();
        stopped.onFailed();
      },
      onGiveUp: vi.fn(),
    },
    backoff,
  );
  stopped.start(Infinity);
  vi.runAllTimers();
  expect(attempts).toEqual([1]);
  expect(stopped.active).toBe(false);
});
