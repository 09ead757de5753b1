import fc from "fast-check";
import * as stock from "socket.io-parser";
import { describe, expect, it } from "vitest";
import { createParser, defaultParser, messagePackParser, ParseError, RESERVED_EVENTS } from "../src/index.ts";
import type { Encoded, Message, Packet, Parser } from "../src/index.ts";

const nightly = process.env["TELSIZ_TESTS"] === "nightly";
const runs = nightly ? 100_000 : 300;
const timeout = nightly ? 600_000 : 5_000;
const manyAttachments = createParser({ maxAttachments: 1_000 });

const bytes = fc.uint8Array({ maxLength: 8 }).map((array) => Buffer.from(array));
/** JSON values with binary at the leaves. */
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.jsonValue({ maxDepth: 0 }).map((leaf) => (Object.is(leaf, -0) ? 0 : leaf)),
    fc.string({ unit: "binary" }),
    bytes,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const nsp = fc.oneof(
  fc.constant("/"),
  fc
    .string({ minLength: 1, maxLength: 20, unit: "binary" })
    .map((name) => `/${name.replace(/[,\p{Cc}]/gu, "x")}`),
);
const name = fc.string().filter((text) => !RESERVED_EVENTS.has(text));
const id = fc.option(fc.maxSafeNat(), { nil: undefined });
const record = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }).map(withoutNegativeZero), {
  noNullPrototype: true,
});
const packet: fc.Arbitrary<Packet> = fc.oneof(
  fc.record({
    type: fc.constant(2 as const),
    nsp,
    id,
    data: fc.tuple(name, value, value).map((data) => [...data]),
  }),
  fc.record({ type: fc.constant(2 as const), nsp, id, data: fc.tuple(name, value).map((data) => [...data]) }),
  fc.record({ type: fc.constant(3 as const), nsp, id, data: fc.array(value, { maxLength: 3 }) }),
  fc.record({ type: fc.constant(0 as const), nsp, data: record }),
  fc.record({ type: fc.constant(1 as const), nsp }),
  fc.record({ type: fc.constant(4 as const), nsp, data: fc.oneof(fc.string(), record) }),
);

function withoutNegativeZero(json: unknown): unknown {
  return JSON.parse(JSON.stringify(json));
}

function messagesOf(encoded: Encoded): readonly Message[] {
  return typeof encoded === "string" || encoded instanceof Uint8Array
    ? [encoded]
    : (encoded as readonly Message[]);
}

function decodeAll(parser: Parser, messages: readonly Message[]): (Packet | undefined)[] {
  const decoder = parser.createDecoder();
  return messages.map((message) => decoder.add(message));
}

function stockDecode(messages: readonly unknown[]): unknown[] {
  const packets: unknown[] = [];
  const decoder = new stock.Decoder({ maxAttachments: 1_000 } as never);
  decoder.on("decoded", (decoded: unknown) => packets.push(decoded));
  for (const message of messages) decoder.add(message);
  return packets;
}

describe("any lawful packet", { timeout }, () => {
  it("comes back as it was, its packet with its last message", () => {
    fc.assert(
      fc.property(packet, (original) => {
        const decoded = decodeAll(manyAttachments, messagesOf(manyAttachments.encode(original)));
        expect(decoded.pop()).toEqual(original);
        expect(decoded.every((earlier) => earlier === undefined)).toBe(true);
      }),
      { numRuns: runs },
    );
  });

  it("comes back through MessagePack, in one message", () => {
    fc.assert(
      fc.property(packet, (original) => {
        const encoded = messagePackParser.encode(original) as Uint8Array;
        expect(messagePackParser.createDecoder().add(Buffer.from(encoded))).toEqual(original);
      }),
      { numRuns: runs },
    );
  });

  it("is written as socket.io-parser writes it", () => {
    fc.assert(
      fc.property(packet, (original) => {
        const theirs: unknown[] = new stock.Encoder().encode({ ...original } as never);
        expect(messagesOf(defaultParser.encode(original))).toEqual(theirs);
      }),
      { numRuns: runs },
    );
  });

  it("is read as socket.io-parser reads it", () => {
    fc.assert(
      fc.property(packet, (original) => {
        const messages = messagesOf(manyAttachments.encode(original));
        expect([decodeAll(manyAttachments, messages).pop()]).toEqual(stockDecode(messages));
      }),
      { numRuns: runs },
    );
  });

  it("is encoded again to the same messages", () => {
    fc.assert(
      fc.property(packet, (original) => {
        const messages = messagesOf(manyAttachments.encode(original));
        const decoded = decodeAll(manyAttachments, messages).pop()!;
        expect(messagesOf(manyAttachments.encode(decoded))).toEqual(messages);
      }),
      { numRuns: runs },
    );
  });
});

describe("any input", { timeout }, () => {
  const digits = fc.constantFrom("0", "1", "10", "007", "9007199254740993");
  const nearlyLawful = fc
    .tuple(
      fc.constantFrom("0", "1", "2", "3", "4", "51-", "52-", "61-", "7", "5", "51"),
      fc.constantFrom("", "/", "/a,", "/a", ","),
      fc.oneof(fc.constant(""), digits),
      fc.oneof(
        fc.constant(""),
        fc.json(),
        fc.constant('["a",{"_placeholder":true,"num":0}]'),
        fc.constant('["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]'),
        fc.string(),
      ),
    )
    .map((parts) => parts.join(""));
  const input = fc.oneof(nearlyLawful, fc.string({ unit: "binary" }), fc.uint8Array({ maxLength: 20 }));

  it.each([
    ["default", defaultParser],
    ["MessagePack", messagePackParser],
  ])("is a valid packet or a ParseError to the %s decoder", (_name, parser) => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 5 }), (messages) => {
        const decoder = parser.createDecoder();
        for (const message of messages) expectTotal(() => decoder.add(message));
      }),
      { numRuns: runs },
    );
  });

  it("is a valid packet or a ParseError when lawful MessagePack is damaged", () => {
    fc.assert(
      fc.property(packet, fc.nat(), fc.nat(255), (original, at, byte) => {
        const damaged = Buffer.from(messagePackParser.encode(original) as Uint8Array);
        damaged[at % damaged.length] = byte;
        expectTotal(() => messagePackParser.createDecoder().add(damaged));
      }),
      { numRuns: runs },
    );
  });

  function expectTotal(add: () => Packet | undefined): void {
    let result: Packet | undefined;
    try {
      result = add();
    } catch (error) {
      expect(error).toBeInstanceOf(ParseError);
      return;
    }
    if (result !== undefined) expectValid(result);
  }

  function expectValid(result: Packet): void {
    expect([0, 1, 2, 3, 4]).toContain(result.type);
    expect(result.nsp).toMatch(/^\//);
    if (result.type === 2) expect(["string", "number"]).toContain(typeof result.data[0]);
    if (result.type === 3) expect(Array.isArray(result.data)).toBe(true);
  }
});
