import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Server } from "../src/index.ts";
import { FakeSession, joined } from "./fake-session.ts";

const HOUR_MS = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe.each([
  ["forward", HOUR_MS],
  ["back", -HOUR_MS],
])("the wall clock that jumps %s by an hour", (_where, jumpMs) => {
  const jump = (): void => void vi.setSystemTime(Date.now() + jumpMs);

  it("disconnects nobody, and ends no deadline", async () => {
    const io = new Server({ limits: { attachmentTimeout: 1_000 }, connectTimeout: 1_000 });
    const { session, socket } = joined(io);
    const waiting = new FakeSession(io);
    const answer = vi.fn();
    socket.timeout(1_000).emit("ask", answer);
    session.receive('51-["a",{"_placeholder":true,"num":0}]');
    jump();
    await vi.advanceTimersByTimeAsync(900);
    expect([session.readyState, waiting.readyState, answer.mock.calls.length]).toEqual(["open", "open", 0]);
    await vi.advanceTimersByTimeAsync(100);
    expect([session.readyState, waiting.readyState, answer.mock.calls.length]).toEqual([
      "closed",
      "closed",
      1,
    ]);
  });

  it("leaves lost sessions the time that they have", () => {
    const io = new Server({ connectionStateRecovery: { maxDisconnectionDuration: 60_000 } });
    const recover = (awayMs: number): boolean => {
      const session = new FakeSession(io);
      session.connect();
      const { pid } = (session.take()[0] as any).data;
      session.lose();
      jump();
      vi.advanceTimersByTime(awayMs);
      const again = new FakeSession(io);
      again.connect("/", { pid });
      const recovered = (again.take().at(-1) as any).data.pid === pid;
      again.lose();
      return recovered;
    };
    expect([recover(50_000), recover(70_000)]).toEqual([true, false]);
  });

  it("gives no client more than its rate, nor less", () => {
    const io = new Server({ limits: { rate: { eventsPerSecond: 1, action: "drop" } } });
    const { session, socket } = joined(io);
    const listener = vi.fn();
    socket.on("e", listener);
    for (const waitMs of [0, 0, 1_000]) {
      vi.advanceTimersByTime(waitMs);
      session.emit(["e"]);
      jump();
    }
    expect(listener).toHaveBeenCalledTimes(2);
  });
});
