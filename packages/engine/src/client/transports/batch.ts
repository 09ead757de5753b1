/** How many packets go into one POST (protocol.md A.9). */
import { type OutgoingPacket, wireOf } from "../../shared/packet.ts";

const utf8 = new TextEncoder();

/** The number of packets whose payload stays within `maxBytes`; at least one, since none can be divided. */
export function fittingCount(packets: readonly OutgoingPacket[], maxBytes: number): number {
  let bytes = -1; // no separator before the first
  for (let count = 0; count < packets.length; count++) {
    bytes += 1 + encodedBytes(packets[count]!);
    if (bytes > maxBytes) return Math.max(1, count);
  }
  return packets.length;
}

function encodedBytes(packet: OutgoingPacket): number {
  const wire = wireOf(packet);
  return typeof wire === "string" ? utf8.encode(wire).length : 1 + Math.ceil(wire.length / 3) * 4;
}
