/** The packets of Socket.IO protocol 5 as values. Specified by the Socket.IO protocol, revision 5, "Packet types". */

/** Asks for a namespace, or grants it. */
export const CONNECT = 0;
/** Leaves a namespace. */
export const DISCONNECT = 1;
/** An event. */
export const EVENT = 2;
/** The answer to an event. */
export const ACK = 3;
/** Refuses a namespace. */
export const CONNECT_ERROR = 4;
/** An event with attachments; it comes out of a decoder as {@link EVENT}. */
export const BINARY_EVENT = 5;
/** The answer to an event, with attachments; it comes out of a decoder as {@link ACK}. */
export const BINARY_ACK = 6;

/** Packet types by name, as they stand on the wire. Pages take them one by one: a bundler puts the numbers in their place. */
export const PacketType: {
  readonly CONNECT: typeof CONNECT;
  readonly DISCONNECT: typeof DISCONNECT;
  readonly EVENT: typeof EVENT;
  readonly ACK: typeof ACK;
  readonly CONNECT_ERROR: typeof CONNECT_ERROR;
  readonly BINARY_EVENT: typeof BINARY_EVENT;
  readonly BINARY_ACK: typeof BINARY_ACK;
} = { CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR, BINARY_EVENT, BINARY_ACK };
/** One of the numbers of {@link PacketType}. */
export type PacketType = (typeof PacketType)[keyof typeof PacketType];

/** From EVENT to BINARY_EVENT, and from ACK to BINARY_ACK. */
export const BINARY_OFFSET = 3;

/** Asks for a namespace (client) or grants it (server). */
export interface ConnectPacket {
  /** The kind of packet, as a digit begins its text. */
  readonly type: typeof CONNECT;
  /** Namespace name, `/` for the main one. */
  readonly nsp: string;
  /** What the client authenticates with, or `{ sid, pid? }` from the server. */
  readonly data?: object | undefined;
}

/** Leaves a namespace. It has no answer. */
export interface DisconnectPacket {
  /** The kind of packet, as a digit begins its text. */
  readonly type: typeof DISCONNECT;
  /** Namespace name, `/` for the main one. */
  readonly nsp: string;
}

/** An event with its arguments. */
export interface EventPacket {
  /** The kind of packet, as a digit begins its text. */
  readonly type: typeof EVENT;
  /** Namespace name, `/` for the main one. */
  readonly nsp: string;
  /** The event's name, then its arguments. A decoded name is a string that is not reserved, or a number. */
  readonly data: readonly unknown[];
  /** Asks for an acknowledgement under this id: an integer from 0 to 2^53 - 1. */
  readonly id?: number | undefined;
}

/** The answer to an event that asked for one. */
export interface AckPacket {
  /** The kind of packet, as a digit begins its text. */
  readonly type: typeof ACK;
  /** Namespace name, `/` for the main one. */
  readonly nsp: string;
  /** The arguments of the acknowledgement. */
  readonly data: readonly unknown[];
  /** The id of the event. The wire permits an answer without one, which answers nothing. */
  readonly id?: number | undefined;
}

/** The server refuses a namespace. */
export interface ConnectErrorPacket {
  /** The kind of packet, as a digit begins its text. */
  readonly type: typeof CONNECT_ERROR;
  /** Namespace name, `/` for the main one. */
  readonly nsp: string;
  /** `{ message, data? }`, or a bare string from servers of protocol 4. Always present when decoded. */
  readonly data?: object | string | undefined;
}

/** Any packet, told apart by `type`. */
export type Packet = ConnectPacket | DisconnectPacket | EventPacket | AckPacket | ConnectErrorPacket;
