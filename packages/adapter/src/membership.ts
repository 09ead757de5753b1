/** In which rooms a socket was at which point of the packet log: the log alone cannot say whom an old packet was for. */
import type { Room } from "./adapter.ts";

/** A stay in a room that has ended: the socket was there for the packets after `from`, up to `to`. */
interface Stay {
  readonly room: Room;
  readonly from: number;
  readonly to: number;
}

/** The rooms of one socket over time. Points in time are positions in the packet log. */
export class Membership {
  /** The present rooms, each with the position at which it was joined. */
  readonly #present = new Map<Room, number>();
  #past: Stay[] = [];

  /** The present rooms. */
  get rooms(): Room[] {
    return [...this.#present.keys()];
  }

  /** Every room it is or was in. */
  get allRooms(): Set<Room> {
    return new Set([...this.#present.keys(), ...this.#past.map(({ room }) => room)]);
  }

  join(room: Room, position: number): void {
    if (!this.#present.has(room)) this.#present.set(room, position);
  }

  leave(room: Room, position: number): void {
    const from = this.#present.get(room);
    if (from === undefined) return;
    this.#present.delete(room);
    if (from < position) this.#past.push({ room, from, to: position });
  }

  /** Whether it was in `room` when the packet at `position` was sent. */
  includes(room: Room, position: number): boolean {
    const since = this.#present.get(room);
    if (since !== undefined && since < position) return true;
    return this.#past.some((stay) => stay.room === room && stay.from < position && position <= stay.to);
  }

  /** Forgets stays that ended before `position`, as packets from then are no longer kept. */
  forgetBefore(position: number): void {
    this.#past = this.#past.filter(({ to }) => to >= position);
  }
}
