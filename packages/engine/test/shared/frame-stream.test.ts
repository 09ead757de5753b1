import { describe, expect, it } from "vitest";
import { nodeBase64 } from "../../src/server/node-platform.ts";
import { type PacketReceiver, receivePacket } from "../../src/shared/codec.ts";
import { EngineParseError } from "../../src/shared/errors.ts";
import { encodeFrames, FrameStream } from "../../src/shared/frame-stream.ts";
import {
  controlPacket,
  type ControlType,
  type Message,
  messagePacket,
  type WirePacket,
} from "../../src/shared/packet.ts";
import { type FrameVector, frameVectors, type PacketRecord, revive } from "./vectors.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));

/** What comes of chunks; the error, if there is one, is the last. */
function readAll(chunks: readonly Uint8Array[], maxBytes = 1_000_000): (WirePacket | EngineParseError)[] {
  const stream = new FrameStream(maxBytes);
  const read: (WirePacket | EngineParseError)[] = [];
  try {
    for (const chunk of chunks) {
      stream.push(chunk);
      for (let wire = stream.next(); wire !== undefined; wire = stream.next()) read.push(wire);
    }
  } catch (error) {
    if (!(error instanceof EngineParseError)) throw error;
    read.push(error);
  }
  return read;
}

function packetsOf({ wireChunks, maxPayload }: FrameVector): PacketRecord[] {
  const packets: PacketRecord[] = [];
  const receiver: PacketReceiver = {
    onMessage: (data) => packets.push({ type: "message", data }),
    onControl: (type, data) => packets.push(data === "" ? { type } : { type, data }),
  };
  for (const wire of readAll(wireChunks!.map(bytesOf), maxPayload)) {
    try {
      if (wire instanceof EngineParseError) throw wire;
      receivePacket(wire, receiver, nodeBase64);
    } catch (error) {
      packets.push({ type: "error", data: (error as Error).message });
    }
  }
  return packets;
}

function wireForm({ type, data }: PacketRecord): WirePacket {
  const value = revive(data);
  if (type === "message") return messagePacket(value as Message);
  return controlPacket(type as ControlType, value as string | undefined);
}

describe("the recorded frames of WebTransport", () => {
  it.each(frameVectors.map((vector) => [vector.id, vector.description, vector] as const))(
    "%s: %s",
    (_id, _description, vector) => {
      if (vector.packets === undefined) return expect(packetsOf(vector)).toEqual(vector.result);
      const { $bin, totalBytes } = vector.wire!;
      const frames = encodeFrames(vector.packets.map(wireForm));
      expect(hex(frames.subarray(0, $bin.length / 2))).toBe($bin);
      expect(frames.length).toBe(totalBytes ?? $bin.length / 2);
    },
  );
});

describe("a stream of frames", () => {
  const packets = ["0", "4ä€😀", Uint8Array.of(0, 255), "4".repeat(126), new Uint8Array(300).fill(7), "6"];
  const frames = encodeFrames(packets);

  it("gives the packets that were written, wherever it is cut in two", () => {
    for (let cut = 0; cut <= frames.length; cut++) {
      expect(readAll([frames.slice(0, cut), frames.slice(cut)])).toEqual(packets);
    }
  });

  it("gives them byte for byte, too", () => {
    expect(readAll(Array.from(frames, (byte) => Uint8Array.of(byte)))).toEqual(packets);
  });

  it("gives what was handed out before unharmed when more comes", () => {
    const binary = Array.from({ length: 20 }, (_, n) => new Uint8Array(n + 1).fill(n));
    const bytes = encodeFrames(binary);
    const chunks = Array.from({ length: Math.ceil(bytes.length / 3) }, (_, n) =>
      bytes.slice(3 * n, 3 * n + 3),
    );
    expect(readAll(chunks)).toEqual(binary);
  });

  it.each([
    ["an empty text", "00"],
    ["empty bytes", "80"],
    ["one byte too many", "7e03e9"],
    ["one byte too many in the long form", "ff00000000000003e9"],
    ["2^53 bytes", "7f0020000000000000"],
    ["2^64 - 1 bytes", "ffffffffffffffffff"],
  ])("refuses %s by the header alone, cut anywhere", (_what, header) => {
    const bytes = bytesOf(header);
    for (let cut = 0; cut < bytes.length; cut++) {
      const chunks = [bytes.slice(0, cut), bytes.slice(cut)];
      expect(readAll(chunks, 1000)).toEqual([expect.any(EngineParseError)]);
    }
  });

  it("takes the largest packet that it may, and those in a longer form than they need", () => {
    const largest = "4".repeat(1000);
    expect(readAll([encodeFrames([largest])], 1000)).toEqual([largest]);
    expect(readAll([bytesOf("7f000000000000000234617e000136")])).toEqual(["4a", "6"]);
  });
});
