import { describe, expect, it } from "vitest";
import { createParser, defaultParser, ParseError, ParserOptionError } from "../src/index.ts";
import type { PacketDecoder } from "../src/index.ts";
import { nested } from "./tagged-value.ts";

const placeholder = (num: unknown): string => JSON.stringify({ _placeholder: true, num });
const oneAttachment = `51-["a",${placeholder(0)}]`;

function refusalOf(decoder: PacketDecoder, message: unknown): string {
  try {
    decoder.add(message as string);
  } catch (error) {
    expect(error).toBeInstanceOf(ParseError);
    expect((error as ParseError).code).toBe("TELSIZ_PARSE_ERROR");
    return (error as ParseError).message;
  }
  throw new Error("the message was accepted");
}

describe("a decoder", () => {
  it("is pending from the header of a binary packet to its last attachment", () => {
    const decoder = defaultParser.createDecoder();
    expect(decoder.pending).toBe(false);
    expect(decoder.add(`52-/admin,7["a",${placeholder(1)},${placeholder(0)}]`)).toBeUndefined();
    expect(decoder.pending).toBe(true);
    expect(decoder.add(Uint8Array.of(1))).toBeUndefined();
    expect(decoder.pending).toBe(true);
    const packet = decoder.add(Uint8Array.of(2));
    expect(packet).toEqual({
      type: 2,
      nsp: "/admin",
      id: 7,
      data: ["a", Uint8Array.of(2), Uint8Array.of(1)],
    });
    expect(decoder.pending).toBe(false);
  });

  it("hands out the very bytes that it was given", () => {
    const decoder = defaultParser.createDecoder();
    const bytes = Buffer.from("abc");
    decoder.add(oneAttachment);
    expect(decoder.add(bytes)).toHaveProperty(["data", 1], bytes);
  });

  it("hands out an ArrayBuffer of just the bytes when asked to", () => {
    const decoder = defaultParser.createDecoder("arraybuffer");
    decoder.add(oneAttachment);
    const part = Uint8Array.of(9, 1, 2, 9).subarray(1, 3);
    const packet = decoder.add(part);
    expect(packet).toHaveProperty(["data", 1], Uint8Array.of(1, 2).buffer);
  });

  it("takes an attachment in place of a key named __proto__ without touching a prototype", () => {
    const decoder = defaultParser.createDecoder();
    decoder.add(`51-["a",{"__proto__":${placeholder(0)}}]`);
    const packet = decoder.add(Uint8Array.of(1)) as { data: [string, object] };
    expect(Object.getPrototypeOf(packet.data[1])).toBe(Object.prototype);
    expect(Object.keys(packet.data[1])).toEqual(["__proto__"]);
  });

  it.each<[string, unknown]>([
    ["text", '2["b"]'],
    ["neither text nor bytes", 5],
  ])("drops the half-received packet when %s comes instead of an attachment", (_what, message) => {
    const decoder = defaultParser.createDecoder();
    decoder.add(oneAttachment);
    refusalOf(decoder, message);
    expect(decoder.pending).toBe(false);
    expect(decoder.add('2["b"]')).toMatchObject({ data: ["b"] });
  });

  it("drops the half-received packet on reset", () => {
    const decoder = defaultParser.createDecoder();
    decoder.add(oneAttachment);
    decoder.reset();
    expect(decoder.pending).toBe(false);
    expect(refusalOf(decoder, Uint8Array.of(1))).toBe("got binary data when not reconstructing a packet");
  });

  it("refuses the attachment that brings a packet above maxPacketBytes", () => {
    const decoder = createParser({ maxPacketBytes: 4 }).createDecoder();
    decoder.add(`52-["a",${placeholder(0)},${placeholder(1)}]`);
    decoder.add(new Uint8Array(3));
    expect(refusalOf(decoder, new Uint8Array(2))).toBe("attachments too large");
    expect(decoder.pending).toBe(false);
    decoder.add(oneAttachment);
    expect(decoder.add(new Uint8Array(4))).toBeDefined();
  });

  it.each([
    ["a number twice", `52-["a",${placeholder(0)},${placeholder(0)}]`],
    ["more placeholders than attachments", `51-["a",${placeholder(0)},${placeholder(1)}]`],
    ["fewer placeholders than attachments", `52-["a",${placeholder(0)}]`],
    ["a number that is text", `51-["a",${placeholder("0")}]`],
    ["a number that names a method", `51-["a",${placeholder("splice")}]`],
  ])("refuses %s at the header", (_what, header) => {
    const decoder = defaultParser.createDecoder();
    expect(refusalOf(decoder, header)).toBe("illegal attachments");
    expect(decoder.pending).toBe(false);
  });

  it.each([
    ["9", "unknown packet type 9"],
    ["", "unknown packet type NaN"],
    [" ", "unknown packet type NaN"],
    ["5-1-[]", "Illegal attachments"],
    ["511-[]", "too many attachments"],
    [`5${"9".repeat(100_000)}-[]`, "Illegal attachments"],
    [`2${"9".repeat(100_000)}["a"]`, "invalid packet id"],
    ['29007199254740992["a"]', "invalid packet id"],
    ["4", "invalid payload"],
    ['2["disconnect"]', "invalid payload"],
    ["2[{}]", "invalid payload"],
    ["0/a\u001eb,", "invalid namespace"],
    [`0/${"a".repeat(512)},`, "invalid namespace"],
  ])("answers %.20s with %s", (text, message) => {
    expect(refusalOf(defaultParser.createDecoder(), text)).toBe(message);
  });

  it("accepts the longest namespace and the largest id", () => {
    const nsp = `/${"a".repeat(511)}`;
    const packet = defaultParser.createDecoder().add(`2${nsp},9007199254740991["a"]`);
    expect(packet).toEqual({ type: 2, nsp, id: Number.MAX_SAFE_INTEGER, data: ["a"] });
  });

  it("keeps the JSON error as the cause of a refusal", () => {
    const decoder = defaultParser.createDecoder();
    expect(() => decoder.add('2["a"')).toThrow(expect.objectContaining({ cause: expect.any(SyntaxError) }));
  });
});

