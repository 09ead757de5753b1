/** Writes of sessions: those of one session one after the other, and what changes while one is under way at once. */
import type { Clock } from "./clock.ts";
import { REPAIR_MS } from "./timing.ts";

/** How often a write is tried: for five seconds. */
const ATTEMPTS = 25;

/** One write of a key, under way or to come. */
interface Turn {
  write: () => Promise<void>;
  begun: boolean;
  done: Promise<void>;
}

/** What cannot be written is tried again for a while. */
export class SessionWrites {
  /** The last of each key. */
  readonly #turns = new Map<string, Turn>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Writes behind what is being written of the key, in place of what has not begun. Resolves when it is written. */
  write(key: string, write: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(key);
    if (before?.begun === false) {
      before.write = write;
      return before.done;
    }
    const turn: Turn = { write, begun: false, done: this.settled(key) };
    turn.done = turn.done
      .then(() => {
        turn.begun = true;
        return this.#try(turn.write);
      })
      .finally(() => {
        if (this.#turns.get(key) === turn) this.#turns.delete(key);
      });
    this.#turns.set(key, turn);
    return turn.done;
  }

  /** Resolves when everything of the key is written, or could not be. */
  async settled(key: string): Promise<void> {
    await this.#turns.get(key)?.done.catch(() => undefined); // who wrote it is told
  }

  /** Resolves when everything is written, or could not be. */
  async idle(): Promise<void> {
    await Promise.all([...this.#turns.keys()].map((key) => this.settled(key)));
  }

  async #try(write: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await write();
        return;
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
      }
      await new Promise<void>((resolve) => this.#clock.after(REPAIR_MS, resolve));
    }
  }
}
