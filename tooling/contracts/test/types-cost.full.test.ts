import { expect, it } from "vitest";
import { instantiationsOf } from "../src/types-cost.ts";

it("typed events cost the compiler no more than with Socket.IO's types", async () => {
  const [ours, theirs] = [await instantiationsOf("Telsiz"), await instantiationsOf("Socket.IO")];
  expect(ours).toBeGreaterThan(0);
  expect(ours).toBeLessThanOrEqual(theirs);
}, 120_000);
