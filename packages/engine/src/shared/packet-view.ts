/** Packets as the listeners of `packet` and `packetCreate` see them. */
import {
  type ControlType,
  isCompressible,
  type Message,
  type OutgoingPacket,
  TYPE_DIGIT,
  wireOf,
} from "./packet.ts";

/** A packet taken apart. */
export interface PacketView {
  readonly type: ControlType | "message";
  readonly data?: Message;
  readonly options?: { readonly compress: boolean };
}

const TYPES = Object.keys(TYPE_DIGIT) as PacketView["type"][];

/** An outgoing packet taken apart. */
export function viewOf(packet: OutgoingPacket): PacketView {
  const wire = wireOf(packet);
  const options = { compress: isCompressible(packet) };
  if (typeof wire !== "string") return { type: "message", data: wire, options };
  // The digits are those of the types' order.
  return { type: TYPES[Number(wire[0])]!, data: wire.slice(1), options };
}
