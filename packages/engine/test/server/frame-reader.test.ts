/** Reading WebSocket frames, beside the `Receiver` of ws: whatever comes, both must make the same of it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FrameOwner, FrameReader } from "../../src/server/websocket/frame-reader.ts";
import { unmask } from "../../src/server/websocket/unmask.ts";
import { choppedBy, readWithOurs, readWithWs, WIDE } from "./frame-log.ts";
import { BINARY, CLOSE, closePayload, CONTINUATION, frame, PING, PONG, TEXT } from "./frames.ts";

/** Expects the same of both, for `bytes` in one piece, in single bytes, and cut once at every place. */
function expectSame(bytes: Buffer, limits = WIDE): void {
  const expected = readWithWs([bytes], limits);
  expect(readWithOurs([bytes], limits)).toEqual(expected);
  if (bytes.length > 300) return;
  expect(readWithOurs(choppedBy(bytes, 1), limits)).toEqual(expected);
  for (let at = 1; at < bytes.length; at++) {
    expect(readWithOurs([bytes.subarray(0, at), bytes.subarray(at)], limits)).toEqual(expected);
  }
}

describe("the examples of RFC 6455 §5.7", () => {
  it("reads a masked text message", () => {
    expect(readWithOurs([Buffer.from("818537fa213d7f9f4d5158", "hex")])).toEqual([["text", "Hello"]]);
  });

  it("reads a masked ping", () => {
    const [event] = readWithOurs([Buffer.from("898537fa213d7f9f4d5158", "hex")]);
    expect(event).toEqual(["ping", Buffer.from("Hello").toString("hex")]);
  });

  it("refuses an unmasked message", () => {
    expect(readWithOurs([Buffer.from("810548656c6c6f", "hex")])).toEqual([["error", 1002]]);
  });

  it("joins fragments", () => {
    const bytes = Buffer.concat([frame(TEXT, "Hel", { fin: false }), frame(CONTINUATION, "lo")]);
    expect(readWithOurs([bytes])).toEqual([["text", "Hello"]]);
  });
});