describe("maxDepth on receive", () => {
  it("counts the argument array as the first level", () => {
    const decoder = defaultParser.createDecoder();
    expect(decoder.add(`2${JSON.stringify(["a", nested(255)])}`)).toBeDefined();
    expect(refusalOf(decoder, `2${JSON.stringify(["a", nested(256)])}`)).toBe("invalid payload");
  });

  it("refuses a hundred thousand levels without trying to build them", () => {
    const levels = 100_000;
    const text = `0${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
    expect(refusalOf(defaultParser.createDecoder(), text)).toBe("invalid payload");
  });

  it("does not count brackets in strings, nor ones that follow each other", () => {
    const decoder = defaultParser.createDecoder();
    const data = ["a", '[{\\"'.repeat(1_000), Array.from({ length: 1_000 }, () => [{}])];
    expect(decoder.add(`2${JSON.stringify(data)}`)).toMatchObject({ data });
  });
});

describe("attachments without exactAttachments", () => {
  const placeholder = (num: number): string => JSON.stringify({ _placeholder: true, num });
  const lenient = () => createParser({ exactAttachments: false }).createDecoder();
  const [one, two] = [new Uint8Array([1]), new Uint8Array([2])];

  it("may stand in many places, or in none", () => {
    const decoder = lenient();
    decoder.add(`52-["a",${placeholder(0)},[${placeholder(0)}]]`);
    expect(decoder.add(one)).toBeUndefined();
    expect(decoder.add(two)).toMatchObject({ data: ["a", one, [one]] });
  });

  it("are refused as ever where a placeholder names none of them", () => {
    expect(refusalOf(lenient(), `51-["a",${placeholder(1)}]`)).toBe("illegal attachments");
    expect(refusalOf(lenient(), `51-["a",${placeholder(0.5)}]`)).toBe("illegal attachments");
  });
});

describe("options", () => {
  it("take Infinity for no limit", () => {
    const decoder = createParser({ maxNamespaceLength: Infinity, maxAttachments: Infinity }).createDecoder();
    expect(decoder.add(`2/${"a".repeat(10_000)},["a"]`)).toBeDefined();
    expect(refusalOf(createParser({ maxDepth: 1_000 }).createDecoder(), "9")).toBe("unknown packet type 9");
  });

  it.each([
    ["maxAttachments", -1],
    ["maxPacketBytes", Number.NaN],
    ["maxDepth", 1_001],
    ["maxNamespaceLength", 1.5],
    ["maxDepth", "5"],
  ])("refuses %s: %s with the accepted range", (name, value) => {
    const make = () => createParser({ [name]: value });
    expect(make).toThrow(ParserOptionError);
    expect(make).toThrow(`${name} must be a whole number from 1 to `);
  });
});
