import { createRequire } from "node:module";
import fc from "fast-check";
import * as stock from "socket.io-msgpack-parser";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createMessagePackParser, EncodeError, messagePackParser, ParseError } from "../src/index.ts";
import type { Packet } from "../src/index.ts";
import { nested, toTagged } from "./tagged-value.ts";

afterEach(() => vi.unstubAllGlobals());

function encodeEvent(...data: unknown[]): Uint8Array {
  return messagePackParser.encode({ type: 2, nsp: "/", data }) as Uint8Array;
}

function decode(bytes: Uint8Array): Packet {
  return messagePackParser.createDecoder().add(bytes)!;
}

/** Its types speak of the browser's codec, which gives an ArrayBuffer. */
function stockEncode(packet: Packet): Buffer {
  const [bytes] = new stock.Encoder().encode(packet) as unknown as [Buffer];
  return bytes;
}

function stockDecode(bytes: unknown): object {
  const packets: object[] = [];
  new stock.Decoder().on("decoded", (packet: object) => packets.push(packet)).add(bytes);
  return packets[0]!;
}

/** The packet `{type: 2, nsp: "/", data: ["a", <value>]}` around a value written by hand. */
function eventWith(hex: string): Buffer {
  return Buffer.from(`83a47479706502a36e7370a12fa46461746192a161${hex.replaceAll(" ", "")}`, "hex");
}

