/** Which sockets a broadcast means: members of any of its rooms, but of none of its exceptions, each once. */
import type { BroadcastOptions, Room, SocketId } from "./adapter.ts";
import type { RoomIndex } from "./room-index.ts";

const NOBODY: ReadonlySet<SocketId> = new Set();

/** Calls `visit` with the id of each selected socket, once. */
export function forEachSelected(
  index: RoomIndex,
  { rooms, except }: BroadcastOptions,
  visit: (id: SocketId) => void,
): void {
  const excluded = membersOf(index, except);
  for (const id of rooms.size === 0 ? index.sids.keys() : membersOf(index, rooms)) {
    if (!excluded.has(id)) visit(id);
  }
}

/** The members of any of `rooms`. Not to be changed: for a single room it is the room itself. */
function membersOf(index: RoomIndex, rooms: ReadonlySet<Room> | undefined): ReadonlySet<SocketId> {
  if (rooms === undefined || rooms.size === 0) return NOBODY;
  if (rooms.size === 1) {
    for (const room of rooms) return index.membersOf(room);
  }
  const members = new Set<SocketId>();
  for (const room of rooms) {
    for (const id of index.membersOf(room)) members.add(id);
  }
  return members;
}
