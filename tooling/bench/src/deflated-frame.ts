/** Frames whose payload is compressed (RFC 7692 §7.2). */
import { constants, inflateRawSync } from "node:zlib";
import { headerLengthOf } from "./frame-counter.ts";

const COMPRESSED = 0x40;
/** What a sender leaves out at the end of each message. */
const TAIL = Buffer.of(0x00, 0x00, 0xff, 0xff);

/** The payload of a server's frame, as it was before. @throws Error if it is not compressed */
export function inflateFrame(frame: Buffer): Buffer {
  if ((frame[0]! & COMPRESSED) === 0) throw new Error("The server did not compress its answer.");
  const payload = frame.subarray(headerLengthOf(frame[1]!));
  return inflateRawSync(Buffer.concat([payload, TAIL]), { finishFlush: constants.Z_SYNC_FLUSH });
}
