import fc from "fast-check";
import { expect, it } from "vitest";
import { runSchedule, schedules } from "./recovery-simulation/recovery-simulation.ts";

// The seed is fixed: what passes today passes tomorrow.
it(
  "10,000 schedules of clients that come back to any server lose, double and reorder nothing in silence",
  { timeout: 300_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(schedules, async (schedule) => {
        expect((await runSchedule(schedule)).faults).toEqual([]);
      }),
      { numRuns: 10_000, seed: 8 },
    );
  },
);
