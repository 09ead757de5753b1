/** Which socket is in which room, looked up from both sides. Pure bookkeeping. */
import type { Room, SocketId } from "./adapter.ts";

/** Two maps that always say the same. A room exists while it has members. */
export class RoomIndex {
  readonly rooms: Map<Room, Set<SocketId>> = new Map();
  readonly sids: Map<SocketId, Set<Room>> = new Map();

  /** Says that a socket is there, in no room yet. */
  register(id: SocketId): void {
    if (!this.sids.has(id)) this.sids.set(id, new Set());
  }

  /** What it was: a new room, a new member of it, or neither. */
  add(id: SocketId, room: Room): "created" | "joined" | "present" {
    this.register(id);
    const roomsOfSocket = this.sids.get(id)!;
    if (roomsOfSocket.has(room)) return "present";
    roomsOfSocket.add(room);
    const members = this.rooms.get(room);
    if (members === undefined) {
      this.rooms.set(room, new Set([id]));
      return "created";
    }
    members.add(id);
    return "joined";
  }

  /** What it was: the room's last member, one of several, or none. */
  remove(id: SocketId, room: Room): "deleted" | "left" | "absent" {
    if (this.sids.get(id)?.delete(room) !== true) return "absent";
    const members = this.rooms.get(room)!;
    members.delete(id);
    if (members.size > 0) return "left";
    this.rooms.delete(room);
    return "deleted";
  }

  /** Forgets a socket that is in no room any more. */
  unregister(id: SocketId): void {
    this.sids.delete(id);
  }
}
