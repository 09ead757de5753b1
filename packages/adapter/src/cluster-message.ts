/** What the servers of a cluster tell each other (api-surface.md 7.3): the format of `socket.io-adapter`, to share a bus with it. */
import { type EventPacket, PacketType, RESERVED_EVENTS } from "@telsiz/parser";
import type { BroadcastFlags, BroadcastOptions, Room, SocketDetails, SocketId } from "./adapter.ts";

/** The id of a server, or rather of its adapter of one namespace. */
export type ServerId = string;

/** The place of a message in a log that the bus keeps. */
export type Offset = string;

/** The kinds of messages and responses. */
export const MessageType = {
  INITIAL_HEARTBEAT: 1,
  HEARTBEAT: 2,
  BROADCAST: 3,
  SOCKETS_JOIN: 4,
  SOCKETS_LEAVE: 5,
  DISCONNECT_SOCKETS: 6,
  FETCH_SOCKETS: 7,
  FETCH_SOCKETS_RESPONSE: 8,
  SERVER_SIDE_EMIT: 9,
  SERVER_SIDE_EMIT_RESPONSE: 10,
  BROADCAST_CLIENT_COUNT: 11,
  BROADCAST_ACK: 12,
  ADAPTER_CLOSE: 13,
} as const;
/** One of the numbers of {@link MessageType}. */
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

/** {@link BroadcastOptions} with lists in place of sets. */
export interface WireOptions {
  /** To the members of these rooms, or to everybody if there are none. */
  readonly rooms: readonly Room[];
  /** But not to the members of these. */
  readonly except: readonly Room[];
  /** How it is sent. */
  readonly flags?: BroadcastFlags | undefined;
}

/** A socket of another server. */
export interface WireSocket {
  /** Its id. */
  readonly id: SocketId;
  /** What was known of the client when it connected. */
  readonly handshake: unknown;
  /** The rooms it is in. */
  readonly rooms: readonly Room[];
  /** Whatever the application keeps for it. */
  readonly data: unknown;
}

/** What a message says, without its envelope. */
export type ClusterMessageBody =
  | { readonly type: typeof MessageType.INITIAL_HEARTBEAT }
  | { readonly type: typeof MessageType.HEARTBEAT }
  | { readonly type: typeof MessageType.ADAPTER_CLOSE }
  | {
      readonly type: typeof MessageType.BROADCAST;
      /** With `requestId`, the sender waits for the clients' answers. */
      readonly data: {
        readonly opts: WireOptions;
        readonly packet: EventPacket;
        readonly requestId?: string;
      };
    }
  | {
      readonly type: typeof MessageType.SOCKETS_JOIN | typeof MessageType.SOCKETS_LEAVE;
      readonly data: { readonly opts: WireOptions; readonly rooms: readonly Room[] };
    }
  | {
      readonly type: typeof MessageType.DISCONNECT_SOCKETS;
      readonly data: { readonly opts: WireOptions; readonly close?: boolean };
    }
  | {
      readonly type: typeof MessageType.FETCH_SOCKETS;
      readonly data: { readonly opts: WireOptions; readonly requestId: string };
    }
  | {
      readonly type: typeof MessageType.SERVER_SIDE_EMIT;
      readonly data: { readonly packet: readonly unknown[]; readonly requestId?: string };
    };

/** What a response says, without its envelope. */
export type ClusterResponseBody =
  | {
      readonly type: typeof MessageType.FETCH_SOCKETS_RESPONSE;
      readonly data: { readonly requestId: string; readonly sockets: readonly WireSocket[] };
    }
  | {
      readonly type: typeof MessageType.SERVER_SIDE_EMIT_RESPONSE;
      readonly data: { readonly requestId: string; readonly packet: unknown };
    }
  | {
      readonly type: typeof MessageType.BROADCAST_CLIENT_COUNT;
      readonly data: { readonly requestId: string; readonly clientCount: number };
    }
  | {
      readonly type: typeof MessageType.BROADCAST_ACK;
      readonly data: { readonly requestId: string; readonly packet: unknown };
    };

/** From whom, and for which namespace. */
export interface Envelope {
  /** The server that sends it. */
  readonly uid: ServerId;
  /** The namespace that it concerns. */
  readonly nsp: string;
}

