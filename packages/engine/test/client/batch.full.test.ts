import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fittingCount } from "../../src/client/transports/batch.ts";
import { PreparedPacket, type WirePacket } from "../../src/shared/packet.ts";
import { encodePayload } from "../../src/shared/payload.ts";

const base64 = {
  encode: (bytes: Uint8Array) => Buffer.from(bytes).toString("base64"),
  decode: (text: string) => Buffer.from(text, "base64"),
};
const bodyBytes = (packets: WirePacket[]) => Buffer.byteLength(encodePayload(packets, base64));

describe("fittingCount", () => {
  it("takes as many packets as the limit allows, the limit included", () => {
    const packets = Array.from({ length: 6 }, () => `4${"x".repeat(40)}`);
    expect(fittingCount(packets, 120)).toBe(2);
    expect(fittingCount(packets, 83)).toBe(2);
    expect(fittingCount(packets, 82)).toBe(1);
    expect(fittingCount(packets, Infinity)).toBe(6);
  });

  it("sends a single packet that is too long, alone", () => {
    expect(fittingCount(["4".repeat(500), "4a"], 120)).toBe(1);
    expect(fittingCount(["4a", "4".repeat(500)], 120)).toBe(1);
  });

  it("looks into prepared packets", () => {
    expect(fittingCount([new PreparedPacket("4aa"), new PreparedPacket("4bb", false)], 6)).toBe(1);
  });

  it("counts exactly the bytes of the body", () => {
    const packet = fc.oneof(
      fc
        .string({
          unit: fc.oneof(fc.string({ unit: "binary", maxLength: 1 }), fc.constantFrom("\ud83d", "\ude00")),
        })
        .map((text) => `4${text}`),
      fc.uint8Array(),
    );
    fc.assert(
      fc.property(fc.array(packet, { minLength: 1 }), fc.nat(200), (packets, limit) => {
        const count = fittingCount(packets, limit);
        expect(count === 1 || bodyBytes(packets.slice(0, count)) <= limit).toBe(true);
        expect(count === packets.length || bodyBytes(packets.slice(0, count + 1)) > limit).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
