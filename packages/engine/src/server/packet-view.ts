/** Packets as objects, for listeners only: inside the engine they stay in their wire form. */
import { type ControlType, type Message, type OutgoingPacket, TYPE_DIGIT, wireOf } from "../shared/packet.ts";

/** A packet's type and data. */
export interface PacketView {
  readonly type: ControlType | "message";
  readonly data?: Message;
}

const TYPES = new Map<string, PacketView["type"]>(
  // `Object.entries` widens the keys of the constant to strings.
  Object.entries(TYPE_DIGIT).map(([type, digit]) => [digit, type as PacketView["type"]]),
);

/** The view of a packet on its way out. */
export function viewOf(packet: OutgoingPacket): PacketView {
  const wire = wireOf(packet);
  if (typeof wire !== "string") return { type: "message", data: wire };
  return { type: TYPES.get(wire.charAt(0)) ?? "message", data: wire.slice(1) };
}
