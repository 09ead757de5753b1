import { deepStrictEqual } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createParser, messagePackParser } from "../src/index.ts";
import type { Message, Packet, PacketDecoder, Parser } from "../src/index.ts";
import { differences } from "./differences.ts";
import type { Outcome } from "./differences.ts";
import { fromTagged, toTagged, withoutViews } from "./tagged-value.ts";

interface Vector {
  readonly id: string;
  readonly layer: "sio" | "msgpack";
  readonly direction: "encode" | "decode";
  readonly description: string;
  readonly packet?: unknown;
  readonly wire?: readonly unknown[];
  readonly throws?: { readonly message: string };
  readonly throwsAtFrame?: number;
  readonly decoded?: unknown;
  readonly decodeThrows?: { readonly message: string };
  readonly emitted?: unknown;
  readonly decoderOptions?: { readonly maxAttachments: number };
}

const file = readFileSync(new URL("vectors.json", import.meta.url), "utf8");
const { vectors } = JSON.parse(file) as { readonly vectors: readonly Vector[] };

/** A BigInt as an object, the pair that the vector with a replacer was recorded with. */
const bigIntParser = createParser({
  replacer: (_key, value) => (typeof value === "bigint" ? { $big: String(value) } : value),
  reviver: (_key, value) =>
    typeof value === "object" && value !== null && "$big" in value ? BigInt(value.$big as string) : value,
});

function parserOf(vector: Vector): Parser {
  if (vector.layer === "msgpack") return messagePackParser;
  if (vector.description.startsWith("Encoder(replacer)")) return bigIntParser;
  return createParser(vector.decoderOptions);
}

function encode(parser: Parser, packet: unknown): Outcome {
  try {
    const encoded = parser.encode(fromTagged(packet) as Packet);
    const messages = typeof encoded === "string" || encoded instanceof Uint8Array ? [encoded] : encoded;
    return { wire: messages.map((message) => withoutViews(toTagged(message))) };
  } catch (error) {
    return { throws: (error as Error).message };
  }
}

function decode(decoder: PacketDecoder, wire: readonly unknown[]): Outcome {
  const packets: unknown[] = [];
  for (const [frame, message] of wire.entries()) {
    try {
      // A transport hands over bytes, whatever view they were sent from.
      const packet = decoder.add(fromTagged(withoutViews(message)) as Message);
      if (packet !== undefined) packets.push(tagPacket(packet));
    } catch (error) {
      return { packets, throws: (error as Error).message, atFrame: frame };
    }
  }
  return decoder.pending ? { packets, pending: true } : { packets };
}

/** Fields that a packet does not have are left out, whichever way. */
function tagPacket(packet: object): unknown {
  return Object.fromEntries(
    Object.entries(packet).flatMap(([key, value]) => (value === undefined ? [] : [[key, toTagged(value)]])),
  );
}

function recordedEncoding(vector: Vector): Outcome {
  return vector.throws === undefined
    ? { wire: vector.wire!.map(withoutViews) }
    : { throws: vector.throws.message };
}

/** What stock decoders made of the same messages. */
function recordedDecoding(vector: Vector): Outcome {
  const failure = vector.throws ?? vector.decodeThrows;
  const emitted = vector.emitted ?? vector.decoded;
  if (typeof emitted === "string" && emitted.startsWith("PENDING")) return { packets: [], pending: true };
  const list = emitted === undefined ? [] : Array.isArray(emitted) ? emitted : [emitted];
  const packets = list.map((packet: unknown) =>
    (packet as { data?: { $undef?: 1 } }).data?.$undef === 1 ? without(packet) : packet,
  );
  if (failure === undefined) return { packets };
  return { packets, throws: failure.message, atFrame: vector.throwsAtFrame ?? vector.wire!.length - 1 };
}

function without(packet: unknown): unknown {
  return Object.fromEntries(Object.entries(packet as object).filter(([key]) => key !== "data"));
}

/** Object identity of classes is not on the wire of the default format; MessagePack tells a Buffer from an ArrayBuffer. */
function comparable(vector: Vector, outcome: Outcome): unknown {
  return vector.layer === "sio" ? withoutViews(outcome) : outcome;
}

describe.each(["sio", "msgpack"] as const)("%s vectors", (layer) => {
  const own = vectors.filter((vector) => vector.layer === layer);

  it.each(own.filter((vector) => vector.direction === "encode"))("$id encodes: $description", (vector) => {
    const expected = differences[vector.id]?.encode ?? recordedEncoding(vector);
    deepStrictEqual(
      comparable(vector, encode(parserOf(vector), vector.packet)),
      comparable(vector, expected),
    );
  });

  it.each(own.filter((vector) => vector.wire !== undefined))("$id decodes: $description", (vector) => {
    const expected = differences[vector.id]?.decode ?? recordedDecoding(vector);
    const actual = decode(parserOf(vector).createDecoder(), vector.wire!);
    deepStrictEqual(comparable(vector, actual), comparable(vector, expected));
  });
});

describe("the list of differences", () => {
  it("names vectors that exist", () => {
    const ids = new Set(vectors.map((vector) => vector.id));
    expect(Object.keys(differences).filter((id) => !ids.has(id))).toEqual([]);
  });

  it("has no entry that agrees with the recording", () => {
    for (const vector of vectors) {
      const difference = differences[vector.id];
      if (difference?.encode)
        expect(comparable(vector, difference.encode)).not.toEqual(
          comparable(vector, recordedEncoding(vector)),
        );
      if (difference?.decode)
        expect(comparable(vector, difference.decode)).not.toEqual(
          comparable(vector, recordedDecoding(vector)),
        );
    }
  });
});
