/** Frames of a client, byte by byte (RFC 6455 §5.2), lawful or not. */

/** How a frame departs from a lawful, final, masked one with the shortest length form. */
export interface FrameForm {
  /** @default true */
  readonly fin?: boolean;
  /** RSV1 to RSV3, as a number from 0 to 7. @default 0 */
  readonly rsv?: number;
  /** Four bytes; `null` leaves the frame unmasked. @default 37 fa 21 3d, as in the RFC's examples */
  readonly mask?: readonly number[] | null;
  /** Bytes of the length field beyond the first. @default as few as possible */
  readonly extension?: 0 | 2 | 8;
  /** The length that the header claims. @default that of the payload */
  readonly claim?: number | bigint;
}

export const TEXT = 1;
export const BINARY = 2;
export const CONTINUATION = 0;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

const RFC_MASK = [0x37, 0xfa, 0x21, 0x3d];

/** One frame. */
export function frame(opcode: number, payload: string | Uint8Array = "", form: FrameForm = {}): Buffer {
  const bytes = Buffer.from(payload);
  const mask = form.mask === undefined ? RFC_MASK : form.mask;
  if (mask !== null) for (const [index, byte] of bytes.entries()) bytes[index] = byte ^ mask[index % 4]!;
  const claim = BigInt(form.claim ?? bytes.length);
  const first = (form.fin === false ? 0 : 0x80) | ((form.rsv ?? 0) << 4) | opcode;
  return Buffer.concat([
    Buffer.of(first),
    lengthField(claim, form.extension ?? (claim < 126n ? 0 : claim < 65_536n ? 2 : 8), mask !== null),
    Buffer.from(mask ?? []),
    bytes,
  ]);
}

function lengthField(claim: bigint, extension: 0 | 2 | 8, masked: boolean): Buffer {
  const mark = masked ? 0x80 : 0;
  if (extension === 0) return Buffer.of(mark | Number(claim));
  const field = Buffer.alloc(1 + extension);
  field[0] = mark | (extension === 2 ? 126 : 127);
  if (extension === 2) field.writeUInt16BE(Number(claim), 1);
  else field.writeBigUInt64BE(claim, 1);
  return field;
}

/** The payload of a close frame. */
export function closePayload(code: number, reason: string | Uint8Array = ""): Buffer {
  return Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from(reason)]);
}
