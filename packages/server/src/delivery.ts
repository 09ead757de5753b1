/** A packet on its way to clients: encoded by the parser, and wrapped for the engine. */
import type { BroadcastFlags, Delivery } from "@telsiz/adapter";
import {
  type Message,
  messageOf,
  messagePacket,
  type OutgoingPacket,
  PreparedPacket,
} from "@telsiz/engine/server";
import { type Encoded, EncodeError, type EventPacket, type Packet, type Parser } from "@telsiz/parser";
import { warnOfAttachments } from "@telsiz/socket";

/** A packet encoded once, whose frames all receivers share. */
export interface PreparedDelivery extends Delivery {
  readonly packets: readonly OutgoingPacket[];
}

/**
 * Encodes a packet for any number of receivers.
 * @param offset goes behind the event's arguments (protocol.md B.5)
 * @throws EncodeError
 */
export function prepareDelivery(
  parser: Parser,
  packet: EventPacket,
  flags: BroadcastFlags,
  offset?: string,
): PreparedDelivery {
  const compress = flags.compress ?? true;
  const sent = offset === undefined ? packet : { ...packet, data: [...packet.data, offset] };
  const packets = messagesOf(parser.encode(sent)).map(
    (message) => new PreparedPacket(messagePacket(message), compress),
  );
  const byteLength = packets.reduce((sum, { wire }) => sum + wire.length, 0);
  return { packet, flags, packets, byteLength };
}

/** The messages of a packet that was prepared. */
export function messagesIn({ packets }: PreparedDelivery): readonly Message[] {
  return packets.map(messageOf);
}

/** A packet that another server prepared. */
class RestoredDelivery implements PreparedDelivery {
  readonly flags: BroadcastFlags;
  readonly packets: readonly OutgoingPacket[];
  readonly byteLength: number;
  readonly #parser: Parser;
  readonly #messages: readonly Message[];
  #packet: EventPacket | undefined;

  constructor(parser: Parser, messages: readonly Message[], flags: BroadcastFlags) {
    this.#parser = parser;
    this.#messages = messages;
    this.flags = flags;
    this.packets = messages.map(
      (message) => new PreparedPacket(messagePacket(message), flags.compress ?? true),
    );
    this.byteLength = messages.reduce((sum, { length }) => sum + length, 0);
  }

  /** Few ask: who has outgoing listeners. @throws ParseError */
  get packet(): EventPacket {
    return (this.#packet ??= this.#read());
  }

  #read(): EventPacket {
    const decoder = this.#parser.createDecoder();
    let packet: Packet | undefined;
    for (const message of this.#messages) packet = decoder.add(message);
    return packet as EventPacket; // of the other server's making
  }
}

/** What {@link prepareDelivery} made on another server with a parser like this one. */
export function restoreDelivery(
  parser: Parser,
  messages: readonly Message[],
  flags: BroadcastFlags,
): PreparedDelivery {
  return new RestoredDelivery(parser, messages, flags);
}

/** Encodes a packet for one receiver: one message, or its parts in order. @throws EncodeError */
export function encodeFor(
  parser: Parser,
  packet: Packet,
  compress: boolean,
): OutgoingPacket | readonly OutgoingPacket[] {
  const encoded = parser.encode(packet);
  if (compress && typeof encoded === "string") return messagePacket(encoded);
  return messagesOf(encoded).map((message) => {
    const wire = messagePacket(message);
    return compress ? wire : new PreparedPacket(wire, false);
  });
}

function messagesOf(encoded: Encoded): readonly Message[] {
  warnOfAttachments(encoded);
  const messages = typeof encoded === "string" || encoded instanceof Uint8Array ? [encoded] : encoded;
  return messages.map((message) => {
    if (typeof message === "string" || message instanceof Uint8Array) return message;
    throw new EncodeError("a Blob can only be sent by a client; read it into a Buffer first");
  });
}
