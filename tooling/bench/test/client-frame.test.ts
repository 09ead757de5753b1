import { describe, expect, it } from "vitest";
import { clientFrame, repeated } from "../src/client-frame.ts";

/** Header, mask and unmasked payload. */
function parts(frame: Buffer, headerLength: number): { header: Buffer; payload: Buffer } {
  const mask = frame.subarray(headerLength, headerLength + 4);
  const payload = Buffer.from(frame.subarray(headerLength + 4));
  for (const [index, byte] of payload.entries()) payload[index] = byte ^ mask[index % 4]!;
  return { header: frame.subarray(0, headerLength), payload };
}

describe("clientFrame", () => {
  it("masks a short text and writes its length into the second byte", () => {
    const { header, payload } = parts(clientFrame("text", "40"), 2);
    expect(header).toEqual(Buffer.from([0x81, 0x82]));
    expect(payload.toString()).toBe("40");
  });

  it("counts bytes, not characters", () => {
    expect(clientFrame("text", "é")[1]).toBe(0x82);
  });

  it.each([
    [125, [0x82, 0xfd]],
    [126, [0x82, 0xfe, 0, 126]],
    [65_535, [0x82, 0xfe, 0xff, 0xff]],
    [65_536, [0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0]],
  ])("gives %i bytes the shortest header", (length, expected) => {
    const bytes = Buffer.alloc(length, 7);
    const { header, payload } = parts(clientFrame("binary", bytes), expected.length);
    expect([...header]).toEqual(expected);
    expect(payload.equals(bytes)).toBe(true);
  });
});

describe("repeated", () => {
  it("puts frames one behind the other", () => {
    expect(repeated(Buffer.from("ab"), 3).toString()).toBe("ababab");
  });
});
