import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runSchedule, schedules } from "./recovery-simulation/recovery-simulation.ts";

describe("clients that come back to any server, while servers, the log and the store of sessions fail", () => {
  it("get everything in order and once, or are told that they are not recovered", async () => {
    let recoveries = 0;
    let restarts = 0;
    await fc.assert(
      fc.asyncProperty(schedules, async (schedule) => {
        const outcome = await runSchedule(schedule);
        expect(outcome.faults).toEqual([]);
        recoveries += outcome.recoveries;
        restarts += outcome.restarts;
      }),
      { numRuns: 150, seed: 7 },
    );
    expect(recoveries).toBeGreaterThan(restarts); // it is not the easy way out
  });
});
