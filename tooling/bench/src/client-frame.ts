/** Whole WebSocket frames of a client (RFC 6455 §5.2: final, masked), made once and sent many times. */
import { randomBytes } from "node:crypto";

const OPCODE = { text: 0x81, binary: 0x82, close: 0x88 } as const;

const MASKED = 0x80;
const MAX_SHORT_LENGTH = 125;
const MAX_16_BIT_LENGTH = 0xffff;

/** A frame of `payload`. */
export function clientFrame(kind: keyof typeof OPCODE, payload: string | Uint8Array): Buffer {
  const mask = randomBytes(4);
  const masked = Buffer.from(payload);
  for (const [index, byte] of masked.entries()) masked[index] = byte ^ mask[index % 4]!;
  return Buffer.concat([header(OPCODE[kind], masked.length), mask, masked]);
}

/** The first `count` repetitions of `frame` can be sliced from the result. */
export function repeated(frame: Buffer, count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, () => frame));
}

function header(firstByte: number, length: number): Buffer {
  if (length <= MAX_SHORT_LENGTH) return Buffer.from([firstByte, MASKED | length]);
  if (length <= MAX_16_BIT_LENGTH) return Buffer.from([firstByte, MASKED | 126, length >> 8, length & 0xff]);
  const long = Buffer.alloc(10);
  long[0] = firstByte;
  long[1] = MASKED | 127;
  long.writeBigUInt64BE(BigInt(length), 2);
  return long;
}
