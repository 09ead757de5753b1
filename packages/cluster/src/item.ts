/** Items: what servers say to each other in the frames of the cluster (docs/cluster.md, "Items"). A codec without state. */
import type { BroadcastFlags, BroadcastOptions, Room } from "@telsiz/adapter";
import { createMessagePackParser, PacketType } from "@telsiz/parser";
import { ClusterFrameError } from "./errors.ts";

/** What an item is. */
export const ItemKind = {
  /** A packet for clients, as it is sent to them. */
  BROADCAST: 1,
  /** A message for the other servers' adapters. */
  MESSAGE: 2,
  /** A message to which a server that has no such namespace has to answer, too. */
  REQUEST: 3,
  /** The answer to a request. */
  RESPONSE: 4,
  /** The answer of a server that has no such namespace. */
  ABSENT: 5,
  /** A part of a tunnel between two servers. */
  TUNNEL: 6,
  /** The client of a session has come to another server, which asks for it. */
  RELEASE: 7,
  /** The session is not used any more, and kept as it was left. */
  RELEASED: 8,
} as const;
/** One of the numbers of {@link ItemKind}. */
export type ItemKind = (typeof ItemKind)[keyof typeof ItemKind];

/** A packet as clients get it: one message, or its parts in order. */
export type Messages = readonly (string | Uint8Array)[];

/** Bits of a broadcast. */
const VOLATILE = 1;
const UNCOMPRESSED = 2;
const HAS_OPTIONS = 4;

/** What goes in front of each message. */
const TEXT = 0;
const BYTES = 1;

/** Flags of a broadcast that has none. */
const NO_FLAGS: BroadcastFlags = {};

/** What is not in the bits of a broadcast. */
interface WireOptions {
  readonly rooms?: readonly Room[];
  readonly except?: readonly Room[];
  readonly latest?: string | undefined;
}

/** Values of applications may be nested deeply; the parser's own limit is for what clients send. */
const values = createMessagePackParser({ maxDepth: 1_000 });

/** Writes a value of any kind. @throws EncodeError */
export function encodeValue(value: unknown): Uint8Array {
  return values.encode({ type: PacketType.EVENT, nsp: "/", data: ["value", value] }) as Uint8Array;
}

/** @throws ParseError */
export function decodeValue(bytes: Uint8Array): unknown {
  const packet = values.createDecoder().add(bytes);
  return packet?.type === PacketType.EVENT ? packet.data[1] : undefined;
}

/** What every item begins with. */
export interface ItemHeader {
  /** What it is. */
  readonly kind: ItemKind;
  /** The namespace; empty where the channel names it. */
  readonly nsp: string;
  /** Where the rest begins. */
  readonly bodyAt: number;
}

/** @throws ClusterFrameError */
export function decodeHeader(item: Buffer): ItemHeader {
  const kind = item[0];
  const bodyAt = item.length < 3 ? Infinity : 3 + item.readUInt16BE(1);
  if (kind === undefined || kind < ItemKind.BROADCAST || kind > ItemKind.RELEASED || bodyAt > item.length) {
    throw new ClusterFrameError("an item is of a kind that is not known here, or ends too early");
  }
  return { kind: kind as ItemKind, nsp: item.toString("utf8", 3, bodyAt), bodyAt };
}

/** Writes a message for adapters, or a response. @throws EncodeError */
export function encodeMessage(kind: ItemKind, nsp: string, value: unknown): Buffer {
  const body = encodeValue(value);
  const { item, bodyAt } = startItem(kind, nsp, body.length);
  item.set(body, bodyAt);
  return item;
}

/** @throws ParseError */
export function decodeMessage(item: Buffer, { bodyAt }: ItemHeader): unknown {
  return decodeValue(item.subarray(bodyAt));
}

