import { describe, expect, it } from "vitest";
import { createParser, defaultParser, EncodeError, hasBinary } from "../src/index.ts";
import type { Encoded, Packet } from "../src/index.ts";
import { nested } from "./tagged-value.ts";

function encodeEvent(...data: unknown[]): Encoded {
  return defaultParser.encode({ type: 2, nsp: "/", data });
}

function refusalOf(packet: Packet): EncodeError {
  try {
    defaultParser.encode(packet);
  } catch (error) {
    expect(error).toBeInstanceOf(EncodeError);
    return error as EncodeError;
  }
  throw new Error("the packet was encoded");
}

describe("encoding an event", () => {
  it("gives a single text when there is no binary", () => {
    expect(encodeEvent("hello", { a: 1 })).toBe('2["hello",{"a":1}]');
  });

  it.each([
    ["no argument", ["a"]],
    ["two arguments", ["a", 1, 2]],
    ["undefined", ["a", undefined]],
    ["a function", ["a", () => 1]],
    ["a quoted name", ['a"b\n', { x: [1] }]],
    ["a name that is a number", [5, 1]],
    ["a very long name", ["n".repeat(1_000), 1]],
  ])("writes what JSON.stringify writes for %s, first and again", (_what, data) => {
    expect(encodeEvent(...data)).toBe(`2${JSON.stringify(data)}`);
    expect(encodeEvent(...data)).toBe(`2${JSON.stringify(data)}`);
  });

  it("writes a thousand names right, more than it keeps", () => {
    for (let index = 0; index < 1_000; index++) expect(encodeEvent(`n${index}`, 1)).toBe(`2["n${index}",1]`);
  });

  it("hands over views of the same memory", () => {
    const memory = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7).buffer;
    const buffer = Buffer.from("abc");
    const [, fromView, fromMemory, fromBuffer] = encodeEvent(
      "b",
      new Uint16Array(memory, 2, 2),
      memory,
      buffer,
    );
    expect(fromView).toEqual(Uint8Array.of(2, 3, 4, 5));
    expect((fromView as Uint8Array).buffer).toBe(memory);
    expect((fromMemory as Uint8Array).buffer).toBe(memory);
    expect(fromBuffer).toBe(buffer);
  });

  it("leaves a Blob among the attachments, in its place", () => {
    const blob = new Blob(["abc"]);
    expect(encodeEvent("b", [blob, Uint8Array.of(1)])).toEqual([
      '52-["b",[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]]',
      blob,
      Uint8Array.of(1),
    ]);
  });

  it("does not change the data", () => {
    const data = ["b", { deep: [Uint8Array.of(1)], date: new Date(0) }];
    encodeEvent(...data);
    expect(data).toEqual(["b", { deep: [Uint8Array.of(1)], date: new Date(0) }]);
  });

  it("keeps a key named __proto__ and a boxed value beside binary", () => {
    const data = JSON.parse('{"__proto__":1}') as object;
    const [text] = encodeEvent("b", data, Object("x"), Uint8Array.of(1)) as [string];
    expect(text).toBe('51-["b",{"__proto__":1},"x",{"_placeholder":true,"num":0}]');
  });

  it("asks each object for its JSON form once, beside binary too", () => {
    const inner = { toJSON: () => "twice" };
    const [text] = encodeEvent("b", { toJSON: () => inner }, Uint8Array.of(1)) as [string];
    expect(text).toBe('51-["b",{},{"_placeholder":true,"num":0}]');
  });

  it("applies the replacer to every packet", () => {
    const parser = createParser({
      replacer: (_key, value) => (typeof value === "bigint" ? `${value}n` : value),
    });
    expect(parser.encode({ type: 2, nsp: "/", data: ["a", 1n] })).toBe('2["a","1n"]');
    expect(parser.encode({ type: 0, nsp: "/", data: { a: 1n } })).toBe('0{"a":"1n"}');
  });

  it("throws a TypeError for a BigInt, as JSON.stringify does", () => {
    expect(() => encodeEvent("a", 1n)).toThrow(new TypeError("Do not know how to serialize a BigInt"));
  });
});

describe("an encoder refuses", () => {
  it.each(["admin", "/a,b", "/a\u001eb", `/${"a".repeat(512)}`])("the namespace %.20j", (nsp) => {
    for (const type of [0, 1, 2, 3, 4] as const) {
      const error = refusalOf({ type, nsp, data: type === 2 || type === 3 ? ["a"] : {} } as Packet);
      expect(error.message).toMatch(/^invalid namespace: /);
      expect(error.code).toBe("TELSIZ_ENCODE_ERROR");
    }
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 53])("the id %s", (id) => {
    expect(refusalOf({ type: 3, nsp: "/", data: [], id }).message).toMatch(/^invalid packet id: /);
  });

  it("data that would read as a placeholder, only beside binary", () => {
    const forged = { _placeholder: true, num: 0 };
    expect(encodeEvent("a", forged)).toBe('2["a",{"_placeholder":true,"num":0}]');
    expect(refusalOf({ type: 2, nsp: "/", data: ["a", forged, Uint8Array.of(1)] }).message).toContain(
      "_placeholder",
    );
  });

  it("data deeper than the peer accepts, and not one level sooner", () => {
    expect(encodeEvent("a", nested(255))).toBeTypeOf("string");
    expect(refusalOf({ type: 2, nsp: "/", data: ["a", nested(256)] }).message).toContain("maxDepth");
    expect(refusalOf({ type: 0, nsp: "/", data: { a: nested(256) } }).message).toContain("maxDepth");
    expect(refusalOf({ type: 3, nsp: "/", data: [Uint8Array.of(1), nested(256)] }).message).toContain(
      "maxDepth",
    );
  });

  it("objects whose JSON form is a new object for ever", () => {
    const endless = (): object => ({ toJSON: () => ({ next: endless() }) });
    expect(refusalOf({ type: 2, nsp: "/", data: ["a", endless()] }).message).toContain("maxDepth");
  });
});

describe("hasBinary", () => {
  it.each<[string, unknown]>([
    ["a Buffer", Buffer.alloc(1)],
    ["a DataView in an object in an array", [{ a: new DataView(new ArrayBuffer(1)) }]],
    ["an empty ArrayBuffer", new ArrayBuffer(0)],
    ["a Blob", { file: new Blob([]) }],
    ["what toJSON returns", { toJSON: () => [Uint8Array.of(1)] }],
  ])("finds %s", (_what, value) => {
    expect(hasBinary(value)).toBe(true);
  });

  it.each<[string, unknown]>([
    ["primitive values", "abc"],
    ["null", null],
    ["plain data", [{ a: [1, new Date(), new Map([["a", Buffer.alloc(1)]])] }]],
    ["shared memory", new SharedArrayBuffer(1)],
    ["binary that is inherited only", Object.create({ a: Buffer.alloc(1) })],
    ["an object that calls itself a Blob", { [Symbol.toStringTag]: "Blob" }],
  ])("finds none in %s", (_what, value) => {
    expect(hasBinary(value)).toBe(false);
  });

  it("throws for data that contains itself", () => {
    const value: unknown[] = [];
    value.push({ value });
    expect(() => hasBinary(value)).toThrow(EncodeError);
  });
});
