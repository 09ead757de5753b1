import { describe, it } from "vitest";
import { fuzz } from "./fuzz-body.ts";
import { HostileStage } from "./hostile-stage.ts";

const stage = new HostileStage();
stage.useHooks();

/** Other sessions each night; the seed of a failure is in its message. */
const firstSeed = Math.floor(Date.now() / 86_400_000) * 100;

describe("a live server", () => {
  it.each(Array.from({ length: 40 }, (_, n) => firstSeed + n))(
    "survives recorded sessions with mistakes in them, of seed %d",
    (seed) => fuzz(stage, seed, 1_000),
    120_000,
  );
});
