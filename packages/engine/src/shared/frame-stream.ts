/**
 * Packets as one stream of bytes, as WebTransport carries them (protocol.md A.10): a header of one, three or nine bytes with the
 * length and whether the packet is binary, and the packet behind it.
 */
import { EngineParseError } from "./errors.ts";
import type { WirePacket } from "./packet.ts";

const BINARY = 0x80;
/** In place of a length: two bytes of it follow. */
const LENGTH_16 = 126;
/** In place of a length: eight bytes of it follow. */
const LENGTH_64 = 127;
/** The header has not come. */
const UNKNOWN = -1;

const utf8 = new TextEncoder();
const text = new TextDecoder("utf-8", { ignoreBOM: true });
const NOTHING = new Uint8Array();

/** The bytes of `packets`, one behind the other. */
export function encodeFrames(packets: readonly WirePacket[]): Uint8Array<ArrayBuffer> {
  const parts = packets.flatMap((wire) => {
    const bytes = typeof wire === "string" ? utf8.encode(wire) : wire;
    return [header(bytes.length, typeof wire !== "string"), bytes];
  });
  const frames = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let end = 0;
  for (const part of parts) {
    frames.set(part, end);
    end += part.length;
  }
  return frames;
}

function header(length: number, isBinary: boolean): Uint8Array {
  const mark = isBinary ? BINARY : 0;
  if (length < LENGTH_16) return Uint8Array.of(mark | length);
  if (length <= 0xff_ff) return Uint8Array.of(mark | LENGTH_16, length >> 8, length);
  const view = new DataView(new ArrayBuffer(9));
  view.setUint8(0, mark | LENGTH_64);
  view.setBigUint64(1, BigInt(length));
  return new Uint8Array(view.buffer);
}

/**
 * Takes the stream apart again, wherever it was cut. It holds less than one packet and the last chunk, twice over at most, and
 * refuses a packet by its header.
 */
export class FrameStream {
  readonly #maxBytes: number;
  /** What came and was not taken stands in it from `#start` to `#end`. */
  #buffer: Uint8Array = NOTHING;
  #start = 0;
  #end = 0;
  /** Of the packet whose header has come. */
  #length = UNKNOWN;
  #isBinary = false;

  /** @param maxBytes the largest packet */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes in what came. The bytes are the stream's to keep. */
  push(chunk: Uint8Array): void {
    const waiting = this.#end - this.#start;
    if (waiting === 0) {
      this.#buffer = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      return;
    }
    if (this.#end + chunk.length > this.#buffer.length) {
      // Another one: packets that were handed out may be parts of this one. Doubled, so that many small chunks cost little.
      const larger = new Uint8Array(2 * (waiting + chunk.length));
      larger.set(this.#buffer.subarray(this.#start, this.#end));
      this.#buffer = larger;
      this.#start = 0;
      this.#end = waiting;
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /**
   * The next packet; `undefined` as long as it is not whole.
   * @throws EngineParseError if it is empty or too large
   */
  next(): WirePacket | undefined {
    if (this.#length === UNKNOWN) this.#readHeader();
    if (this.#length === UNKNOWN || this.#end - this.#start < this.#length) return undefined;
    const bytes = this.#take(this.#length);
    this.#length = UNKNOWN;
    return this.#isBinary ? bytes : text.decode(bytes);
  }

  #readHeader(): void {
    if (this.#start === this.#end) return;
    const first = this.#buffer[this.#start]!;
    const short = first & ~BINARY;
    const size = short === LENGTH_64 ? 9 : short === LENGTH_16 ? 3 : 1;
    if (this.#end - this.#start < size) return;
    const length = size === 1 ? short : numberIn(this.#take(size).subarray(1));
    if (size === 1) this.#start++;
    if (length === 0 || length > this.#maxBytes || !Number.isSafeInteger(length)) {
      throw new EngineParseError("parser error");
    }
    this.#isBinary = first >= BINARY;
    this.#length = length;
  }

  #take(count: number): Uint8Array {
    return this.#buffer.subarray(this.#start, (this.#start += count));
  }
}

/** The number that the bytes spell, the highest first; not exact above 2^53. */
function numberIn(bytes: Uint8Array): number {
  return bytes.reduce((number, byte) => number * 256 + byte, 0);
}
