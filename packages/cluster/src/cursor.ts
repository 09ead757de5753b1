/** How far one publisher's items of one channel have been delivered here. A machine without input or output. */
import type { Frame } from "./frame.ts";

/** What a held frame takes beside its items, about, in bytes: many small ones must count, too. */
const HELD_OVERHEAD = 256;

/** What cursors of a node hold together, so that all of them are bounded. */
export interface HeldBytes {
  /** Bytes that are held. */
  bytes: number;
  /** Above it, frames are dropped; they are asked for again. */
  readonly limit: number;
}

/** Items that are missing. */
export interface Missing {
  /** The number of the first. */
  readonly from: number;
  /** The number of the last. */
  readonly to: number;
}

/** Takes the items of a frame from a number on. */
export type DeliverFrame = (frame: Frame, from: number) => void;

/**
 * ```
 *             begin(head)               a number is skipped, or a head is ahead
 *   Unknown ────────────────▶ Current ─────────────────────────────────────────▶ Missing
 *   holds what comes          delivers  ◀─────────────────────────────────────── holds what comes
 *                                         the missing came, or skipTo(first)
 * ```
 */
export class Cursor {
  /** The number of the next item to deliver; `undefined` in the state Unknown. */
  #next: number | undefined;
  /** The highest number that is known to exist. */
  #head = 0;
  /** Frames that cannot be delivered yet, by their numbers, each once. */
  readonly #held: Frame[] = [];
  readonly #budget: HeldBytes;
  readonly #deliver: DeliverFrame;

  constructor(budget: HeldBytes, deliver: DeliverFrame) {
    this.#budget = budget;
    this.#deliver = deliver;
  }

  /** Whether it is known where it begins. */
  get begun(): boolean {
    return this.#next !== undefined;
  }

  /** What is missing up to the next thing that is there; `undefined` if nothing is. */
  get missing(): Missing | undefined {
    const next = this.#next;
    if (next === undefined || this.#head < next) return undefined;
    return { from: next, to: (this.#held[0]?.first ?? this.#head + 1) - 1 };
  }

  /** The publisher had come to `head` when it learned of this node: what comes after that is owed, and after the first that came before. */
  begin(head: number): void {
    if (this.#next !== undefined) return;
    this.#next = Math.min(head + 1, this.#held[0]?.first ?? Infinity);
    this.#releaseHeld();
  }

  /** Where it begins will never be known: with what it has. */
  beginHere(): void {
    this.begin(this.#head);
  }

  /** A frame of the channel came. */
  receive(frame: Frame): void {
    const last = frame.first + frame.count - 1;
    this.#head = Math.max(this.#head, last);
    const next = this.#next;
    if (next === undefined || frame.first > next) return this.#hold(frame);
    if (last < next) return; // it was here before
    this.#next = last + 1;
    this.#deliver(frame, next);
    this.#releaseHeld();
  }

  /** The publisher says that it has come to `head`. */
  learnHead(head: number): void {
    this.#head = Math.max(this.#head, head);
  }

  /** What is before `first` will not come any more. @returns how many items are lost */
  skipTo(first: number): number {
    if (this.#next === undefined || first <= this.#next) return 0;
    let lost = 0;
    while ((this.#held[0]?.first ?? Infinity) < first) {
      const frame = this.#held[0]!;
      lost += this.#advanceTo(frame.first);
      this.#release(frame);
    }
    lost += this.#advanceTo(first);
    this.#releaseHeld();
    return lost;
  }

  /** Nothing that is missing will come any more. @returns how many items are lost */
  giveUp(): number {
    return this.skipTo(this.#head + 1);
  }

  /** Drops what it holds. */
  close(): void {
    for (const frame of this.#held) this.#budget.bytes -= costOf(frame);
    this.#held.length = 0;
  }

  /** Goes on to a number without what is before it. @returns how many items that are */
  #advanceTo(first: number): number {
    const skipped = Math.max(0, first - this.#next!);
    this.#next! += skipped;
    return skipped;
  }

  #hold(frame: Frame): void {
    let at = this.#held.length;
    while (at > 0 && this.#held[at - 1]!.first > frame.first) at--;
    if (this.#held[at - 1]?.first === frame.first) return;
    if (this.#budget.bytes + costOf(frame) > this.#budget.limit) return;
    this.#budget.bytes += costOf(frame);
    this.#held.splice(at, 0, frame);
  }

  #releaseHeld(): void {
    while (this.#next !== undefined && (this.#held[0]?.first ?? Infinity) <= this.#next) {
      this.#release(this.#held[0]!);
    }
  }

  /** Delivers the first of the held frames, or what is new in it. */
  #release(frame: Frame): void {
    this.#held.shift();
    this.#budget.bytes -= costOf(frame);
    const next = this.#next!;
    const end = frame.first + frame.count;
    if (end <= next) return;
    this.#next = end;
    this.#deliver(frame, Math.max(next, frame.first));
  }
}

function costOf({ body }: Frame): number {
  return body.length + HELD_OVERHEAD;
}
