import { describe, expect, it } from "vitest";
import { type PacketReceiver, receivePacket, toText } from "../../src/shared/codec.ts";
import { EngineParseError } from "../../src/shared/errors.ts";
import {
  controlPacket,
  type ControlType,
  type Message,
  messagePacket,
  type WirePacket,
} from "../../src/shared/packet.ts";
import { encodePayload, PayloadReader } from "../../src/shared/payload.ts";
import { nodeBase64 } from "../../src/server/node-platform.ts";
import { frameVectors, type PacketRecord, recordedIds, revive, type Vector, vectors } from "./vectors.ts";

/** Vectors that our API cannot be given: it takes text and bytes only, and never an empty list. */
const OUT_OF_SCOPE = new Map([
  ["eio-013", "a message is text or bytes, never a number"],
  ["eio-035", "a message is text or bytes, never a number"],
  ["eio-036", "a message is text or bytes, never a number"],
  ["eio-052", "an empty list is never sent"],
  ["eio-087", "transports receive text and bytes only"],
  ["eio-088", "transports receive text and bytes only"],
  ["eio-089", "transports receive text and bytes only"],
  ["eio-090", "transports receive text and bytes only"],
]);

/** Vectors of what the engine does not speak yet, by topic. */
const later: Record<string, readonly string[]> = {
  "protocol revision 3": [
    "eio3-001",
    "eio3-002",
    "eio3-003",
    "eio3-004",
    "eio3-006",
    "eio3-007",
    "eio3-009",
    "eio3-010",
    "eio3-011",
    "eio3-012",
    "eio3-014",
    "eio3-015",
    "eio3-016",
    "eio3-017",
    "eio3-018",
    "eio3-019",
    "eio3-020",
  ],
};

class Collector implements PacketReceiver {
  readonly packets: PacketRecord[] = [];
  onMessage(data: Message): void {
    this.packets.push(record("message", data));
  }
  onControl(type: ControlType, data: string): void {
    this.packets.push(record(type, data));
  }
}

/** As the recordings have it: no `data` where there is none. */
function record(type: string, data: unknown): PacketRecord {
  if (data instanceof Uint8Array) return { type, data: { $bin: Buffer.from(data).toString("hex") } };
  return data === "" ? { type } : { type, data };
}

function decode(wires: Iterable<WirePacket>): PacketRecord[] {
  const collector = new Collector();
  try {
    for (const wire of wires) receivePacket(wire, collector, nodeBase64);
  } catch (error) {
    expect(error).toBeInstanceOf(EngineParseError);
    collector.packets.push({ type: "error", data: (error as Error).message });
  }
  return collector.packets;
}

function* packetsOf(body: string): Iterable<string> {
  const reader = new PayloadReader(body);
  for (let next = reader.next(); next !== undefined; next = reader.next()) yield next;
}

function wireForm({ type, data }: PacketRecord): WirePacket {
  const value = revive(data);
  if (type === "message") return messagePacket((value ?? "") as Message);
  return controlPacket(type as ControlType, (value ?? "") as string);
}

function bytesAsHex(wire: unknown): unknown {
  return wire instanceof Uint8Array ? Buffer.from(wire).toString("hex") : wire;
}

function check(vector: Vector): void {
  switch (vector.api) {
    case "encodePacket": {
      const wire = wireForm(vector.packet!);
      const sent = vector.supportsBinary === false ? toText(wire, nodeBase64) : wire;
      return expect(bytesAsHex(sent)).toEqual(bytesAsHex(revive(vector.wire)));
    }
    case "encodePayload":
      return expect(encodePayload(vector.packets!.map(wireForm), nodeBase64)).toBe(vector.wire);
    case "decodePacket":
      return expect(decode([revive(vector.wire) as WirePacket])).toEqual([vector.result]);
    default:
      return expect(decode(packetsOf(vector.wire as string))).toEqual(vector.result);
  }
}

describe("the recorded packets and payloads", () => {
  const replayed = vectors.filter(({ id }) => !OUT_OF_SCOPE.has(id));
  for (const vector of replayed) {
    it(`${vector.id} ${vector.api}: ${vector.description}`, () => check(vector));
  }

  it("are all replayed but those that the types rule out and those of later topics", () => {
    const accounted = [
      ...replayed.map(({ id }) => id),
      ...frameVectors.map(({ id }) => id), // by frame-stream.test.ts
      ...OUT_OF_SCOPE.keys(),
      ...Object.values(later).flat(),
    ];
    expect(accounted.sort()).toEqual([...recordedIds].sort());
  });
});

describe("a payload reader", () => {
  it("gives an empty packet at the end of a body that ends with a separator", () => {
    expect([...packetsOf("4a\u001e")]).toEqual(["4a", ""]);
  });

  it("gives one empty packet for an empty body", () => {
    expect([...packetsOf("")]).toEqual([""]);
  });

  it("gives a single packet whole", () => {
    expect([...packetsOf("4a")]).toEqual(["4a"]);
  });
});
