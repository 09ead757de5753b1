import { PassThrough, Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import * as ws from "ws";
import { messagePacket, type OutgoingPacket, PreparedPacket } from "../../src/shared/packet.ts";
import { writeFrames } from "../../src/server/transports/frame-writer.ts";
import { binaryFrame, frameHeader, textFrame } from "../../src/server/transports/frame.ts";

const LENGTHS = [0, 1, 125, 126, 127, 8192, 8193, 65_535, 65_536, 100_000];
const TEXTS = { ASCII: "a", "two-byte": "ğ", "three-byte": "€", "four-byte": "😀", "latin-1": "é" };

/** The receiving half of `ws`, which its types leave out. */
const { Receiver } = ws as unknown as { Receiver: new (options: object) => Writable };

/** What an independent parser reads from the bytes. */
async function readBack(bytes: Buffer, count: number): Promise<unknown[]> {
  const receiver = new Receiver({ isServer: false });
  const frames: OutgoingPacket[] = [];
  await new Promise<void>((resolve, reject) => {
    receiver.on("error", reject);
    receiver.on("message", (data: Buffer, isBinary: boolean) => {
      frames.push(isBinary ? data : data.toString());
      if (frames.length === count) resolve();
    });
    receiver.write(bytes);
  });
  return plain(frames);
}

function written(packets: readonly OutgoingPacket[], textOnly = false): Buffer {
  const chunks: Buffer[] = [];
  const socket = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk);
      done();
    },
  });
  writeFrames(socket, packets, textOnly);
  return Buffer.concat(chunks);
}

/** Bytes as hex, which compares much faster. */
function plain(frames: readonly OutgoingPacket[]): unknown[] {
  return frames.map((frame) => (frame instanceof Uint8Array ? Buffer.from(frame).toString("hex") : frame));
}

describe("a frame", () => {
  for (const length of LENGTHS) {
    it(`of ${length} text characters is read back by an independent parser`, async () => {
      const text = "x".repeat(length);
      expect(await readBack(Buffer.from(textFrame(text), "latin1"), 1)).toEqual([text]);
    });

    it(`of ${length} bytes is read back by an independent parser`, async () => {
      const bytes = Buffer.from(Array.from({ length }, (_, index) => index & 0xff));
      expect(await readBack(Buffer.from(binaryFrame(bytes), "latin1"), 1)).toEqual(plain([bytes]));
    });
  }

  for (const [kind, character] of Object.entries(TEXTS)) {
    it(`carries ${kind} text`, async () => {
      const text = `4${character.repeat(100)}`;
      expect(await readBack(Buffer.from(textFrame(text), "latin1"), 1)).toEqual([text]);
    });
  }

  it("writes a length above 32 bits in 64", () => {
    const header = Buffer.from(frameHeader("binary", 2 ** 32 + 5), "latin1");
    expect(header.toString("hex")).toBe("827f0000000100000005");
  });

  it("takes only the bytes of a view", () => {
    const view = new Uint8Array(Buffer.from("abcdef")).subarray(2, 4);
    expect(Buffer.from(binaryFrame(view), "latin1").toString("hex")).toBe("82026364");
  });
});

describe("the frame writer", () => {
  it("writes packets of all kinds in order", async () => {
    const large = Buffer.alloc(20_000, 1);
    const packets = ["4a", Buffer.from([1, 2]), "4€", large, "4b", large, large, "4c"];
    expect(await readBack(written(packets), packets.length)).toEqual(plain(packets));
  });

  it("hands small packets over in one write", () => {
    const socket = new PassThrough();
    let writes = 0;
    const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
    socket.write = (...args: unknown[]) => {
      writes++;
      return write(...args);
    };
    writeFrames(socket, ["4a", "4b", Buffer.from([1]), "4c"], false);
    expect(writes).toBe(1);
  });

  it("sends bytes as base64 to peers that take text only", async () => {
    expect(await readBack(written([Buffer.from([1, 2, 3]), "4a"], true), 2)).toEqual(["bAQID", "4a"]);
  });

  it("makes the frame of a prepared packet once", async () => {
    const packet = new PreparedPacket(messagePacket("hello"));
    const first = written([packet]);
    const { frame } = packet;
    expect(frame).toBeDefined();
    expect(written([packet])).toEqual(first);
    expect(packet.frame).toBe(frame);
  });

  it("keeps a prepared binary packet's frame apart from its base64 form", async () => {
    const packet = new PreparedPacket(Buffer.from([1, 2, 3]));
    expect(await readBack(written([packet], true), 1)).toEqual(["bAQID"]);
    expect(await readBack(written([packet]), 1)).toEqual(["010203"]);
  });
});
