/** Guards what a server allocates for a message: bytes are counted, and no time is measured. */
import { expect, it } from "vitest";
import { measureAllocations } from "../src/allocations.ts";
import { telsiz } from "../src/peer.ts";

/** Bytes for a text of 50 characters that is echoed, in batches of 16: 1,640 on Node.js 20.20, where socket.io 4.8.4 takes 6,090. */
const BUDGET = 2000;

it("allocates little for a message that comes and its answer", async () => {
  expect(await measureAllocations(telsiz, "x".repeat(50))).toBeLessThan(BUDGET);
});
