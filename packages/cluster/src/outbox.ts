/** What was sent to the socket of one session alone, kept in a stream of its own: nobody else hears of it. */
import type { AdapterNamespace, Delivery } from "@telsiz/adapter";
import { decodeBroadcast, decodeHeader, encodeBroadcast } from "./item.ts";
import type { Log } from "./log.ts";
import { comparePlaces, type Place } from "./place.ts";

/** Bytes of a place, in front of what was sent. */
const PLACE_BYTES = 12;
/** Frames that are read at once, at most. */
const PAGE = 500;
const NO_ROOMS: ReadonlySet<string> = new Set();

/** Something that was sent, and its place. */
export interface Placed {
  readonly place: Place;
  readonly delivery: Delivery;
}

/** Writes what is sent to one socket. */
export function encodeDirect(nsp: AdapterNamespace, { position, step }: Place, delivery: Delivery): Buffer {
  const item = encodeBroadcast("", { rooms: NO_ROOMS, flags: delivery.flags }, nsp._messagesOf(delivery));
  const place = Buffer.allocUnsafe(PLACE_BYTES);
  place.writeUIntBE(position, 0, 6);
  place.writeUIntBE(step, 6, 6);
  return Buffer.concat([place, item]);
}

/**
 * What was sent to one socket behind a place, in order; `undefined` if some of it may be forgotten.
 * @throws what the log throws; ClusterFrameError, ParseError
 */
export async function directAfter(
  log: Log,
  stream: string,
  nsp: AdapterNamespace,
  after: Place,
): Promise<Placed[] | undefined> {
  const found: Placed[] = [];
  for (let last = 0; ;) {
    const { first, frames, head } = await log.read(stream, last, PAGE);
    const entries = frames.map((frame) => decodeDirect(nsp, frame));
    // Who has got the first that is kept has got those before.
    if (first > last + 1 && entries[0] !== undefined && comparePlaces(entries[0].place, after) > 0)
      return undefined;
    for (const entry of entries) if (comparePlaces(entry.place, after) > 0) found.push(entry);
    last = first - 1 + frames.length;
    if (last >= head || frames.length === 0) return found;
  }
}

function decodeDirect(nsp: AdapterNamespace, frame: Uint8Array): Placed {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  const place = { position: bytes.readUIntBE(0, 6), step: bytes.readUIntBE(6, 6) };
  const item = bytes.subarray(PLACE_BYTES);
  const { flags, messages } = decodeBroadcast(item, decodeHeader(item));
  return { place, delivery: nsp._restore(messages, flags) };
}
