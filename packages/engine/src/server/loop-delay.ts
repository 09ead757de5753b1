/** How late the event loop is. */
import type { Clock } from "../shared/timer-wheel.ts";

/** How often it is measured, in milliseconds. */
const INTERVAL_MS = 100;

/** Measures by a timer how much later than asked for it calls. */
export class LoopDelay {
  readonly #clock: Clock;
  #timer: unknown;
  #dueAt = 0;
  #latestMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The latest delay, in milliseconds. */
  get currentMs(): number {
    return this.#latestMs;
  }

  start(): void {
    this.#dueAt = this.#clock.now() + INTERVAL_MS;
    this.#timer = this.#clock.setTimeout(() => {
      this.#latestMs = Math.max(0, this.#clock.now() - this.#dueAt);
      this.start();
    }, INTERVAL_MS);
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
  }
}
