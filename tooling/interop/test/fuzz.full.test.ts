import { describe, it } from "vitest";
import { fuzz } from "./fuzz-body.ts";
import { HostileStage } from "./hostile-stage.ts";

const stage = new HostileStage();
stage.useHooks();

describe("a live server", () => {
  it.each([1, 2, 3])("survives recorded sessions with mistakes in them, of seed %d", (seed) =>
    fuzz(stage, seed, 60),
  );
});
