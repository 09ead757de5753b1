/** What all nodes have sent in a namespace, in the one order of the log: applied here as it comes, and read again for who has missed it. */
import type { Cancel, Clock } from "./clock.ts";
import type { Log, LogSlice } from "./log.ts";

/** Frames that are read at once, at most. */
const PAGE = 500;

/** Who applies it. */
export interface HistoryOwner {
  readonly clock: Clock;
  /** Time between two looks at the log's head, in milliseconds. */
  readonly heartbeatMs: number;
  /** The next frame. */
  onEntry(position: number, frame: Uint8Array): void;
  /** Frames will not come: the log has forgotten them. @param lost how many, if that is known */
  onForgotten(lost: number | undefined): void;
  /** The log cannot be read, and is asked again. */
  onLogError(error: unknown): void;
}

/**
 * ```
 *   open() ──▶ Starting ── the log can be followed ──▶ Following ── close() ──▶ Closed
 * ```
 */
export class History {
  readonly #log: Log;
  readonly #stream: string;
  readonly #owner: HistoryOwner;
  /** Empty until it follows the log. */
  #epoch = "";
  #position = 0;
  #reading: Promise<void> | undefined;
  #timer: Cancel | undefined;
  #closed = false;
  /** Resolves when it follows the log. */
  readonly started: Promise<void>;
  #onStarted!: () => void; // by the promise's executor, at once

  constructor(log: Log, stream: string, owner: HistoryOwner) {
    this.#log = log;
    this.#stream = stream;
    this.#owner = owner;
    this.started = new Promise((resolve) => (this.#onStarted = resolve));
  }

  get epoch(): string {
    return this.#epoch;
  }

  /** The last that was applied. */
  get position(): number {
    return this.#position;
  }

  /** Follows the log from its head on. */
  open(): void {
    void this.#start();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.();
    this.#log.unfollow(this.#stream);
  }

  /** Applies everything up to a position. @returns whether there is so much in the log */
  async catchUp(position: number): Promise<boolean> {
    if (this.#position < position) await this.#read();
    if (this.#position < position) await this.#read(); // one that was under way may have begun too early
    return this.#position >= position;
  }

  /** The frames behind one position, up to another; `undefined` if some are forgotten. @throws what the log throws */
  async between(after: number, to: number): Promise<Map<number, Uint8Array> | undefined> {
    const found = new Map<number, Uint8Array>();
    let last = after;
    while (last < to) {
      const { epoch, first, frames } = await this.#log.read(this.#stream, last, PAGE);
      if (epoch !== this.#epoch || first !== last + 1 || frames.length === 0) return undefined;
      for (const frame of frames) if (++last <= to) found.set(last, frame);
    }
    return found;
  }

  async #start(): Promise<void> {
    try {
      await this.#log.follow(this.#stream, (slice) => this.#onSlice(slice));
      const { epoch, head } = await this.#log.read(this.#stream, Number.MAX_SAFE_INTEGER, 0);
      if (this.#closed) return;
      this.#epoch = epoch;
      this.#position = head;
    } catch (error) {
      if (this.#closed) return;
      this.#owner.onLogError(error);
      this.#timer = this.#owner.clock.after(this.#owner.heartbeatMs, () => void this.#start());
      return;
    }
    this.#onStarted();
    void this.#read(); // what came between the two
    this.#lookLater();
  }

  /** What was appended last may not have come. */
  #lookLater(): void {
    this.#timer = this.#owner.clock.after(this.#owner.heartbeatMs, () => {
      void this.#read().then(() => {
        if (!this.#closed) this.#lookLater();
      });
    });
  }

  #onSlice(slice: LogSlice): void {
    if (this.#closed || this.#epoch === "") return;
    if (slice.epoch !== this.#epoch || slice.first > this.#position + 1) void this.#read();
    else this.#apply(slice);
  }

  /** Reads what is missing, once at a time. */
  #read(): Promise<void> {
    return (this.#reading ??= this.#readAll().finally(() => (this.#reading = undefined)));
  }

  async #readAll(): Promise<void> {
    try {
      for (;;) {
        const slice = await this.#log.read(this.#stream, this.#position, PAGE);
        if (this.#closed) return;
        if (slice.epoch !== this.#epoch) {
          this.#epoch = slice.epoch;
          this.#position = 0;
          this.#owner.onForgotten(undefined);
          continue;
        }
        if (slice.first > this.#position + 1) this.#skipTo(slice.first);
        this.#apply(slice);
        if (this.#position >= slice.head) return;
      }
    } catch (error) {
      if (!this.#closed) this.#owner.onLogError(error);
    }
  }

  #skipTo(first: number): void {
    const lost = first - 1 - this.#position;
    this.#position = first - 1;
    this.#owner.onForgotten(lost);
  }

  #apply({ first, frames }: LogSlice): void {
    frames.forEach((frame, index) => {
      if (first + index !== this.#position + 1) return; // it came before
      this.#position++;
      this.#owner.onEntry(this.#position, frame);
    });
  }
}
