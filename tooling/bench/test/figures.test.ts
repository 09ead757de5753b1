import { describe, expect, it } from "vitest";
import { runNanoseconds } from "../src/cpu-meter.ts";
import { median } from "../src/median.ts";
import { affordableConnections } from "../src/open-files.ts";
import { rawWs, socketIo, telsiz } from "../src/peer.ts";
import { linesOf } from "../src/report.ts";
import { createRows } from "../src/rows.ts";
import { slopeOf } from "../src/slope.ts";

describe("median", () => {
  it("is the middle one, in whatever order they come", () => {
    expect(median([10, 2, 9])).toBe(9);
  });

  it("is the mean of the two in the middle", () => {
    expect(median([4, 1, 3, 100])).toBe(3.5);
  });

  it("is not defined for nothing", () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe("slopeOf", () => {
  it("is how much a figure grows, however it swings", () => {
    expect(slopeOf([[0, 5], [1, 7], [2, 9]])).toBe(2); // prettier-ignore
    expect(slopeOf([[0, 1], [1, -1], [2, -1], [3, 1]])).toBe(0); // prettier-ignore
  });

  it("is not defined for one reading", () => {
    expect(() => slopeOf([[0, 1]])).toThrow(RangeError);
  });
});

describe("runNanoseconds", () => {
  it("is the first number of a schedstat", () => {
    expect(runNanoseconds("663977 2728293 1\n")).toBe(663_977);
  });

  it("refuses anything else", () => {
    expect(() => runNanoseconds("")).toThrow('Not a schedstat: ""');
  });
});

describe("affordableConnections", () => {
  it("gives what is wanted where the limit allows it", () => {
    expect(affordableConnections(1000, 3, 20_000)).toBe(1000);
  });

  it("gives each server its share of a low limit", () => {
    expect(affordableConnections(1000, 3, 1024)).toBe(274);
  });
});

describe("linesOf", () => {
  const sample = (microseconds: number) => ({ microseconds, perSecond: 1, serverUse: 1, generatorUse: 0.5 });
  const row = createRows(() => 10)[0]!;

  it("compares each round with socket.io's of the same round, and takes the median", () => {
    const [ours, theirs] = linesOf({
      row,
      servers: [
        { peer: telsiz, samples: [sample(2), sample(4), sample(10)] },
        { peer: socketIo, samples: [sample(8), sample(20), sample(30)] },
      ],
    });
    expect(ours).toMatchObject({ microseconds: 4, lowest: 2, highest: 10, ratio: 4 });
    expect(theirs?.ratio).toBe(1);
  });

  it("needs something to compare with", () => {
    expect(() => linesOf({ row, servers: [{ peer: rawWs, samples: [sample(1)] }] })).toThrow(
      "Row echo has nothing to compare with.",
    );
  });
});
