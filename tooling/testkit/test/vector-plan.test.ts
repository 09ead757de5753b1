import { describe, expect, it } from "vitest";
import { planReplay } from "../src/index.ts";

const vectors = [{ id: "a" }, { id: "b" }, { id: "c" }];
const idOf = ({ id }: { id: string }): string => id;
const different = { reason: "on purpose", outcome: 1 };

describe("a plan to replay vectors", () => {
  it("replays every entry but those of a later stage, some with another outcome", () => {
    const plan = planReplay(vectors, idOf, { later: { a: "a later stage" }, different: { b: different } });
    expect(plan).toEqual([
      { vector: { id: "b" }, different },
      { vector: { id: "c" }, different: undefined },
    ]);
  });

  it("refuses to name an entry that is not there", () => {
    expect(() => planReplay(vectors, idOf, { later: { x: "" }, different: {} })).toThrow("names x");
    expect(() => planReplay(vectors, idOf, { later: {}, different: { x: different } })).toThrow("names x");
  });

  it("refuses to name an entry twice", () => {
    expect(() => planReplay(vectors, idOf, { later: { a: "" }, different: { a: different } })).toThrow(
      "a twice",
    );
  });

  it("refuses entries with one id", () => {
    expect(() => planReplay([...vectors, { id: "a" }], idOf, { later: {}, different: {} })).toThrow("one id");
  });
});
