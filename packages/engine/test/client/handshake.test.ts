import { describe, expect, it } from "vitest";
import { parseHandshake } from "../../src/client/handshake.ts";
import { EngineParseError } from "../../src/shared/errors.ts";

const valid = { sid: "s1", upgrades: ["websocket"], pingInterval: 2000, pingTimeout: 50, maxPayload: 1000 };
const read = (changes: object) => parseHandshake(JSON.stringify({ ...valid, ...changes }));

describe("parseHandshake", () => {
  it("reads a server's open packet", () => {
    expect(read({})).toEqual(valid);
  });

  it("does without maxPayload, and with one that makes no sense", () => {
    expect(read({ maxPayload: undefined }).maxPayload).toBeUndefined();
    expect(read({ maxPayload: "10" }).maxPayload).toBeUndefined();
    expect(read({ maxPayload: -1 }).maxPayload).toBeUndefined();
  });

  it.each(["", '{"sid"', "null", "5", '"text"', "[]", "{}"])("refuses %j", (data) => {
    expect(() => parseHandshake(data)).toThrow(EngineParseError);
  });

  it.each([
    { sid: undefined },
    { sid: "" },
    { sid: 5 },
    { upgrades: undefined },
    { upgrades: "websocket" },
    { pingInterval: undefined },
    { pingInterval: "25000" },
    { pingTimeout: null },
  ])("refuses an open packet with %j", (changes) => {
    expect(() => read(changes)).toThrow(EngineParseError);
  });

  it("passes over upgrades that are no names", () => {
    expect(read({ upgrades: [1, "websocket", null] }).upgrades).toEqual(["websocket"]);
  });

  it("replaces times beyond all reason", () => {
    expect(read({ pingInterval: 0, pingTimeout: -5 })).toMatchObject({
      pingInterval: 1000,
      pingTimeout: 1000,
    });
    expect(read({ pingInterval: 999 }).pingInterval).toBe(1000);
    expect(read({ pingInterval: 3_600_001, pingTimeout: 1e300 })).toMatchObject({
      pingInterval: 3_600_000,
      pingTimeout: 3_600_000,
    });
    const endless = JSON.stringify(valid).replace("2000,", "1e999,");
    expect(parseHandshake(endless).pingInterval).toBe(3_600_000);
  });
});
