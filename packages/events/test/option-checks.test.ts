import { describe, expect, it } from "vitest";
import {
  checkBooleans,
  checkChoice,
  checkCounts,
  checkDurations,
  checkFunctions,
  checkStrings,
  OptionError,
  TelsizError,
} from "../src/index.ts";

describe("OptionError", () => {
  it("names the option, what is accepted and what was given", () => {
    const error = new OptionError("path", "a string", 5);
    expect(error).toBeInstanceOf(TelsizError);
    expect(error).toMatchObject({
      name: "OptionError",
      code: "TELSIZ_INVALID_OPTION",
      option: "path",
      message: 'Option "path" must be a string, not 5.',
    });
  });

  it("keeps its cause", () => {
    const cause = new Error("reason");
    expect(new OptionError("path", "a string", 5, { cause }).cause).toBe(cause);
  });

  it.each([
    ["text", '"text"'],
    ["x".repeat(100), `"${"x".repeat(60)}…"`],
    [-1, "-1"],
    [Number.NaN, "NaN"],
    [10n, "10"],
    [null, "null"],
    [undefined, "undefined"],
    [Symbol("s"), "Symbol(s)"],
    [[1], "an array"],
    [{ secret: 1 }, "an object"],
    [Object.create(null), "an object"],
    [function named() {}, 'the function "named"'],
    [() => undefined, 'the function "anonymous"'],
  ])("describes the value it was given (%#)", (given, description) => {
    expect(new OptionError("o", "better", given).message).toBe(
      `Option "o" must be better, not ${description}.`,
    );
  });
});

describe.each([
  {
    check: checkDurations,
    good: [0, 0.5, 20_000, Infinity],
    bad: [-1, Number.NaN, "20", null, true, 5n],
    text: "a time in milliseconds, zero or more",
  },
  {
    check: checkCounts,
    good: [0, 1, 1e6, Infinity],
    bad: [-1, Number.NaN, "20", null, {}],
    text: "a number, zero or more",
  },
  { check: checkFunctions, good: [() => 1, Map], bad: [null, 1, {}, "f"], text: "a function" },
  { check: checkBooleans, good: [true, false], bad: [null, 0, 1, "true"], text: "true or false" },
  { check: checkStrings, good: ["", "text"], bad: [null, 1, ["a"]], text: "a string" },
])("$check.name", ({ check, good, bad, text }) => {
  it("accepts what is right, and what is left out", () => {
    for (const value of good) expect(() => check({ option: value }, "option")).not.toThrow();
    expect(() => check({}, "option")).not.toThrow();
    expect(() => check({ option: undefined }, "option")).not.toThrow();
  });

  it("refuses what is not", () => {
    for (const value of bad) {
      expect(() => check({ option: value }, "option")).toThrow(new OptionError("option", text, value));
    }
  });

  it("checks every option that it is told to, and no other", () => {
    const options = { first: good[0], second: bad[0], third: bad[0] };
    expect(() => check(options, "first")).not.toThrow();
    expect(() => check(options, "first", "third")).toThrow(new OptionError("third", text, bad[0]));
  });
});

describe("checkChoice", () => {
  const choices = ["report", "throw"];

  it("accepts what is among the choices, and what is left out", () => {
    for (const option of [...choices, undefined]) {
      expect(() => checkChoice({ option }, "option", choices)).not.toThrow();
    }
  });

  it("refuses everything else, and names the choices", () => {
    for (const option of ["", "Throw", null, true, 1]) {
      expect(() => checkChoice({ option }, "option", choices)).toThrow(
        new OptionError("option", '"report" or "throw"', option),
      );
    }
  });
});
