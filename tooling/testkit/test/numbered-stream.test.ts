import { describe, expect, it } from "vitest";
import { NumberedStream } from "../src/index.ts";

function faultsOf(numbers: readonly number[], length = 5): readonly string[] {
  const stream = new NumberedStream(length);
  for (const number of numbers) stream.receive(number);
  expect(stream.complete).toBe(true);
  return stream.faults;
}

describe("a numbered stream", () => {
  it("finds no fault in what is whole and in order", () => {
    expect(faultsOf([0, 1, 2, 3, 4])).toEqual([]);
  });

  it.each([
    ["is lost", [0, 1, 3, 4]],
    ["comes twice", [0, 1, 1, 2, 3, 4]],
    ["comes late", [0, 2, 1, 3, 4]],
    ["comes after the end", [0, 1, 2, 3, 4, 2]],
    ["is too much", [0, 1, 2, 3, 4, 5]],
  ])("finds what %s", (_what, numbers) => {
    expect(faultsOf(numbers)).not.toEqual([]);
  });

  it("is not complete before the last", () => {
    const stream = new NumberedStream(2);
    stream.receive(0);
    expect(stream.complete).toBe(false);
  });
});
