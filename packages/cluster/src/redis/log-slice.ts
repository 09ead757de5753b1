/** Parts of a stream on their way through a channel of Redis. The scripts of `redis-log.ts` write them. */
import type { LogSlice } from "../log.ts";

/** With what a message begins that is a part of a stream: a frame of the cluster begins otherwise. */
export const SLICE_MARK = 0x4c;

/** A part, and of which stream it is. */
export interface PushedSlice {
  readonly stream: string;
  readonly slice: LogSlice;
}

/**
 * Reads one: the mark, then the stream, the epoch, the first position, the head and each frame, all behind their lengths in
 * four bytes.
 * @throws RangeError if it is cut off
 */
export function decodeSlice(message: Uint8Array): PushedSlice {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.length);
  const fields: Buffer[] = [];
  for (let at = 1; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) throw new RangeError("A part of a stream is cut off.");
    fields.push(bytes.subarray(at + 4, end));
    at = end;
  }
  const [stream, epoch, first, head, ...frames] = fields;
  return {
    stream: String(stream),
    slice: { epoch: String(epoch), first: Number(first), frames, head: Number(head) },
  };
}
