/** A packet log that writes down for each packet whether it was for the socket: too dear to use, too simple to be wrong. */
import type { LogLimits, Room } from "../src/index.ts";

/** What was sent. */
export interface NaivePacket {
  readonly rooms: readonly Room[];
  readonly except: readonly Room[];
  readonly bytes: number;
}

interface Note {
  readonly position: number;
  readonly bytes: number;
  readonly sentAt: number;
  readonly isForSocket: boolean;
}

/** The model against which the log is tested, for a single socket. */
export class NaiveLog {
  /** Where the socket is. */
  readonly rooms: Set<Room> = new Set();
  readonly #limits: LogLimits;
  #notes: Note[] = [];
  #sent = 0;

  constructor(limits: LogLimits) {
    this.#limits = limits;
  }

  append({ rooms, except, bytes }: NaivePacket, sentAt: number): void {
    const isIn = (room: Room): boolean => this.rooms.has(room);
    const isForSocket = (rooms.length === 0 || rooms.some(isIn)) && !except.some(isIn);
    this.#notes.push({ position: ++this.#sent, bytes, sentAt, isForSocket });
    this.trim(sentAt);
  }

  trim(now: number): void {
    const { maxPackets, maxBytes, maxAgeMs } = this.#limits;
    const length = (notes: readonly Note[]): number => notes.reduce((sum, { bytes }) => sum + bytes, 0);
    while (
      this.#notes.length > maxPackets ||
      length(this.#notes) > maxBytes ||
      (this.#notes[0]?.sentAt ?? now) < now - maxAgeMs
    ) {
      this.#notes = this.#notes.slice(1);
    }
  }

  /** The positions of the packets after `position` that were for the socket; `undefined` if one may be forgotten. */
  missed(position: number): number[] | undefined {
    const kept = this.#notes.filter((note) => note.position > position);
    if (kept.length !== this.#sent - position) return undefined;
    return kept.filter(({ isForSocket }) => isForSocket).map((note) => note.position);
  }
}
