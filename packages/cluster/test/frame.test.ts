import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ClusterFrameError } from "../src/errors.ts";
import {
  decodeFrame,
  decodeHead,
  encodeFrame,
  encodeHead,
  encodeNumber,
  forEachItem,
  FrameKind,
} from "../src/frame.ts";

const NODE = "0102030405060001";

/** The frame of two items, "hi" and "", as the documentation has it. */
const VECTOR =
  "54 01 01 00 0102030405060001 0006 352f63686174 000000000007 00000002 00000002 6869 00000000".replaceAll(
    " ",
    "",
  );

const frame = fc.record({
  kind: fc.constantFrom(...Object.values(FrameKind)),
  node: fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString("hex")),
  channel: fc.string({ unit: "grapheme", maxLength: 40 }),
  first: fc.integer({ min: 1, max: 2 ** 48 - 1 }),
  items: fc.array(fc.uint8Array({ maxLength: 50 }), { minLength: 1, maxLength: 8 }),
});

function itemsOf(bytes: Uint8Array, from = 0): string[] {
  const items: string[] = [];
  forEachItem(decodeFrame(bytes), from, (item) => items.push(item.toString("hex")));
  return items;
}

describe("a frame", () => {
  it("has the bytes that the documentation says", () => {
    const items = [Buffer.from("hi"), Buffer.alloc(0)];
    expect(encodeFrame(FrameKind.DATA, NODE, "5/chat", 7, items).toString("hex")).toBe(VECTOR);
  });

  it("is read back as it was written", () => {
    fc.assert(
      fc.property(frame, ({ kind, node, channel, first, items }) => {
        const bytes = encodeFrame(kind, node, channel, first, items);
        expect(decodeFrame(bytes)).toMatchObject({ kind, node, channel, first, count: items.length });
        expect(itemsOf(bytes)).toEqual(items.map((item) => Buffer.from(item).toString("hex")));
      }),
    );
  });

  it("is read from any view of bytes", () => {
    const bytes = Uint8Array.from([0, 0, ...Buffer.from(VECTOR, "hex")]).subarray(2);
    expect(itemsOf(bytes)).toEqual(["6869", ""]);
  });

  it("gives its items from a number on", () => {
    expect(itemsOf(Buffer.from(VECTOR, "hex"), 8)).toEqual([""]);
    expect(itemsOf(Buffer.from(VECTOR, "hex"), 9)).toEqual([]);
  });

  it("carries heads and numbers", () => {
    expect(encodeHead("5/chat", 258).toString("hex")).toBe("000000000102352f63686174");
    expect(decodeHead(encodeHead("5/chat#a", 2 ** 48 - 1))).toEqual({
      channel: "5/chat#a",
      seq: 2 ** 48 - 1,
    });
    expect(encodeNumber(1).toString("hex")).toBe("000000000001");
    expect(() => decodeHead(Buffer.from("0001", "hex"))).toThrow(ClusterFrameError);
  });
});

describe("what is no frame", () => {
  it.each([
    ["nothing", "", "no frame"],
    ["something else", "7b".repeat(40), "no frame"],
    ["another version", VECTOR.replace(/^5401/, "5402"), "version 2"],
    ["an unknown kind", VECTOR.replace(/^540101/, "540163"), "kind 99"],
    ["a channel longer than the frame", VECTOR.replace("0006352f", "ffff352f"), "before its items"],
    ["more items than there are", VECTOR.replace("0000000200000002", "ffffffff00000002"), "fewer items"],
    ["an item that is too long", VECTOR.replace("000000026869", "7fffffff6869"), "longer than its frame"],
    ["something behind the items", `${VECTOR}00`, "longer than its items"],
    ["data without a number", VECTOR.replace("000000000007", "000000000000"), "no number"],
  ])("is refused: %s", (_name, hex, message) => {
    const read = (): unknown => decodeFrame(Buffer.from(hex, "hex"));
    expect(read).toThrow(ClusterFrameError);
    expect(read).toThrow(message);
  });

  it("is a frame without its end", () => {
    const whole = Buffer.from(VECTOR, "hex");
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeFrame(whole.subarray(0, length))).toThrow(ClusterFrameError);
    }
  });

  it("is refused with a typed error or read, whatever the bytes are", () => {
    const mutated = fc
      .tuple(frame, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }))
      .map(([{ kind, node, channel, first, items }, changes]) => {
        const bytes = encodeFrame(kind, node, channel, first, items);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 80 })), (bytes) => {
        try {
          const read = decodeFrame(bytes);
          forEachItem(read, 0, (item) => expect(item.length).toBeLessThanOrEqual(bytes.length));
        } catch (error) {
          expect(error).toBeInstanceOf(ClusterFrameError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
