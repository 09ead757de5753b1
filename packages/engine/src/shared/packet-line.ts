/** A packet as a log shows it. */
import type { PacketView } from "./packet-view.ts";

/** Enough to know a packet again; more would bury what stands around it. */
const LONGEST_TEXT = 200;

/** `message 2["hello"]`, and of bytes how many there are. */
export function packetLine({ type, data }: PacketView): string {
  if (data === undefined) return type;
  if (typeof data !== "string") return `${type} (${data.length} bytes)`;
  const rest = data.length - LONGEST_TEXT;
  return `${type} ${rest > 0 ? `${data.slice(0, LONGEST_TEXT)}... (${rest} more)` : data}`;
}
