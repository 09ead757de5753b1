import { beforeEach, describe, expect, it } from "vitest";
import { Cursor, type HeldBytes } from "../src/cursor.ts";
import { decodeFrame, encodeFrame, type Frame, FrameKind } from "../src/frame.ts";

let delivered: number[];
let budget: HeldBytes;
let cursor: Cursor;

/** A frame of items whose numbers are from `first` to `last`. */
function frame(first: number, last: number = first): Frame {
  const items = Array.from({ length: last - first + 1 }, () => Buffer.alloc(10));
  return decodeFrame(encodeFrame(FrameKind.DATA, "0102030405060001", "a", first, items));
}

beforeEach(() => {
  delivered = [];
  budget = { bytes: 0, limit: 1_000 };
  cursor = new Cursor(budget, ({ first, count }, from) => {
    for (let seq = from; seq < first + count; seq++) delivered.push(seq);
  });
});

describe("a cursor", () => {
  it("delivers nothing until it knows where it begins, and then all from the first that came", () => {
    cursor.receive(frame(4));
    cursor.receive(frame(7));
    expect([cursor.begun, delivered]).toEqual([false, []]);
    cursor.begin(6);
    expect([cursor.begun, delivered]).toEqual([true, [4]]);
    expect(cursor.missing).toEqual({ from: 5, to: 6 });
    cursor.receive(frame(5, 6));
    expect(delivered).toEqual([4, 5, 6, 7]);
    cursor.begin(1);
    expect(cursor.missing).toBeUndefined();
  });

  it("owes nothing from before the publisher knew of it", () => {
    cursor.begin(3);
    cursor.receive(frame(2, 3));
    cursor.receive(frame(4));
    expect(delivered).toEqual([4]);
  });

  it("delivers each item once, and what is new in a frame that is partly old", () => {
    cursor.begin(0);
    cursor.receive(frame(1, 2));
    cursor.receive(frame(1, 2));
    cursor.receive(frame(2, 4));
    expect(delivered).toEqual([1, 2, 3, 4]);
  });

  it("holds what comes behind something that is missing, in whatever order, each frame once", () => {
    cursor.begin(0);
    for (const seq of [5, 3, 3, 2, 5]) cursor.receive(frame(seq));
    expect(cursor.missing).toEqual({ from: 1, to: 1 });
    cursor.receive(frame(1));
    expect(delivered).toEqual([1, 2, 3]);
    expect(cursor.missing).toEqual({ from: 4, to: 4 });
    cursor.receive(frame(4));
    expect(delivered).toEqual([1, 2, 3, 4, 5]);
    expect(budget.bytes).toBe(0);
  });

  it("knows by a head that something is missing at the end", () => {
    cursor.begin(0);
    cursor.learnHead(2);
    expect(cursor.missing).toEqual({ from: 1, to: 2 });
    cursor.learnHead(1);
    expect(cursor.missing).toEqual({ from: 1, to: 2 });
  });

  it("counts what is lost when it has to go on without it, and delivers what it holds between", () => {
    cursor.begin(0);
    cursor.receive(frame(3, 4));
    cursor.receive(frame(8));
    expect(cursor.skipTo(7)).toBe(4);
    expect(delivered).toEqual([3, 4]);
    expect(cursor.skipTo(8)).toBe(1);
    expect(delivered).toEqual([3, 4, 8]);
    expect(cursor.skipTo(5)).toBe(0);
    cursor.learnHead(10);
    expect(cursor.giveUp()).toBe(2);
    expect(cursor.missing).toBeUndefined();
  });

  it("drops what there is no room for, and misses it later", () => {
    cursor.begin(0);
    for (let seq = 2; seq <= 9; seq++) cursor.receive(frame(seq));
    expect(budget.bytes).toBeLessThanOrEqual(budget.limit);
    cursor.receive(frame(1));
    expect(cursor.missing).toEqual({ from: delivered.length + 1, to: 9 });
  });

  it("gives back the room that it takes when it ends", () => {
    cursor.begin(0);
    cursor.receive(frame(3));
    expect(budget.bytes).toBeGreaterThan(0);
    cursor.close();
    expect(budget.bytes).toBe(0);
  });
});
