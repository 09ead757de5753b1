/**
 * Whole WebSocket frames of a server (RFC 6455 §5.2: final, unmasked), as byte strings: one character a byte.
 * A turn's frames are concatenated and written as `latin1`, which is cheaper than a Buffer for each.
 */
import { asBuffer } from "../node-platform.ts";

/** First bytes of a frame: FIN and the opcode. */
const OPCODE = { text: 0x81, binary: 0x82 } as const;

/** What a frame carries. */
export type FrameKind = keyof typeof OPCODE;

const MAX_SHORT_LENGTH = 125;
const MAX_16_BIT_LENGTH = 0xffff;

/** Headers of short frames, by length. */
const SHORT_HEADERS: Record<FrameKind, readonly string[]> = {
  text: shortHeaders(OPCODE.text),
  binary: shortHeaders(OPCODE.binary),
};

/** The frame of a text message. */
export function textFrame(text: string): string {
  // In UTF-8 only ASCII takes one byte a character: then the text is its own byte string.
  const bytes = Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString("latin1");
  return frameHeader("text", bytes.length) + bytes;
}

/** The frame of a binary message. */
export function binaryFrame(bytes: Uint8Array): string {
  return frameHeader("binary", bytes.length) + asBuffer(bytes).toString("latin1");
}

/** What stands before `length` bytes of payload. */
export function frameHeader(kind: FrameKind, length: number): string {
  if (length <= MAX_SHORT_LENGTH) return SHORT_HEADERS[kind][length]!;
  if (length <= MAX_16_BIT_LENGTH) return String.fromCharCode(OPCODE[kind], 126, length >> 8, length & 0xff);
  const header = Buffer.allocUnsafe(10);
  header[0] = OPCODE[kind];
  header[1] = 127;
  header.writeUInt32BE(Math.floor(length / 2 ** 32), 2);
  header.writeUInt32BE(length % 2 ** 32, 6);
  return header.toString("latin1");
}

function shortHeaders(firstByte: number): readonly string[] {
  return Array.from({ length: MAX_SHORT_LENGTH + 1 }, (_, length) => String.fromCharCode(firstByte, length));
}
