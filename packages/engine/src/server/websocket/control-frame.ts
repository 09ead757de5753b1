/** Control frames of a server (RFC 6455 §5.5). */

const FINAL_CLOSE = 0x88;
const FINAL_PONG = 0x8a;

/** A close frame; without a code, it has no payload. */
export function closeFrame(code?: number): Buffer {
  return code === undefined ? Buffer.of(FINAL_CLOSE, 0) : Buffer.of(FINAL_CLOSE, 2, code >> 8, code & 0xff);
}

/** The answer to a ping, whose payload is 125 bytes at most. */
export function pongFrame(payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(FINAL_PONG, payload.length), payload]);
}
