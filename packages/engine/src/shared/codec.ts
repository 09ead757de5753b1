/** Reads one wire packet and hands it to whom it concerns (Engine.IO protocol 4, protocol.md A.2). */
import { EngineParseError } from "./errors.ts";
import { BASE64_MARK, type ControlType, type Message, PACKET_TYPES, type WirePacket } from "./packet.ts";

/** Base64 as the platform has it. */
export interface Base64 {
  encode(bytes: Uint8Array): string;
  /** Lenient: what is not of the alphabet is passed over. */
  decode(text: string): Uint8Array;
}

/** Whom packets are handed to. */
export interface PacketReceiver {
  /** A message came. */
  onMessage(message: Message): void;
  /** Any other packet came. */
  onControl(type: ControlType, data: string): void;
}

const MESSAGE = 0x34; // "4"
const FIRST_DIGIT = 0x30;

/**
 * Hands one packet to `receiver`.
 * @throws EngineParseError if it is empty text or of no known type
 */
export function receivePacket(wire: WirePacket, receiver: PacketReceiver, base64: Base64): void {
  if (typeof wire !== "string") return receiver.onMessage(wire);
  const digit = wire.charCodeAt(0);
  if (digit === MESSAGE) return receiver.onMessage(wire.slice(1));
  if (wire.startsWith(BASE64_MARK)) return receiver.onMessage(base64.decode(wire.slice(1)));
  const type = PACKET_TYPES[digit - FIRST_DIGIT];
  if (type === undefined || type === "message") throw new EngineParseError("parser error");
  receiver.onControl(type, wire.slice(1));
}

/** The text form of a packet, for transports and peers that carry text only. */
export function toText(wire: WirePacket, base64: Base64): string {
  return typeof wire === "string" ? wire : BASE64_MARK + base64.encode(wire);
}
