/** Counts the frames in what a server sends (RFC 6455 §5.2: unmasked), reading their headers only. */

const MAX_SHORT_LENGTH = 125;
const LONGEST_HEADER = 10;
const OPCODE_BITS = 0x0f;
const FIRST_CONTROL_OPCODE = 0x08;

/** One stream of frames. */
export class FrameCounter {
  /** Control frames since the beginning. */
  controls = 0;
  /** Text frames of one character since the beginning: the pings of Engine.IO. */
  pings = 0;
  /** Payload bytes that are still to come of the frame before. */
  #skip = 0;
  /** The beginning of a header that was cut off. */
  #rest: Buffer | undefined;

  /** Reads the bytes from `start` to `end`. @returns how many messages began in them, pings and controls left out */
  add(bytes: Buffer, start: number, end: number): number {
    if (this.#rest === undefined) return this.#count(bytes, start, end);
    const joined = Buffer.concat([this.#rest, bytes.subarray(start, end)]);
    this.#rest = undefined;
    return this.#count(joined, 0, joined.length);
  }

  #count(bytes: Buffer, start: number, end: number): number {
    let messages = 0;
    let at = start + this.#skip;
    while (at < end) {
      const headerLength = at + 2 > end ? LONGEST_HEADER : headerLengthOf(bytes[at + 1]!);
      if (at + headerLength > end) {
        // Copied: the caller reads the next chunk into the same memory.
        this.#rest = Buffer.from(bytes.subarray(at, end));
        this.#skip = 0;
        return messages;
      }
      const length = payloadLengthOf(bytes, at);
      if ((bytes[at]! & OPCODE_BITS) >= FIRST_CONTROL_OPCODE) this.controls++;
      else if (length === 1) this.pings++;
      else messages++;
      at += headerLength + length;
    }
    this.#skip = at - end;
    return messages;
  }
}

/** How long the header of an unmasked frame is, by its second byte. */
export function headerLengthOf(secondByte: number): number {
  if (secondByte <= MAX_SHORT_LENGTH) return 2;
  return secondByte === 126 ? 4 : LONGEST_HEADER;
}

function payloadLengthOf(bytes: Buffer, at: number): number {
  const short = bytes[at + 1]!;
  if (short <= MAX_SHORT_LENGTH) return short;
  return short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
}