/** Writes a broadcast. @param nsp empty, and the rooms left out of `options`, where the channel names them */
export function encodeBroadcast(
  nsp: string,
  { rooms, except, flags = NO_FLAGS }: BroadcastOptions,
  messages: Messages,
): Buffer {
  const options = optionsOf(rooms, except, flags.latest);
  let length = 1 + (options === undefined ? 0 : 4 + options.length);
  for (const message of messages) length += 5 + byteLengthOf(message);
  const { item, bodyAt } = startItem(ItemKind.BROADCAST, nsp, length);
  item[bodyAt] =
    (flags.volatile === true ? VOLATILE : 0) |
    (flags.compress === false ? UNCOMPRESSED : 0) |
    (options === undefined ? 0 : HAS_OPTIONS);
  let at = bodyAt + 1;
  if (options !== undefined) at = writeBytes(item, at, options);
  for (const message of messages) {
    item[at] = typeof message === "string" ? TEXT : BYTES;
    at = writeBytes(item, at + 1, message);
  }
  return item;
}

/** A broadcast of another server. */
export interface Broadcast {
  /** To whom; `undefined` if it says nothing of that. */
  readonly options: BroadcastOptions | undefined;
  /** How. */
  readonly flags: BroadcastFlags;
  /** What clients get. */
  readonly messages: Messages;
}

/** @param rooms to whom, where the item does not say it @throws ClusterFrameError, ParseError */
export function decodeBroadcast(item: Buffer, { bodyAt }: ItemHeader, rooms?: ReadonlySet<Room>): Broadcast {
  const bits = item[bodyAt] ?? 0;
  let at = bodyAt + 1;
  let wire: WireOptions | undefined;
  if ((bits & HAS_OPTIONS) !== 0) {
    const end = endOf(item, at);
    wire = decodeValue(item.subarray(at + 4, end)) ?? {};
    at = end;
  }
  const messages: (string | Uint8Array)[] = [];
  while (at < item.length) {
    const end = endOf(item, at + 1);
    messages.push(item[at] === TEXT ? item.toString("utf8", at + 5, end) : item.subarray(at + 5, end));
    at = end;
  }
  if (messages.length === 0) throw new ClusterFrameError("a broadcast has no message");
  const flags = flagsOf(bits, wire?.latest);
  const options = wire && { rooms: new Set(wire.rooms ?? rooms), except: new Set(wire.except), flags };
  return { options, flags, messages };
}

function flagsOf(bits: number, latest: string | undefined): BroadcastFlags {
  if ((bits & (VOLATILE | UNCOMPRESSED)) === 0 && latest === undefined) return NO_FLAGS;
  return {
    ...((bits & VOLATILE) !== 0 && { volatile: true }),
    ...((bits & UNCOMPRESSED) !== 0 && { compress: false }),
    ...(latest !== undefined && { latest }),
  };
}

/** What the channel and the bits do not say; `undefined` if that is nothing. */
function optionsOf(
  rooms: ReadonlySet<Room>,
  except: ReadonlySet<Room> | undefined,
  latest: string | undefined,
): Uint8Array | undefined {
  const hasExcept = except !== undefined && except.size > 0;
  if (rooms.size === 0 && !hasExcept && latest === undefined) return undefined;
  const wire: WireOptions = {
    ...(rooms.size > 0 && { rooms: [...rooms] }),
    ...(hasExcept && { except: [...except] }),
    ...(latest !== undefined && { latest }),
  };
  return encodeValue(wire);
}

/** An item with room for its body. */
export function startItem(
  kind: ItemKind,
  nsp: string,
  bodyLength: number,
): { readonly item: Buffer; readonly bodyAt: number } {
  const nspLength = Buffer.byteLength(nsp);
  const bodyAt = 3 + nspLength;
  const item = Buffer.allocUnsafe(bodyAt + bodyLength);
  item[0] = kind;
  item.writeUInt16BE(nspLength, 1);
  item.write(nsp, 3);
  return { item, bodyAt };
}

function byteLengthOf(message: string | Uint8Array): number {
  return typeof message === "string" ? Buffer.byteLength(message) : message.length;
}

/** Writes bytes behind their length. @returns where they end */
function writeBytes(item: Buffer, at: number, message: string | Uint8Array): number {
  const length = typeof message === "string" ? item.write(message, at + 4) : message.length;
  if (typeof message !== "string") item.set(message, at + 4);
  item.writeUInt32BE(length, at);
  return at + 4 + length;
}

/** Where the bytes behind a length end. @throws ClusterFrameError */
function endOf(item: Buffer, at: number): number {
  const end = at + 4 > item.length ? Infinity : at + 4 + item.readUInt32BE(at);
  if (end > item.length) throw new ClusterFrameError("a broadcast ends too early");
  return end;
}
