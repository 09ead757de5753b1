import { expect, it } from "vitest";
import { Flusher } from "../../src/server/flusher.ts";

it("flushes all outputs of a turn with one deferred call, in order", () => {
  const deferred: (() => void)[] = [];
  const flushed: string[] = [];
  const flusher = new Flusher((run) => deferred.push(run));
  for (const name of ["a", "b", "c"]) flusher.schedule({ flush: () => flushed.push(name) });
  expect(deferred).toHaveLength(1);
  deferred[0]!();
  expect(flushed).toEqual(["a", "b", "c"]);
});

it("leaves what is scheduled while flushing to the next turn", () => {
  const deferred: (() => void)[] = [];
  const flushed: string[] = [];
  const flusher = new Flusher((run) => deferred.push(run));
  const second = { flush: () => flushed.push("second") };
  flusher.schedule({
    flush: () => {
      flushed.push("first");
      flusher.schedule(second);
    },
  });
  deferred.shift()!();
  expect(flushed).toEqual(["first"]);
  deferred.shift()!();
  expect(flushed).toEqual(["first", "second"]);
});
