/** Frames: what goes through a broker in one piece (docs/cluster.md, "Frames"). A codec without state. */
import { ClusterFrameError } from "./errors.ts";
import { NODE_ID_BYTES, type NodeId } from "./node-id.ts";

/** What a frame is for. */
export const FrameKind = {
  /** Items of a channel, numbered. */
  DATA: 1,
  /** A node lives; heads of channels that it published to since its last heartbeat. */
  HEARTBEAT: 2,
  /** A node closes; heads, as in a heartbeat. */
  LEAVE: 3,
  /** Asks for the heads of channels that are named. */
  ASK: 4,
  /** Answers {@link FrameKind.ASK}. */
  HEADS: 5,
  /** Asks for the heads of channels that were published to since a heartbeat that did not come. */
  SYNC: 6,
  /** Answers {@link FrameKind.SYNC}. */
  SYNCED: 7,
  /** Asks for items again. */
  NAK: 8,
  /** Answers {@link FrameKind.NAK} where they are not kept any more. */
  GONE: 9,
} as const;
/** One of the numbers of {@link FrameKind}. */
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

/** A frame that was read. */
export interface Frame {
  /** What it is for. */
  readonly kind: FrameKind;
  /** Who sends it. */
  readonly node: NodeId;
  /** The channel that it is about; empty where it is about none. */
  readonly channel: string;
  /** The number of its first item, or what its kind has in this place. */
  readonly first: number;
  /** How many items it has. */
  readonly count: number;
  /** The items, each behind its length. Lengths are checked. */
  readonly body: Buffer;
}

/** "T", and the version of the format. */
const MAGIC = 0x54;
const VERSION = 1;
/** Magic, version, kind, a byte for later, node, length of the channel's name. */
const PREFIX_BYTES = 4 + NODE_ID_BYTES + 2;
/** First number and count, behind the channel's name. */
const COUNTS_BYTES = 6 + 4;
const LENGTH_BYTES = 4;

/** Numbers have 48 bits on the wire: at a million items a second they last for nine years. */
const NUMBER_BYTES = 6;

/** The longest name of a channel, in bytes: brokers have limits, too. */
export const MAX_CHANNEL_BYTES = 1_024;

/** The bytes that a frame takes beside its items and the name of its channel. */
export const FRAME_OVERHEAD: number = PREFIX_BYTES + COUNTS_BYTES;
/** The bytes that an item takes beside its own. */
export const ITEM_OVERHEAD: number = LENGTH_BYTES;

const NO_ITEMS: readonly Uint8Array[] = [];

/** Writes a frame. */
export function encodeFrame(
  kind: FrameKind,
  node: NodeId,
  channel: string,
  first: number,
  items: readonly Uint8Array[] = NO_ITEMS,
): Buffer {
  const channelBytes = Buffer.byteLength(channel);
  let length = FRAME_OVERHEAD + channelBytes;
  for (const item of items) length += ITEM_OVERHEAD + item.length;
  const frame = Buffer.allocUnsafe(length);
  frame[0] = MAGIC;
  frame[1] = VERSION;
  frame[2] = kind;
  frame[3] = 0;
  frame.write(node, 4, NODE_ID_BYTES, "hex");
  frame.writeUInt16BE(channelBytes, 4 + NODE_ID_BYTES);
  frame.write(channel, PREFIX_BYTES);
  let at = PREFIX_BYTES + channelBytes;
  frame.writeUIntBE(first, at, NUMBER_BYTES);
  frame.writeUInt32BE(items.length, at + NUMBER_BYTES);
  at += COUNTS_BYTES;
  for (const item of items) {
    frame.writeUInt32BE(item.length, at);
    frame.set(item, at + LENGTH_BYTES);
    at += LENGTH_BYTES + item.length;
  }
  return frame;
}

/** Reads a frame; its items stay where they are. @throws ClusterFrameError */
export function decodeFrame(bytes: Uint8Array): Frame {
  const frame = asBuffer(bytes);
  if (frame.length < PREFIX_BYTES || frame[0] !== MAGIC) throw new ClusterFrameError("this is no frame");
  if (frame[1] !== VERSION) throw new ClusterFrameError(`version ${frame[1]} of frames is not known here`);
  const kind = frame[2]!;
  if (kind < FrameKind.DATA || kind > FrameKind.GONE) {
    throw new ClusterFrameError(`kind ${kind} of frames is not known here`);
  }
  const node = frame.toString("hex", 4, 4 + NODE_ID_BYTES);
  const bodyAt = PREFIX_BYTES + frame.readUInt16BE(4 + NODE_ID_BYTES) + COUNTS_BYTES;
  if (frame.length < bodyAt) throw new ClusterFrameError("a frame ends before its items");
  const channel = frame.toString("utf8", PREFIX_BYTES, bodyAt - COUNTS_BYTES);
  const first = frame.readUIntBE(bodyAt - COUNTS_BYTES, NUMBER_BYTES);
  const count = frame.readUInt32BE(bodyAt - LENGTH_BYTES);
  const body = frame.subarray(bodyAt);
  checkItems(body, count);
  if (kind === FrameKind.DATA && (count === 0 || first === 0)) {
    throw new ClusterFrameError("a frame of data has no items, or no number for them");
  }
  return { kind: kind as FrameKind, node, channel, first, count, body };
}

/** Calls `visit` with each item from the one with the number `from` on. */
export function forEachItem(frame: Frame, from: number, visit: (item: Buffer) => void): void {
  let at = 0;
  for (let index = 0; index < frame.count; index++) {
    const length = frame.body.readUInt32BE(at);
    at += LENGTH_BYTES;
    if (frame.first + index >= from) visit(frame.body.subarray(at, at + length));
    at += length;
  }
}

/** How far a node has come in a channel. */
export interface Head {
  /** The channel. */
  readonly channel: string;
  /** The number of the last item that was published to it; zero if none was. */
  readonly seq: number;
}

/** Writes the head of a channel as an item. */
export function encodeHead(channel: string, seq: number): Buffer {
  const item = Buffer.allocUnsafe(NUMBER_BYTES + Buffer.byteLength(channel));
  item.writeUIntBE(seq, 0, NUMBER_BYTES);
  item.write(channel, NUMBER_BYTES);
  return item;
}

/** Reads a head. @throws ClusterFrameError */
export function decodeHead(item: Buffer): Head {
  return { channel: item.toString("utf8", NUMBER_BYTES), seq: decodeNumber(item) };
}

/** Writes a number as an item. */
export function encodeNumber(value: number): Buffer {
  const item = Buffer.allocUnsafe(NUMBER_BYTES);
  item.writeUIntBE(value, 0, NUMBER_BYTES);
  return item;
}

/** Reads a number from the beginning of an item. @throws ClusterFrameError */
export function decodeNumber(item: Buffer): number {
  if (item.length < NUMBER_BYTES) throw new ClusterFrameError("an item ends before its number");
  return item.readUIntBE(0, NUMBER_BYTES);
}

function checkItems(body: Buffer, count: number): void {
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + LENGTH_BYTES > body.length) throw new ClusterFrameError("a frame has fewer items than it says");
    at += LENGTH_BYTES + body.readUInt32BE(at);
    if (at > body.length) throw new ClusterFrameError("an item is longer than its frame");
  }
  if (at !== body.length) throw new ClusterFrameError("a frame is longer than its items");
}

function asBuffer(bytes: Uint8Array): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
