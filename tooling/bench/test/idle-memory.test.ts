/** Guards what an idle connection takes: objects that are alive are counted, and no time is measured. */
import { expect, it } from "vitest";
import { measureIdleMemory } from "../src/idle-memory.ts";
import { telsiz } from "../src/peer.ts";

const CONNECTIONS = 1000;

/** Bytes of heap. The goal is 3,072; on Node.js 20.20 it is 4,050 and 2,850. */
const BUDGET = { withRequest: 4400, withoutRequest: 3072 };

it("keeps a connection that says nothing within its budget of memory", async () => {
  const { heap } = await measureIdleMemory(telsiz, CONNECTIONS);
  expect(heap).toBeLessThan(BUDGET.withRequest);
});

it("keeps it within the goal where the application drops the request", async () => {
  const { heap } = await measureIdleMemory(telsiz, CONNECTIONS, ["--no-request"]);
  expect(heap).toBeLessThan(BUDGET.withoutRequest);
});