describe("the MessagePack parser", () => {
  it.each<[string, unknown]>([
    [
      "strings at every length form",
      ["", "a".repeat(31), "a".repeat(32), "a".repeat(256), "ş".repeat(40_000)],
    ],
    ["arrays at every length form", [Array(15).fill(1), Array(16).fill(1), Array(65_536).fill(1)]],
    ["maps at every length form", [15, 16, 70_000].map((size) => Object.fromEntries(Array(size).entries()))],
    ["binary at every length form", [0, 255, 256, 65_535, 65_536].map((size) => Buffer.alloc(size, 7))],
    ["ArrayBuffers at every length form", [0, 1, 8, 255, 256, 65_536].map((size) => new ArrayBuffer(size))],
    ["dates before and after 1970", [new Date(-1), new Date(0), new Date(8.64e15)]],
    ["functions and undefined in objects", { f: () => 1, u: undefined, n: null }],
    ["objects with toJSON", { toJSON: () => ({ a: Buffer.from("b") }) }],
    ["a text with a byte order mark", "\ufeffa"],
  ])("writes and reads %s as the original does", (_what, value) => {
    const data = ["a", value];
    const bytes = encodeEvent(...data);
    const original = stockEncode({ type: 2, nsp: "/", data });
    expect(Buffer.compare(bytes, original)).toBe(0);
    let expected: unknown;
    new stock.Decoder().on("decoded", (packet: unknown) => (expected = packet)).add(original);
    expect(toTagged(decode(Buffer.from(bytes)))).toEqual({
      ...(toTagged(expected) as object),
      id: { $undef: 1 },
    });
  });

  it("reads what the original wrote, and is read by it, for any data", () => {
    const value = fc.anything({
      withDate: true,
      withTypedArray: false,
      withBigInt: false,
      withNullPrototype: false,
      maxDepth: 4,
    });
    const lawful = value.filter((item) => isCanonical(item));
    fc.assert(
      fc.property(lawful, fc.option(fc.maxSafeNat(), { nil: undefined }), (item, id) => {
        const packet: Packet = { type: 2, nsp: "/", data: ["a", item], ...(id === undefined ? {} : { id }) };
        const bytes = messagePackParser.encode(packet) as Uint8Array;
        const original = stockEncode(packet);
        expect(Buffer.from(bytes).toString("hex")).toBe(original.toString("hex"));
        expect(toTagged(decode(original))).toEqual(toTagged({ id: undefined, ...stockDecode(original) }));
      }),
    );
  });

  it("hands out binary as a part of the message, of the same class", () => {
    const bytes = eventWith("c4 03 010203");
    const packet = decode(bytes) as { data: unknown[] };
    expect(packet.data[1]).toEqual(Buffer.from([1, 2, 3]));
    expect((packet.data[1] as Buffer).buffer).toBe(bytes.buffer);
    const other = messagePackParser.createDecoder("arraybuffer").add(bytes) as { data: unknown[] };
    expect(other.data[1]).toEqual(Uint8Array.of(1, 2, 3).buffer);
  });

  it("writes all binary in the form that browsers read, where there are no Buffers", () => {
    vi.stubGlobal("Buffer", undefined);
    const bytes = encodeEvent("a", Uint8Array.of(1, 2), Uint8Array.of(3).buffer);
    vi.unstubAllGlobals();
    expect(Buffer.from(bytes).toString("hex")).toContain("93a161c4020102c40103");
    const readInBrowser = createRequire(createRequire(import.meta.url).resolve("socket.io-msgpack-parser"))(
      "notepack.io/browser/decode",
    ) as (bytes: ArrayBuffer) => unknown;
    expect(readInBrowser(bytes.slice().buffer)).toHaveProperty("data", [
      "a",
      Uint8Array.of(1, 2).buffer,
      Uint8Array.of(3).buffer,
    ]);
  });

  it("keeps integers beyond 2^53 as the doubles that they are", () => {
    const values = [2 ** 53, 1e21, -1e21, -(2 ** 63)];
    expect(decode(encodeEvent("a", ...values))).toMatchObject({ data: ["a", ...values] });
  });

  it("replaces half a character, where the original writes bytes that are no text", () => {
    expect(decode(encodeEvent("a", "x\ud800y"))).toMatchObject({ data: ["a", "x\ufffdy"] });
  });

  it("makes a key named __proto__ a key like any other", () => {
    const packet = decode(eventWith("81 a95f5f70726f746f5f5f 81a17801")) as {
      data: [string, { x?: number }];
    };
    expect(packet.data[1].x).toBeUndefined();
    expect(Object.keys(packet.data[1])).toEqual(["__proto__"]);
  });

  it("reads numbers as keys, and floats of 32 bits, from other languages", () => {
    expect(decode(eventWith("81 05 ca3fc00000"))).toMatchObject({ data: ["a", { 5: 1.5 }] });
  });

  it.each([
    ["a declared array that is not there", "dd ffffffff"],
    ["a declared map that is not there", "df ffffffff"],
    ["declared text that is not there", "db ffffffff"],
    ["declared bytes that are not there", "c6 ffffffff 00"],
    ["an array as key", "81 90 01"],
    ["null as key", "81 c0 01"],
    ["an extension of another type", "d6 ff 00000000"],
    ["a date of another type", "d7 01 0000000000000000"],
    ["more levels than maxDepth", `${"91".repeat(256)}01`],
    ["a hundred thousand levels", "91".repeat(100_000)],
  ])("refuses %s", (_what, hex) => {
    expect(() => decode(eventWith(hex))).toThrow(new ParseError("Could not parse"));
  });

  it("counts levels as the default parser does", () => {
    expect(decode(encodeEvent("a", nested(255)))).toBeDefined();
    expect(() => encodeEvent("a", nested(256))).toThrow(EncodeError);
    const shallow = createMessagePackParser({ maxDepth: 1 });
    expect(() => shallow.encode({ type: 2, nsp: "/", data: ["a", []] })).toThrow(EncodeError);
  });

  it.each<[string, unknown]>([
    ["a function", () => 1],
    ["a symbol", Symbol("a")],
    ["a BigInt", 1n],
  ])("cannot encode %s", (_what, value) => {
    expect(() => encodeEvent("a", value)).toThrow(new EncodeError("Could not encode"));
  });

  it("refuses a Blob, circular data and unlawful addresses", () => {
    const circular: unknown[] = [];
    circular.push(circular);
    const endless = (): object => ({ toJSON: endless });
    expect(() => encodeEvent("a", new Blob([]))).toThrow("Blob");
    expect(() => encodeEvent("a", circular)).toThrow("maxDepth");
    expect(() => encodeEvent("a", endless())).toThrow("maxDepth");
    expect(() => messagePackParser.encode({ type: 0, nsp: "a,b" })).toThrow("invalid namespace");
    expect(() => messagePackParser.encode({ type: 3, nsp: "/", data: [], id: -1 })).toThrow(
      "invalid packet id",
    );
    expect(() => messagePackParser.encode({ type: 5, nsp: "/", data: [] } as never)).toThrow(
      "unknown packet type 5",
    );
  });

  it("never waits for more", () => {
    const decoder = messagePackParser.createDecoder();
    decoder.add(encodeEvent("a", Buffer.from("b")));
    decoder.reset();
    expect(decoder.pending).toBe(false);
  });
});

/**
 * What the original carries without loss: it sets the prototype for a key named __proto__; for large integers and half
 * characters see the tests about them.
 */
function isCanonical(value: unknown): boolean {
  if (typeof value === "symbol" || typeof value === "function") return false;
  if (typeof value === "number") return !Number.isInteger(value) || Number.isSafeInteger(value);
  if (typeof value === "string") return Buffer.from(value).toString() === value;
  if (typeof value !== "object" || value === null) return true;
  if (value instanceof Date) return !Number.isNaN(value.getTime());
  return Object.entries(value).every(
    ([key, item]) => isCanonical(key) && key !== "toJSON" && key !== "__proto__" && isCanonical(item),
  );
}
