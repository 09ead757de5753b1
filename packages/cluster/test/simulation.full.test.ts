import fc from "fast-check";
import { expect, it } from "vitest";
import { runSchedule, type Schedule, schedules, type Step } from "./simulation/simulation.ts";

// The seed is fixed: what passes today passes tomorrow. The nightly test draws others.
it(
  "10,000 schedules of faults lose, double and reorder nothing in silence",
  { timeout: 300_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(schedules, async (schedule) => {
        expect(await runSchedule(schedule)).toEqual([]);
      }),
      { numRuns: 10_000, seed: 7 },
    );
  },
);

it("64 nodes do not either", async () => {
  const steps: Step[] = [];
  for (let place = 0; place < 64; place++) steps.push({ do: "join", place, channel: "a" });
  steps.push({ do: "wait", ms: 500 }, { do: "faults", faults: { loss: 0.1, doubled: 0.1, jitter: 30 } });
  for (let place = 0; place < 64; place += 8) {
    steps.push({ do: "publish", place, channel: "a", count: 3 }, { do: "wait", ms: 10 });
  }
  const schedule: Schedule = { nodes: 64, seed: 1, ringBytes: 1_000_000, steps };
  expect(await runSchedule(schedule)).toEqual([]);
});
