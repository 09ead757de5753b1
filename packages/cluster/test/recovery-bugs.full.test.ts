/** Whether the simulation of recovery finds what is wrong: bugs are planted one at a time, and must be seen. */
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ClusterSession } from "../src/cluster-session.ts";
import { History } from "../src/history.ts";
import { KeptSessions } from "../src/kept-sessions.ts";
import { MemoryStreams } from "../src/memory-log.ts";
import type { Place } from "../src/place.ts";
import { Takeover } from "../src/takeover.ts";
import { runSchedule, schedules } from "./recovery-simulation/recovery-simulation.ts";

/** So many schedules of each seed are tried until one shows the bug. A bug that is found today is found tomorrow. */
const TRIES = 2_000;
const SEEDS = [7, 8];

/** Moves the place that clients tell. */
function shiftPlaces(by: number): void {
  const { setReceived } = ClusterSession.prototype;
  vi.spyOn(ClusterSession.prototype, "setReceived").mockImplementation(function (
    this: ClusterSession,
    place: Place | undefined,
  ) {
    setReceived.call(this, place && { ...place, position: Math.max(0, place.position + by) });
  });
}

const bugs: Record<string, () => void> = {
  "a session that is stored too late to have its rooms": () => {
    vi.spyOn(KeptSessions.prototype, "join").mockReturnValue(undefined);
  },
  "a gap in the log that is not told": () => {
    const { between } = History.prototype;
    vi.spyOn(History.prototype, "between").mockImplementation(async function (this: History, after, to) {
      return (await between.call(this, after, to)) ?? new Map<number, Uint8Array>();
    });
  },
  "an offset that is one too high": () => shiftPlaces(1),
  "an offset that is one too low": () => shiftPlaces(-1),
  "a server that is not asked for the session that it has": () => {
    vi.spyOn(Takeover.prototype, "from").mockResolvedValue("gone");
  },
  "what was sent to one socket alone that is not looked up": () => {
    vi.spyOn(ClusterSession.prototype, "hasAll", "get").mockReturnValue(true);
  },
  "what is sent while a client is on its way that is not caught": () => {
    vi.spyOn(KeptSessions.prototype, "coming", "get").mockReturnValue(new Map());
  },
  "a server that is behind and does not catch up": () => {
    vi.spyOn(History.prototype, "catchUp").mockResolvedValue(true);
  },
  "frames that are appended each time they are sent": () => {
    const { append } = MemoryStreams.prototype;
    vi.spyOn(MemoryStreams.prototype, "append").mockImplementation(function (
      this: MemoryStreams,
      stream,
      frames,
      producer,
      limits,
    ) {
      append.call(this, stream, frames, { ...producer, id: crypto.randomUUID() }, limits);
    });
  },
};

afterEach(() => void vi.restoreAllMocks());

describe("the simulation of recovery finds", () => {
  it.each(Object.entries(bugs))("%s", { timeout: 120_000 }, async (_name, plant) => {
    plant();
    const fine = fc.asyncProperty(
      schedules,
      async (schedule) => (await runSchedule(schedule)).faults.length === 0,
    );
    let found = false;
    for (const seed of SEEDS) {
      found ||= (await fc.check(fine, { numRuns: TRIES, seed, endOnFailure: true })).failed;
    }
    expect(found).toBe(true);
  });
});
