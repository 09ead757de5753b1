/** Appends to one stream of the log, in order, and again until the log has taken it. */
import type { Cancel, Clock } from "./clock.ts";
import type { Log, LogLimits } from "./log.ts";
import { REPAIR_MS } from "./timing.ts";

/** Frames that go to the log at once, at most. */
const BATCH = 500;

/** Whom a writer tells. */
export interface LogWriterOwner {
  readonly clock: Clock;
  /** Resolves when the first may leave. @default at once */
  readonly ready?: Promise<void>;
  /** The log could not take it, and is asked again. */
  onLogError(error: unknown): void;
}

/**
 * ```
 *   Idle ── add() ──▶ Waiting for the turn's end ──▶ Appending ──▶ Idle
 *                                                     ▲    │ rejected
 *                                                     └────┘ after REPAIR_MS
 * ```
 */
export class LogWriter {
  readonly #log: Log;
  readonly #stream: string;
  readonly #id: string = crypto.randomUUID();
  readonly #limits: LogLimits;
  readonly #owner: LogWriterOwner;
  #waiting: Uint8Array[] = [];
  #bytes = 0;
  /** The number of the first that waits. */
  #seq = 1;
  #writing = false;
  #closed = false;
  #pause: Cancel | undefined;
  #idle: (() => void)[] = [];

  constructor(log: Log, stream: string, limits: LogLimits, owner: LogWriterOwner) {
    this.#log = log;
    this.#stream = stream;
    this.#limits = limits;
    this.#owner = owner;
  }

  /** Bytes that the log has not taken yet. */
  get waitingBytes(): number {
    return this.#bytes;
  }

  /** It leaves at the end of this turn. */
  add(frame: Uint8Array): void {
    this.#waiting.push(frame);
    this.#bytes += frame.length;
    if (this.#writing || this.#closed) return;
    this.#writing = true;
    this.#owner.clock.atTurnEnd(() => void this.#write());
  }

  /** Resolves when the log has everything. */
  idle(): Promise<void> {
    if (!this.#writing) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Appends nothing more. */
  close(): void {
    this.#closed = true;
    this.#pause?.();
    this.#rest();
  }

  async #write(): Promise<void> {
    await this.#owner.ready;
    while (this.#waiting.length > 0 && !this.#closed) {
      const frames = this.#waiting.slice(0, BATCH);
      try {
        await this.#log.append(this.#stream, frames, { id: this.#id, seq: this.#seq }, this.#limits);
      } catch (error) {
        this.#owner.onLogError(error);
        this.#pause = this.#owner.clock.after(REPAIR_MS, () => void this.#write());
        return;
      }
      this.#seq += frames.length;
      this.#waiting = this.#waiting.slice(frames.length);
      for (const frame of frames) this.#bytes -= frame.length;
    }
    this.#rest();
  }

  #rest(): void {
    this.#writing = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
