/** How long to wait before the next attempt: up to twice as long each time, drawn at random, up to a limit. */

/** What the waiting times are made from. */
export interface BackoffTimes {
  /** The first, in milliseconds. */
  min: number;
  /** The longest, in milliseconds. */
  max: number;
  /** By which part they vary up or down, from 0 to 1; 0 for not at all. */
  jitter: number;
  /** Whether they are drawn from the whole range instead, from zero on. @default true */
  readonly spread?: boolean;
}

/** The longest that timers of the platforms can measure, in milliseconds: 24.8 days. Beyond it they end at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** The waiting times of one series of attempts. */
export class Backoff implements BackoffTimes {
  min: number;
  max: number;
  jitter: number;
  /** How many waiting times were drawn since the last {@link reset}. */
  attempts = 0;
  readonly #spread: boolean;
  readonly #random: () => number;

  constructor({ min, max, jitter, spread = true }: BackoffTimes, random: () => number = Math.random) {
    this.min = min;
    this.max = max;
    this.jitter = jitter;
    this.#spread = spread;
    this.#random = random;
  }

  /** The next waiting time, in milliseconds. */
  next(): number {
    // Doubled a thousand times it would be infinite, and its variation not a number.
    const base = Math.min(this.min * 2 ** this.attempts++, LONGEST_MS);
    // After an outage all clients come back at once, unless they differ by as much as they wait.
    if (this.#spread && this.jitter > 0) return Math.floor(this.#random() * Math.min(base, this.max));
    const deviation = this.#random() * this.jitter * base;
    const varied = this.#random() < 0.5 ? base - deviation : base + deviation;
    return Math.min(Math.floor(varied), this.max, LONGEST_MS);
  }

  /** Begins a new series. */
  reset(): void {
    this.attempts = 0;
  }
}
