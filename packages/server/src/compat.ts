/** What tools written for the inside of Socket.IO's server touch there. Nothing else of this package depends on this file. */
import type { Attachment, Message, Packet, Parser } from "@telsiz/parser";

/** Writes packets in the way of `socket.io-parser`, for adapters and tools that send by themselves. */
export interface PacketEncoder {
  /**
   * Writes a packet.
   * @returns the message, and the attachments behind it
   * @throws EncodeError
   */
  encode(packet: Packet): (Message | Attachment)[];
}

/** The encoder of a parser: one for all connections. */
export function encoderOf(parser: Parser): PacketEncoder {
  return {
    encode: (packet) => {
      const encoded = parser.encode(packet);
      return typeof encoded === "string" || encoded instanceof Uint8Array ? [encoded] : [...encoded];
    },
  };
}
