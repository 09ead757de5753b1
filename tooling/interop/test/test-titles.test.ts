import { describe, expect, it } from "vitest";
import { testTitles } from "../src/test-titles.ts";

describe("the titles of the tests in a file", () => {
  it("are found, and nothing else is", () => {
    const titles = testTitles(import.meta.filename);
    expect(titles).toEqual(new Set(["are found, and nothing else is", "are found behind each: %s"]));
  });

  it.each(["here"])("are found behind each: %s", (where) => {
    expect(where).toBe("here");
  });
});
