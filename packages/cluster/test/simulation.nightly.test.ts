import fc from "fast-check";
import { expect, it } from "vitest";
import { runSchedule, schedules } from "./simulation/simulation.ts";

// A failing seed is printed with the smallest schedule that fails, too.
it(
  "100,000 other schedules of faults each night lose, double and reorder nothing in silence",
  { timeout: 1_800_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(schedules, async (schedule) => {
        expect(await runSchedule(schedule)).toEqual([]);
      }),
      { numRuns: 100_000 },
    );
  },
);
