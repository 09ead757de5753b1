/** The channels of a broker: one for all nodes, one for each node, one for each room with members somewhere else. */
import type { Room } from "@telsiz/adapter";
import { MAX_CHANNEL_BYTES } from "./frame.ts";
import type { NodeId } from "./node-id.ts";

/** UTF-8 has no bytes for it. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Among heads, what has the number of the last heartbeat. */
export const NO_CHANNEL = "";

/** Every node listens to it. */
export const EVERYBODY = "*";

/** What goes to one node. */
export function channelOfNode(node: NodeId): string {
  return `@${node}`;
}

/**
 * What goes to the nodes with members of a room: `5/chat#lobby`, the length of the namespace's name keeping it apart from
 * the room. `undefined` where a name cannot stand on the wire: then all nodes get it.
 */
export function channelOfRoom(nsp: string, room: Room): string | undefined {
  const channel = `${nsp.length}${nsp}#${room}`;
  const fits = channel.length * 3 <= MAX_CHANNEL_BYTES || Buffer.byteLength(channel) <= MAX_CHANNEL_BYTES;
  return fits && !LONE_SURROGATE.test(channel) ? channel : undefined;
}

/** Whether a channel is that of a room. */
export function isRoomChannel(channel: string): boolean {
  return channel !== EVERYBODY && !channel.startsWith("@");
}
