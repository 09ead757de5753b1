/** Rooms as a plain list of who is where: too slow to use, too simple to be wrong. */
import type { Room, SocketId } from "../src/index.ts";

/** The model against which the index is tested. */
export class NaiveRooms {
  readonly sockets: SocketId[] = [];
  memberships: { id: SocketId; room: Room }[] = [];

  register(id: SocketId): void {
    if (!this.sockets.includes(id)) this.sockets.push(id);
  }

  add(id: SocketId, room: Room): "created" | "joined" | "present" {
    this.register(id);
    if (this.has(id, room)) return "present";
    const result = this.members(room).length === 0 ? "created" : "joined";
    this.memberships.push({ id, room });
    return result;
  }

  remove(id: SocketId, room: Room): "deleted" | "left" | "absent" {
    if (!this.has(id, room)) return "absent";
    this.memberships = this.memberships.filter((one) => one.id !== id || one.room !== room);
    return this.members(room).length === 0 ? "deleted" : "left";
  }

  /** Each room with its members, sorted. */
  get rooms(): Record<Room, SocketId[]> {
    return Object.fromEntries(this.memberships.map(({ room }) => [room, this.members(room)]));
  }

  /** Each socket with its rooms, sorted. */
  get sids(): Record<SocketId, Room[]> {
    return Object.fromEntries(
      this.sockets.map((socket) => [
        socket,
        this.memberships
          .filter(({ id }) => id === socket)
          .map(({ room }) => room)
          .toSorted(),
      ]),
    );
  }

  /** Who is in any of `rooms`, or there at all if there are none, but in none of `except`; sorted. */
  select(rooms: readonly Room[], except: readonly Room[]): SocketId[] {
    const isInOne = (id: SocketId, of: readonly Room[]): boolean => of.some((room) => this.has(id, room));
    return this.sockets
      .filter((id) => (rooms.length === 0 || isInOne(id, rooms)) && !isInOne(id, except))
      .toSorted();
  }

  private has(id: SocketId, room: Room): boolean {
    return this.memberships.some((one) => one.id === id && one.room === room);
  }

  private members(of: Room): SocketId[] {
    return this.memberships
      .filter(({ room }) => room === of)
      .map(({ id }) => id)
      .toSorted();
  }
}
