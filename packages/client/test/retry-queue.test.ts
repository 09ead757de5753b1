import type { AckCallback, EmitFlags } from "@telsiz/socket";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { RetryQueue, type RetryQueueOwner } from "../src/retry-queue.ts";

class FakeOwner implements RetryQueueOwner {
  connected = true;
  readonly attempts: { event: string; args: readonly unknown[]; flags: EmitFlags; settle: AckCallback }[] =
    [];

  _sendAttempt(event: string, args: readonly unknown[], flags: EmitFlags, settle: AckCallback): void {
    if (event === "unsendable") throw new Error("cannot be encoded");
    this.attempts.push({ event, args, flags, settle });
  }

  get names(): string[] {
    return this.attempts.map(({ event }) => event);
  }

  settleLast(error: Error | null, ...values: unknown[]): void {
    this.attempts.at(-1)!.settle(error, values);
  }
}

const lost = new Error("operation has timed out");

describe("a retry queue", () => {
  let owner: FakeOwner;
  let queue: RetryQueue;
  const settled = vi.fn();

  beforeEach(() => {
    owner = new FakeOwner();
    queue = new RetryQueue(owner, 2, 10_000);
    settled.mockReset();
  });

  it("sends the next event only when the one before is acknowledged", () => {
    queue.push("a", [1], {}, settled);
    queue.push("b", [2], {}, settled);
    expect(owner.names).toEqual(["a"]);
    owner.settleLast(null, "done");
    expect(owner.names).toEqual(["a", "b"]);
    expect(settled).toHaveBeenCalledExactlyOnceWith(null, ["done"]);
  });

  it("sends an event again until the attempts are used up, and then gives the last error", () => {
    queue.push("a", [], { timeout: 10 }, settled);
    queue.push("b", [], {}, settled);
    for (let attempt = 1; attempt <= 3; attempt++) {
      expect(owner.names).toEqual(Array.from({ length: attempt }, () => "a"));
      owner.settleLast(lost);
    }
    expect(settled).toHaveBeenCalledExactlyOnceWith(lost, []);
    expect(owner.names).toEqual(["a", "a", "a", "b"]);
    expect(owner.attempts[2]!.flags).toEqual({ timeout: 10 });
  });

  it("stops trying when an attempt is acknowledged", () => {
    queue.push("a", [], {}, settled);
    owner.settleLast(lost);
    owner.settleLast(null, "at last");
    expect(settled).toHaveBeenCalledExactlyOnceWith(null, ["at last"]);
    expect(queue.size).toBe(0);
  });

  it("waits for the connection, and goes on where it was", () => {
    owner.connected = false;
    queue.push("a", [], {}, settled);
    expect(owner.names).toEqual([]);
    owner.connected = true;
    queue.advance();
    owner.connected = false;
    owner.settleLast(new Error("socket has been disconnected"));
    expect(owner.names).toEqual(["a"]);
    owner.connected = true;
    queue.advance();
    expect(owner.names).toEqual(["a", "a"]);
  });

  it("does not send twice what is on its way", () => {
    queue.push("a", [], {}, settled);
    queue.advance();
    expect(owner.names).toEqual(["a"]);
  });

  it("gives up at once what cannot be encoded, and goes on", () => {
    queue.push("unsendable", [], {}, settled);
    queue.push("b", [], {}, settled);
    expect(settled).toHaveBeenCalledExactlyOnceWith(new Error("cannot be encoded"), []);
    expect(owner.names).toEqual(["b"]);
  });
});
