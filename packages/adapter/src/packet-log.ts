/**
 * What a namespace has sent lately, so that a client whose connection was lost can have what it missed (protocol.md B.5).
 *
 * Every kept packet has a position, counted from 1. An offset is a position as text, preceded by a name for this log:
 * one from another log, such as that of a server before its restart, means nothing here and is refused.
 */
import type { Delivery, Room } from "./adapter.ts";
import { type Membership, type Stays, wasFor } from "./membership.ts";

/** How much a log keeps at most. */
export interface LogLimits {
  /** Packets. @default 10_000 */
  readonly maxPackets: number;
  /** Their encoded length in all, in bytes. @default 16 MiB */
  readonly maxBytes: number;
  /** Their age, in milliseconds. */
  readonly maxAgeMs: number;
}

/** A packet that was sent. */
interface Entry {
  readonly delivery: Delivery;
  readonly rooms: ReadonlySet<Room>;
  readonly except: ReadonlySet<Room>;
  readonly sentAt: number;
}

/** Stands for the packets that were sent to all. */
const EVERYBODY = Symbol("everybody");
type Audience = Room | typeof EVERYBODY;

/** A log that forgets its oldest packets when it is full, and knows which it has forgotten. */
export class PacketLog {
  readonly #name: string;
  readonly #limits: LogLimits;
  readonly #now: () => number;
  /** The kept packets by position; a Map keeps their order. */
  readonly #entries = new Map<number, Entry>();
  /** The positions of the kept packets by audience, ascending. */
  readonly #positions = new Map<Audience, number[]>();
  #bytes = 0;
  #head = 0;

  /**
   * @param name differs from that of any other log, and has no dot
   * @param now monotonic time in milliseconds
   */
  constructor(name: string, limits: LogLimits, now: () => number) {
    this.#name = name;
    this.#limits = limits;
    this.#now = now;
  }

  /** The position of the latest packet; zero before the first. */
  get head(): number {
    return this.#head;
  }

  /** How many packets are kept. */
  get size(): number {
    return this.#entries.size;
  }

  /** The first position that is kept, or would be. */
  get tail(): number {
    return this.#head - this.#entries.size + 1;
  }

  /** Whether everything after `position` is kept. */
  covers(position: number): boolean {
    return position >= this.tail - 1;
  }

  /** A position as clients see it. */
  offsetOf(position: number): string {
    return `${this.#name}.${position.toString(36)}`;
  }

  /** The position that a client's offset means; `undefined` if this log did not make it. */
  positionOf(offset: string): number | undefined {
    const [name, text = ""] = offset.split(".", 2);
    if (name !== this.#name || !/^[0-9a-z]{1,10}$/.test(text)) return undefined;
    const position = Number.parseInt(text, 36);
    return position <= this.#head ? position : undefined;
  }

  /**
   * Keeps a packet.
   * @param prepare encodes it, with the offset that it gets
   */
  append(
    rooms: ReadonlySet<Room>,
    except: ReadonlySet<Room>,
    prepare: (offset: string) => Delivery,
  ): Delivery {
    const delivery = prepare(this.offsetOf(this.#head + 1));
    const position = ++this.#head;
    this.#entries.set(position, { delivery, rooms, except, sentAt: this.#now() });
    for (const audience of audiencesOf(rooms)) {
      const positions = this.#positions.get(audience);
      if (positions === undefined) this.#positions.set(audience, [position]);
      else positions.push(position);
    }
    this.#bytes += delivery.byteLength;
    this.trim();
    return delivery;
  }

  /** Forgets what is too much or too old. */
  trim(): void {
    const oldest = this.#now() - this.#limits.maxAgeMs;
    for (const [position, entry] of this.#entries) {
      const full = this.#entries.size > this.#limits.maxPackets || this.#bytes > this.#limits.maxBytes;
      if (!full && entry.sentAt >= oldest) return;
      this.#forget(position, entry);
    }
  }

  /**
   * The packets after `position` that were for a socket with this membership, in order, by their positions.
   * `undefined` if some of them may have been forgotten.
   */
  missed(position: number, membership: Membership): Map<number, Delivery> | undefined {
    if (!this.covers(position)) return undefined;
    const stays = membership.staysAfter(position);
    const positions = new Set<number>();
    for (const audience of [EVERYBODY, ...stays.keys()] satisfies Audience[]) {
      for (const candidate of after(this.#positions.get(audience) ?? [], position)) {
        if (this.#isFor(candidate, stays)) positions.add(candidate);
      }
    }
    const inOrder = [...positions].sort((a, b) => a - b);
    return new Map(inOrder.map((kept) => [kept, this.#entries.get(kept)!.delivery]));
  }

  #isFor(position: number, stays: Stays): boolean {
    const { rooms, except } = this.#entries.get(position)!;
    return wasFor(stays, rooms, except, position);
  }

  #forget(position: number, { delivery, rooms }: Entry): void {
    this.#entries.delete(position);
    this.#bytes -= delivery.byteLength;
    for (const audience of audiencesOf(rooms)) {
      const positions = this.#positions.get(audience)!;
      positions.shift();
      if (positions.length === 0) this.#positions.delete(audience);
    }
  }
}

function audiencesOf(rooms: ReadonlySet<Room>): Iterable<Audience> {
  return rooms.size === 0 ? [EVERYBODY] : rooms;
}

/** The part of an ascending list that is greater than `position`. */
function after(positions: readonly number[], position: number): readonly number[] {
  let low = 0;
  let high = positions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (positions[middle]! <= position) low = middle + 1;
    else high = middle;
  }
  return positions.slice(low);
}
