/** Packets as the listeners of `packet` and `packetCreate` see them. */
import {
  type ControlType,
  isCompressible,
  type Message,
  type OutgoingPacket,
  PACKET_TYPES,
  wireOf,
} from "./packet.ts";

/** A packet taken apart. */
export interface PacketView {
  /** What it is. */
  readonly type: ControlType | "message";
  /** What it carries, if anything. */
  readonly data?: Message;
  /** How it is sent; packets that came have none. */
  readonly options?: { readonly compress: boolean };
}

/** A packet that came, and is no message. */
export function controlView(type: ControlType, data: string): PacketView {
  return data === "" ? { type } : { type, data };
}

/** An outgoing packet taken apart. */
export function viewOf(packet: OutgoingPacket): PacketView {
  const wire = wireOf(packet);
  const options = { compress: isCompressible(packet) };
  if (typeof wire !== "string") return { type: "message", data: wire, options };
  const type = PACKET_TYPES[Number(wire[0])]!;
  return type !== "message" && wire.length === 1 ? { type, options } : { type, data: wire.slice(1), options };
}
