import { describe, expect, it } from "vitest";
import { defaultParser, isEventMessage, type Packet, PacketType, readEventHeader } from "../src/index.ts";

describe("the header of an event", () => {
  it.each<[string, object]>([
    ['2["a"]', { nsp: "/", id: undefined, attachments: 0, event: "a" }],
    ['2/admin,17["a",{}]', { nsp: "/admin", id: 17, attachments: 0, event: "a" }],
    ['53-/admin,0["a"]', { nsp: "/admin", id: 0, attachments: 3, event: "a" }],
    ['2["\\u0061\\"b"]', { event: 'a"b' }],
    ["2[7,1]", { event: "7" }],
    ['2 [ "a" ]', { event: "a" }],
    [`2${"0".repeat(40)}1["a"]`, { id: 1, event: "a" }],
    ["2", { nsp: "/", event: undefined }],
    ['2["a', { event: undefined }],
    ['5x-["a"]', { nsp: "/", event: undefined }],
  ])("of %s is told", (text, header) => {
    expect(readEventHeader(text)).toMatchObject(header);
  });

  it("says what the decoder reads, in whatever form it is written", () => {
    for (const text of ['2["a"]', '2/x,["a"]', '2 \t["a"]', '200["a"]', '2[ "\\u0061"]', '2/x,5\n["a"]']) {
      const packet = defaultParser.createDecoder().add(text) as Packet & { id?: number };
      const header = readEventHeader(text);
      expect([header.nsp, header.id, header.event]).toEqual([packet.nsp, packet.id, "a"]);
    }
  });

  it("takes no longer for hostile texts than for others of their length", () => {
    expect(readEventHeader(`2["${"\\".repeat(500_000)}`).event).toBeUndefined();
    expect(readEventHeader(`2/${"/".repeat(500_000)}`).nsp).toBe("/");
  });
});

describe("event messages", () => {
  it("are texts of the two event types", () => {
    const types = [0, 1, 2, 3, 4, 5, 6].filter((type) => isEventMessage(String(type)));
    expect(types).toEqual([PacketType.EVENT, PacketType.BINARY_EVENT]);
    expect(isEventMessage(Buffer.from("2"))).toBe(false);
  });
});
