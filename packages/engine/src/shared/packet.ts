/**
 * Engine.IO protocol 4 packets (protocol.md A.2). Messages are by far the most, so they never become packet
 * objects: a packet waits for its transport in the form in which it crosses the wire, a {@link WirePacket}.
 */

/** The payload of a message packet: text, or bytes. */
export type Message = string | Uint8Array;

/** The types other than `message`, which has paths of its own. */
export type ControlType = "open" | "close" | "ping" | "pong" | "upgrade" | "noop";

/** A packet on the wire: text that starts with its type's digit, or the bytes of a binary message. */
export type WirePacket = string | Uint8Array;

/** The first character of each type's text. */
export const TYPE_DIGIT = {
  open: "0",
  close: "1",
  ping: "2",
  pong: "3",
  message: "4",
  upgrade: "5",
  noop: "6",
} as const;

/** The types in the order of their digits. */
export const PACKET_TYPES = Object.keys(TYPE_DIGIT) as readonly (ControlType | "message")[];

/** The first character of a binary message where only text can travel. */
export const BASE64_MARK = "b";

/** A wire packet with what sending it needs beyond its bytes; one is shared by all receivers of a broadcast. */
export class PreparedPacket {
  /** As it crosses the wire. */
  readonly wire: WirePacket;
  /** Whether a transport may compress it. */
  readonly compress: boolean;
  /** Its WebSocket frame as a byte string (one character a byte), set by the first transport that sends it. */
  frame: string | undefined = undefined;

  constructor(wire: WirePacket, compress = true) {
    this.wire = wire;
    this.compress = compress;
  }
}

/** What a transport is given to send. */
export type OutgoingPacket = WirePacket | PreparedPacket;

/** The wire form of a message. Bytes travel as they are, unless the transport can carry text only. */
export function messagePacket(message: Message): WirePacket {
  return typeof message === "string" ? TYPE_DIGIT.message + message : message;
}

/** The wire form of any other packet. */
export function controlPacket(type: ControlType, data = ""): string {
  return TYPE_DIGIT[type] + data;
}

/** The wire form inside an outgoing packet. */
export function wireOf(packet: OutgoingPacket): WirePacket {
  return packet instanceof PreparedPacket ? packet.wire : packet;
}

/** The message of which {@link messagePacket} made an outgoing packet. */
export function messageOf(packet: OutgoingPacket): Message {
  const wire = wireOf(packet);
  return typeof wire === "string" ? wire.slice(1) : wire;
}

/** Whether a transport may compress this packet. */
export function isCompressible(packet: OutgoingPacket): boolean {
  return packet instanceof PreparedPacket ? packet.compress : true;
}

/** Its length: bytes, or UTF-16 units of text, which is exact for ASCII and close enough for buffer limits. */
export function lengthOf(packet: OutgoingPacket): number {
  return wireOf(packet).length;
}
