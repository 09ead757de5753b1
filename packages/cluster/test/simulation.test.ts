import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runSchedule, schedules } from "./simulation/simulation.ts";

describe("nodes whose broker loses, doubles, delays and reorders, and that are cut off, frozen and killed", () => {
  it("deliver in order and once, or report a gap", async () => {
    await fc.assert(
      fc.asyncProperty(schedules, async (schedule) => {
        expect(await runSchedule(schedule)).toEqual([]);
      }),
      { numRuns: 150, seed: 7 },
    );
  });
});
