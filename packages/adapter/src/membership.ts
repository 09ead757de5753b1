/** In which rooms a socket was at which point of the packet log: the log alone cannot say whom an old packet was for. */
import type { Room } from "./adapter.ts";

/** A stay in a room: the socket was there for the packets after `from`, up to `to`. */
export interface Stay {
  readonly from: number;
  readonly to: number;
}

/** The stays of a socket by room, in the order of time. */
export type Stays = ReadonlyMap<Room, readonly Stay[]>;

interface EndedStay extends Stay {
  readonly room: Room;
}

/** A membership as it is kept elsewhere. */
export interface MembershipSnapshot {
  /** The present rooms, each with the position at which it was joined. */
  readonly present: readonly (readonly [room: Room, from: number])[];
  /** Stays that have ended, in the order in which they did. */
  readonly ended: readonly (readonly [room: Room, from: number, to: number])[];
}

/** The rooms of one socket over time. Points in time are positions in the packet log. */
export class Membership {
  /** The present rooms, each with the position at which it was joined. */
  readonly #present = new Map<Room, number>();
  /** In the order in which they ended. */
  readonly #ended: EndedStay[] = [];

  /** A membership that was kept elsewhere. */
  static from({ present, ended }: MembershipSnapshot): Membership {
    const membership = new Membership();
    for (const [room, from] of present) membership.#present.set(room, from);
    for (const [room, from, to] of ended) membership.#ended.push({ room, from, to });
    return membership;
  }

  /** What is to be kept elsewhere. */
  snapshot(): MembershipSnapshot {
    return {
      present: [...this.#present],
      ended: this.#ended.map(({ room, from, to }) => [room, from, to] as const),
    };
  }

  /** The present rooms. */
  get rooms(): ReadonlySet<Room> {
    return new Set(this.#present.keys());
  }

  /** The member at `position` of the room has joined. */
  join(room: Room, position: number): void {
    if (!this.#present.has(room)) this.#present.set(room, position);
  }

  /** Forgets the room, in which it was at `position`. */
  leave(room: Room, position: number): void {
    const from = this.#present.get(room);
    if (from === undefined) return;
    this.#present.delete(room);
    if (from < position) this.#ended.push({ room, from, to: position });
  }

  /** Where it was when the packets after `position` were sent. */
  staysAfter(position: number): Stays {
    const stays = new Map<Room, Stay[]>();
    const add = (room: Room, stay: Stay): void => {
      const known = stays.get(room);
      if (known === undefined) stays.set(room, [stay]);
      else known.push(stay);
    };
    for (const stay of this.#ended) if (stay.to > position) add(stay.room, stay);
    for (const [room, from] of this.#present) add(room, { from, to: Infinity });
    return stays;
  }

  /** Forgets stays that ended before `position`, as packets from then are no longer kept. */
  forgetBefore(position: number): void {
    let count = 0;
    while ((this.#ended[count]?.to ?? Infinity) < position) count++;
    if (count > 0) this.#ended.splice(0, count);
  }
}

/** Whether a socket with these stays was in `room` when the packet at `position` was sent. */
export function wasIn(stays: Stays, room: Room, position: number): boolean {
  const ofRoom = stays.get(room);
  if (ofRoom === undefined) return false;
  // By halves: who comes and goes all the time has many.
  let low = 0;
  let high = ofRoom.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ofRoom[middle]!.to < position) low = middle + 1;
    else high = middle;
  }
  return low < ofRoom.length && ofRoom[low]!.from < position;
}

/** Whether the packet at `position` was for a socket with these stays: sent to one of `rooms`, or to all, but not to one of `except`. */
export function wasFor(
  stays: Stays,
  rooms: ReadonlySet<Room>,
  except: ReadonlySet<Room>,
  position: number,
): boolean {
  const isIn = (room: Room): boolean => wasIn(stays, room, position);
  return (rooms.size === 0 || [...rooms].some(isIn)) && ![...except].some(isIn);
}
