/** The sessions that clients open over several transports at once, by the ids that clients give their races (docs/wire.md). */
import type { Clock } from "../shared/timer-wheel.ts";
import type { Session } from "./session.ts";

/** How long a race that is over is remembered at least, in milliseconds: a request may have been on its way for long. */
const MEMORY_MS = 30_000;

/** How many are remembered at least, if they are so many. More would be memory for whoever asks for it. */
const MEMORY_SIZE = 10_000;

/** Which races are being run, and which were. */
export class Races {
  readonly #clock: Clock;
  readonly #running = new Map<string, Session>();
  /** Those that are over: of the last {@link MEMORY_MS}, and of the time before. */
  #decided = new Set<string>();
  #elder: ReadonlySet<string> = new Set<string>();
  /** When {@link #decided} was begun. */
  #since: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.now();
  }

  /** The session whose transport is not chosen yet. */
  get(id: string): Session | undefined {
    return this.#running.get(id);
  }

  /** Whether the client has chosen: what comes now is late, and nobody waits for an answer. */
  isDecided(id: string): boolean {
    return this.#decided.has(id) || this.#elder.has(id);
  }

  begin(id: string, session: Session): void {
    this.#running.set(id, session);
  }

  /** @param decided whether the client has chosen; otherwise the session has ended before */
  end(id: string, decided: boolean): void {
    this.#running.delete(id);
    if (!decided) return;
    const now = this.#clock.now();
    if (now - this.#since > MEMORY_MS || this.#decided.size >= MEMORY_SIZE) {
      this.#elder = this.#decided;
      this.#decided = new Set();
      this.#since = now;
    }
    this.#decided.add(id);
  }
}