/** A message to all servers. */
export type ClusterMessage = Envelope & ClusterMessageBody;

/** A response to the server that asked. */
export type ClusterResponse = Envelope & ClusterResponseBody;

/** Sets to lists. */
export function encodeOptions({ rooms, except = new Set(), flags }: BroadcastOptions): WireOptions {
  return { rooms: [...rooms], except: [...except], flags };
}

/** Lists to sets. */
export function decodeOptions({ rooms, except, flags }: WireOptions): BroadcastOptions {
  return { rooms: new Set(rooms), except: new Set(except), flags: flags ?? {} };
}

/** What is known of a socket, for other servers. A session store, which some applications hang there, holds much more. */
export function encodeSocket({ id, handshake, rooms, data }: SocketDetails): WireSocket {
  const { sessionStore: _omitted, ...rest } = handshake as { readonly sessionStore?: unknown };
  return { id, handshake: rest, rooms: [...rooms], data };
}

/** What is known of a socket of another server. */
export function decodeSocket({ id, handshake, rooms, data }: WireSocket): SocketDetails {
  return { id, handshake, rooms: new Set(rooms), data };
}

/** What may be in an object from the bus. */
type Fields = {
  readonly [
    Name in
      | "uid"
      | "nsp"
      | "type"
      | "data"
      | "opts"
      | "packet"
      | "requestId"
      | "rooms"
      | "except"
      | "flags"
      | "timeout"
      | "sockets"
      | "clientCount"
      | "id"
  ]?: unknown;
};

/** Whether what came from the bus is a message of this version of the format. */
export function isClusterMessage(value: unknown): value is ClusterMessage {
  if (!isObject(value) || typeof value.uid !== "string" || typeof value.nsp !== "string") return false;
  const data: Fields = isObject(value.data) ? value.data : {};
  switch (value.type) {
    case MessageType.INITIAL_HEARTBEAT:
    case MessageType.HEARTBEAT:
    case MessageType.ADAPTER_CLOSE:
      return true;
    case MessageType.BROADCAST:
      return isOptions(data.opts) && isEvent(data.packet) && isOptionalText(data.requestId);
    case MessageType.SOCKETS_JOIN:
    case MessageType.SOCKETS_LEAVE:
      return isOptions(data.opts) && Array.isArray(data.rooms);
    case MessageType.DISCONNECT_SOCKETS:
      return isOptions(data.opts);
    case MessageType.FETCH_SOCKETS:
      return isOptions(data.opts) && typeof data.requestId === "string";
    case MessageType.SERVER_SIDE_EMIT:
      return Array.isArray(data.packet) && isOptionalText(data.requestId);
    default:
      return false;
  }
}

/** Whether what came from the bus is a response of this version of the format. */
export function isClusterResponse(value: unknown): value is ClusterResponse {
  if (!isObject(value) || typeof value.uid !== "string" || !isObject(value.data)) return false;
  const { requestId, sockets, clientCount } = value.data;
  if (typeof requestId !== "string") return false;
  switch (value.type) {
    case MessageType.FETCH_SOCKETS_RESPONSE:
      return Array.isArray(sockets) && sockets.every(isWireSocket);
    case MessageType.BROADCAST_CLIENT_COUNT:
      return Number.isSafeInteger(clientCount) && (clientCount as number) >= 0;
    case MessageType.SERVER_SIDE_EMIT_RESPONSE:
    case MessageType.BROADCAST_ACK:
      return true;
    default:
      return false;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || value === null || typeof value === "string";
}

function isOptions(value: unknown): boolean {
  if (!isObject(value) || !Array.isArray(value.rooms) || !Array.isArray(value.except)) return false;
  const flags = value.flags ?? {};
  if (!isObject(flags)) return false;
  const { timeout } = flags;
  return timeout === undefined || timeout === null || (typeof timeout === "number" && timeout >= 0);
}

function isEvent(value: unknown): boolean {
  if (!isObject(value) || value.type !== PacketType.EVENT || !Array.isArray(value.data)) return false;
  const name: unknown = value.data[0];
  return typeof name === "number" || (typeof name === "string" && !RESERVED_EVENTS.has(name));
}

function isWireSocket(value: unknown): boolean {
  return isObject(value) && typeof value.id === "string" && Array.isArray(value.rooms);
}
