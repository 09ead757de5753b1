/** The seam between packets and messages. Implemented by the default parser, by MessagePack, and by wrapped custom ones. */

import type { BlobLike } from "./binary.ts";
import type { Packet } from "./packet.ts";

/** The payload of one Engine.IO message. On Node.js the bytes may be a Buffer, and stay one. */
export type Message = string | Uint8Array;

/** What may follow the first message of a packet. A Blob has to be read, in its turn, by whoever sends it. */
export type Attachment = Uint8Array | BlobLike;

/** A packet ready to send: one message, or, only when attachments follow, a list to be sent without anything in between. */
export type Encoded = Message | readonly (Message | BlobLike)[];

/**
 * As what the application gets binary: the received bytes themselves (a Buffer where the transport gives Buffers), or an
 * ArrayBuffer that holds just them, which is what browsers are used to.
 */
export type BinaryType = "uint8array" | "arraybuffer";

/** Turns packets into messages and back. One instance serves any number of connections. */
export interface Parser {
  /**
   * Writes a packet.
   * @throws {EncodeError} when the peer could not read it back
   */
  encode(packet: Packet): Encoded;
  /**
   * Makes the reading half for one connection.
   * @param binaryType as what binary is handed out, `"uint8array"` by default
   */
  createDecoder(binaryType?: BinaryType): PacketDecoder;
}

/** The reading half of one connection. */
export interface PacketDecoder {
  /**
   * Takes the next message. MUST be given all of a connection in their order.
   * @returns the packet that it completes, or `undefined` while attachments are missing
   * @throws {ParseError} when it is no lawful packet; the half-received one, if any, is dropped
   */
  add(message: Message): Packet | undefined;
  /** Drops a half-received packet. */
  reset(): void;
  /** Whether a packet is half received. Its owner keeps the deadline, and calls `reset` or closes the connection. */
  readonly pending: boolean;
}
