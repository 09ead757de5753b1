import * as stock from "socket.io-parser";
import { describe, expect, it } from "vitest";
import { asParser, defaultParser, messagePackParser, ParserOptionError } from "../src/index.ts";
import type { EmitterParser, Parser } from "../src/index.ts";

describe("the parser option", () => {
  it("means the default parser when it is not given", () => {
    expect(asParser(undefined)).toBe(defaultParser);
  });

  it("may be a parser of this package", () => {
    expect(asParser(messagePackParser)).toBe(messagePackParser);
  });

  it("may be a custom parser of Socket.IO", () => {
    const parser = asParser(stock as unknown as EmitterParser);
    expect(parser.encode({ type: 2, nsp: "/", data: ["a"] })).toBe('2["a"]');
  });

  it.each([null, 5, "msgpack", {}, { encode: () => "" }, { Encoder: Map }])("refuses %o", (option) => {
    expect(() => asParser(option as unknown as Parser)).toThrow(ParserOptionError);
  });
});
