/** Which socket is in which room, looked up from both sides. Pure bookkeeping. */
import type { Room, SocketId } from "./adapter.ts";
import { SetMap } from "./set-map.ts";

/** Two maps that always say the same. A room exists while it has members. */
export class RoomIndex {
  readonly #rooms = new SetMap<Room, SocketId>();
  readonly #sids = new SetMap<SocketId, Room>();

  /** The members of each room. */
  get rooms(): ReadonlyMap<Room, ReadonlySet<SocketId>> {
    return this.#rooms;
  }

  /** The rooms of each socket. */
  get sids(): ReadonlyMap<SocketId, ReadonlySet<Room>> {
    return this.#sids;
  }

  /** The members of a room, for now: not to be kept. */
  membersOf(room: Room): ReadonlySet<SocketId> {
    return this.#rooms.valuesOf(room);
  }

  /** The rooms of a socket, for now: not to be kept. */
  roomsOf(id: SocketId): ReadonlySet<Room> {
    return this.#sids.valuesOf(id);
  }

  /** Says that a socket is there, in no room yet. */
  register(id: SocketId): void {
    this.#sids.register(id);
  }

  /** What it was: a new room, a new member of it, or neither. */
  add(id: SocketId, room: Room): "created" | "joined" | "present" {
    if (!this.#sids.put(id, room)) return "present";
    const known = this.#rooms.has(room);
    this.#rooms.put(room, id);
    return known ? "joined" : "created";
  }

  /** What it was: the room's last member, one of several, or none. */
  remove(id: SocketId, room: Room): "deleted" | "left" | "absent" {
    if (!this.#sids.take(id, room)) return "absent";
    this.#rooms.take(room, id);
    if (this.#rooms.isEmpty(room)) {
      this.#rooms.delete(room);
      return "deleted";
    }
    return "left";
  }

  /** Forgets a socket that is in no room any more. */
  unregister(id: SocketId): void {
    this.#sids.delete(id);
  }
}