describe("makes the same as ws of", () => {
  for (let opcode = 0; opcode < 16; opcode++) {
    it(`opcode ${opcode}, with every reserved bit, final or not, masked or not, short and long`, () => {
      for (let rsv = 0; rsv < 8; rsv++) {
        for (const fin of [true, false]) {
          for (const mask of [undefined, null]) {
            for (const length of [0, 1, 2, 125, 126]) {
              const payload = Buffer.alloc(length, 0x03);
              expectSame(frame(opcode, payload, { rsv, fin, ...(mask === null && { mask }) }));
            }
          }
        }
      }
    });
  }

  it("every length form, longer ones than needed too", () => {
    for (const length of [0, 1, 125, 126, 127, 65_535, 65_536, 70_000]) {
      for (const extension of [0, 2, 8] as const) {
        if ((extension === 0 && length > 125) || (extension === 2 && length > 65_535)) continue;
        expectSame(frame(BINARY, Buffer.alloc(length, 7), { extension }));
        expectSame(frame(TEXT, "x".repeat(length), { extension }));
      }
    }
  });

  it("every length at the limit and above, before the payload has come", () => {
    const limits = { ...WIDE, maxPayload: 1000 };
    for (const claim of [999, 1000, 1001, 65_535, 65_536, 2 ** 31, 2 ** 53, 2n ** 63n, 2n ** 64n - 1n]) {
      expectSame(frame(BINARY, "", { claim }), limits);
      expectSame(frame(BINARY, "", { claim, extension: 8 }), limits);
    }
  });

  it("fragments that are too long together", () => {
    const limits = { ...WIDE, maxPayload: 10 };
    const first = frame(TEXT, "123456", { fin: false });
    expectSame(Buffer.concat([first, frame(CONTINUATION, "7890")]), limits);
    expectSame(Buffer.concat([first, frame(CONTINUATION, "78901")]), limits);
    expectSame(Buffer.concat([first, frame(CONTINUATION, "78901", { fin: false })]), limits);
  });

  it("as many fragments as are allowed, and one more, empty ones too", () => {
    const limits = { ...WIDE, maxFragments: 3 };
    for (const payload of ["a", ""]) {
      for (const count of [1, 2, 3, 4]) {
        const frames = [frame(TEXT, payload, { fin: false })];
        for (let more = 1; more < count; more++) {
          frames.push(frame(CONTINUATION, payload, { fin: more === count - 1 }));
        }
        expectSame(Buffer.concat(frames), limits);
      }
    }
  });

  it("control frames between fragments", () => {
    for (const control of [frame(PING, "p"), frame(PONG, "q"), frame(CLOSE, closePayload(1000))]) {
      expectSame(
        Buffer.concat([frame(TEXT, "é".slice(0, 1), { fin: false }), control, frame(CONTINUATION, "ab")]),
      );
    }
  });

  it("fragments out of place", () => {
    const open = frame(BINARY, "a", { fin: false });
    expectSame(Buffer.concat([open, frame(BINARY, "b")]));
    expectSame(Buffer.concat([open, frame(TEXT, "b")]));
    expectSame(frame(CONTINUATION, "b"));
    expectSame(Buffer.concat([open, frame(CONTINUATION, "b"), frame(CONTINUATION, "c")]));
  });

  it("every close code from 0 to 5000, and 65535", () => {
    for (const code of [...Array(5001).keys(), 65_535]) {
      const bytes = frame(CLOSE, closePayload(code, "why"));
      expect(readWithOurs([bytes])).toEqual(readWithWs([bytes]));
    }
  });

  it("a close without code, with half a code, with a reason that is no UTF-8", () => {
    expectSame(frame(CLOSE));
    expectSame(frame(CLOSE, Buffer.of(3)));
    expectSame(frame(CLOSE, closePayload(1000, Buffer.of(0xff))));
    expectSame(frame(CLOSE, closePayload(1000, "é😀")));
    expectSame(Buffer.concat([frame(CLOSE), frame(TEXT, "after")]));
  });

  const sequences: [name: string, bytes: number[]][] = [
    ["two bytes", [0xc3, 0xa9]],
    ["three bytes", [0xe2, 0x82, 0xac]],
    ["four bytes", [0xf0, 0x9f, 0x98, 0x80]],
    ["the last code point", [0xf4, 0x8f, 0xbf, 0xbf]],
    ["one beyond it", [0xf4, 0x90, 0x80, 0x80]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["an overlong slash", [0xc0, 0xaf]],
    ["an overlong of three", [0xe0, 0x80, 0xaf]],
    ["an overlong of four", [0xf0, 0x80, 0x80, 0xaf]],
    ["a lone continuation", [0x80]],
    ["a first byte without its second", [0xc3]],
    ["FE and FF", [0xfe, 0xff]],
    ["a non-character", [0xef, 0xbf, 0xbf]],
    ["a byte order mark", [0xef, 0xbb, 0xbf]],
  ];
  for (const [name, sequence] of sequences) {
    it(`UTF-8 with ${name}, cut into fragments at every byte`, () => {
      const payload = Buffer.from([0x61, ...sequence, 0x62]);
      expectSame(frame(TEXT, payload));
      expectSame(frame(TEXT, payload.subarray(0, -1)));
      for (let cut = 0; cut <= payload.length; cut++) {
        expectSame(
          Buffer.concat([
            frame(TEXT, payload.subarray(0, cut), { fin: false }),
            frame(CONTINUATION, payload.subarray(cut)),
          ]),
        );
      }
    });
  }

  it("long messages cut anywhere", () => {
    const bytes = Buffer.concat([frame(TEXT, "ab€".repeat(300)), frame(BINARY, Buffer.alloc(1500, 0xa5))]);
    const expected = readWithWs([bytes]);
    for (let size = 1; size < 700; size += 7) {
      expect(readWithOurs(choppedBy(bytes, size), { ...WIDE, maxBufferedChunks: 5000 })).toEqual(expected);
    }
  });

  it("any bytes at all, cut anywhere", () => {
    const chunk = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 6 }), (chunks) => {
        expect(readWithOurs(chunks)).toEqual(readWithWs(chunks));
      }),
      { numRuns: 2000 },
    );
  });

  it("any frames at all, lawful or nearly so, cut anywhere", () => {
    const anyFrame = fc
      .record({
        opcode: fc.constantFrom(0, 1, 2, 8, 9, 10, 0, 1, 2, 3, 11),
        payload: fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ maxLength: 300, unit: "grapheme" })),
        fin: fc.boolean(),
        rsv: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 4),
        mask: fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }),
      })
      .map(({ opcode, payload, ...form }) => frame(opcode, payload, form));
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 8 }), fc.integer({ min: 1, max: 400 }), (frames, size) => {
        const chunks = choppedBy(Buffer.concat(frames), size);
        expect(readWithOurs(chunks)).toEqual(readWithWs(chunks));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("a reader", () => {
  it("holds no more pieces of a message than the limit", () => {
    const limits = { ...WIDE, maxBufferedChunks: 3 };
    const bytes = frame(BINARY, Buffer.alloc(10));
    expect(readWithOurs(choppedBy(bytes, 2), limits)).toEqual([["error", 1008]]);
  });

  it("reads nothing more once it is stopped, by the owner's call from inside a message", () => {
    const texts: string[] = [];
    const owner: FrameOwner = {
      onText(text) {
        texts.push(text);
        reader.stop();
      },
      onBinary() {},
      onPing() {},
      onCloseFrame() {},
      onViolation() {},
    };
    const reader = new FrameReader(owner, WIDE);
    reader.receive(Buffer.concat([frame(TEXT, "one"), frame(TEXT, "two")]));
    reader.receive(frame(TEXT, "three"));
    expect(texts).toEqual(["one"]);
  });

  it("gives binary messages memory that later chunks do not change", () => {
    const seen: Buffer[] = [];
    const owner = {
      onText() {},
      onBinary: (bytes: Buffer) => seen.push(bytes),
      onPing() {},
      onCloseFrame() {},
      onViolation() {},
    };
    const reader = new FrameReader(owner, WIDE);
    const bytes = Buffer.concat([frame(BINARY, Buffer.of(1, 2)), frame(BINARY, Buffer.of(3, 4))]);
    for (const chunk of choppedBy(bytes, 5)) reader.receive(Buffer.from(chunk));
    expect(seen.map((one) => [...one])).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});

describe("unmask", () => {
  it("is its own inverse at every length, place, phase and mask, and tells ASCII", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 1100 }),
        fc.nat(7),
        fc.nat(3),
        fc.integer({ min: 0, max: 0xffffffff }),
        (payload, place, phase, mask) => {
          const bytes = Buffer.alloc(place + payload.length);
          const key = [mask >>> 24, (mask >>> 16) & 0xff, (mask >>> 8) & 0xff, mask & 0xff];
          for (const [index, byte] of payload.entries())
            bytes[place + index] = byte ^ key[(index + phase) & 3]!;
          const ascii = unmask(bytes, place, bytes.length, mask, phase);
          expect([...bytes.subarray(place)]).toEqual([...payload]);
          expect(ascii).toBe(payload.every((byte) => byte < 0x80));
        },
      ),
      { numRuns: 500 },
    );
  });
});
