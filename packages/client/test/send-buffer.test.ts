import { type EventPacket, PacketType } from "@telsiz/parser";
import { describe, expect, it } from "vitest";
import { SendBuffer } from "../src/send-buffer.ts";

function event(name: string, id?: number): EventPacket {
  return { type: PacketType.EVENT, nsp: "/", data: [name], id };
}

function names(events: readonly EventPacket[]): unknown[] {
  return events.map(({ data }) => data[0]);
}

describe("SendBuffer", () => {
  it("keeps events with their flags, in order", () => {
    const buffer = new SendBuffer();
    const packets = [event("a"), event("b")] as const;
    buffer.push(packets[0], { compress: false });
    buffer.push(packets[1], {});
    expect(buffer.events).toEqual([
      { ...packets[0], options: { compress: false } },
      { ...packets[1], options: {} },
    ]);
  });

  it("gives all events away once", () => {
    const buffer = new SendBuffer();
    buffer.push(event("a"), {});
    const taken = buffer.takeAll();
    buffer.push(event("b"), {});
    expect(names(taken)).toEqual(["a"]);
    expect(names(buffer.takeAll())).toEqual(["b"]);
    expect(buffer.takeAll()).toEqual([]);
  });

  it("knows the acknowledgements that wait with their events, id 0 included", () => {
    const buffer = new SendBuffer();
    buffer.push(event("a", 0), {});
    buffer.push(event("b"), {});
    buffer.push(event("c", 7), {});
    expect(buffer.ackIds).toEqual(new Set([0, 7]));
    buffer.takeAll();
    expect(buffer.ackIds).toEqual(new Set());
  });

  it("withdraws the event of an acknowledgement, and no other", () => {
    const buffer = new SendBuffer();
    buffer.push(event("a", 0), {});
    buffer.push(event("b"), {});
    buffer.push(event("c", 7), {});
    buffer.withdraw(7);
    buffer.withdraw(8);
    expect(names(buffer.events)).toEqual(["a", "b"]);
  });
});
