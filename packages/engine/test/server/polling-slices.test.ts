import { afterEach, describe, expect, it, vi } from "vitest";
import { serve } from "./harness.ts";

/** After so many packets the clock is looked at. */
const PACKETS_PER_LOOK = 32;

const PACKETS = 100;

afterEach(() => {
  vi.restoreAllMocks();
});

/** Sends 100 packets in one body to a server on which each takes `costMs`: how many it takes in each turn of the loop. */
async function turnsOf(costMs: number): Promise<{ readonly turns: number[]; readonly beforeAnswer: number }> {
  const server = await serve();
  const client = await server.poll();
  let now = performance.now();
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const turns: number[] = [];
  let turnIsOver = true;
  const onMessage = (): void => {
    now += costMs;
    if (turnIsOver) {
      turnIsOver = false;
      turns.push(0);
      queueMicrotask(() => (turnIsOver = true));
    }
    turns[turns.length - 1]!++;
  };
  server.session.handler = { onMessage, onClose: () => undefined };
  const { status } = await client.post(Array.from({ length: PACKETS }, () => "4x").join("\u001e"));
  expect(status).toBe(200);
  return { turns, beforeAnswer: turns.reduce((sum, count) => sum + count, 0) };
}

describe("a polling body of many packets", () => {
  it("is taken in slices that last 5 milliseconds, and answered behind the last", async () => {
    const { turns, beforeAnswer } = await turnsOf(1);
    expect(turns).toEqual([32, 32, 32, 4]);
    expect(Math.max(...turns)).toBe(PACKETS_PER_LOOK);
    expect(beforeAnswer).toBe(PACKETS);
  });

  it("is taken at once where that lasts less", async () => {
    const { turns, beforeAnswer } = await turnsOf(0.01);
    expect([turns, beforeAnswer]).toEqual([[PACKETS], PACKETS]);
  });
});
