/** How long to wait before the next attempt: up to twice as long each time, drawn at random, up to a limit. */
import { LONGEST_TIMER_MS } from "@telsiz/events";

/** What the waiting times are made from, by the names of the options. */
export interface BackoffTimes {
  /** The first, in milliseconds. */
  reconnectionDelay: number;
  /** The longest, in milliseconds. */
  reconnectionDelayMax: number;
  /** By which part they vary up or down, from 0 to 1; 0 for not at all. */
  randomizationFactor: number;
  /** Whether they are drawn from the whole range instead, from zero on. @default true */
  readonly spread?: boolean;
}

/** The waiting times of one series of attempts. */
export class Backoff {
  /** How many waiting times were drawn since the last {@link reset}. */
  attempts = 0;
  readonly #times: Readonly<BackoffTimes>;
  readonly #random: () => number;

  /** @param times read again for each waiting time */
  constructor(times: Readonly<BackoffTimes>, random: () => number = Math.random) {
    this.#times = times;
    this.#random = random;
  }

  /** The next waiting time, in milliseconds. */
  next(): number {
    const { reconnectionDelay: min, reconnectionDelayMax: max, randomizationFactor: jitter } = this.#times;
    // Doubled a thousand times it would be infinite, and its variation not a number.
    const base = Math.min(min * 2 ** this.attempts++, LONGEST_TIMER_MS);
    // After an outage all clients come back at once, unless they differ by as much as they wait.
    if (this.#times.spread !== false && jitter > 0) return Math.floor(this.#random() * Math.min(base, max));
    const deviation = this.#random() * jitter * base;
    const varied = this.#random() < 0.5 ? base - deviation : base + deviation;
    return Math.min(Math.floor(varied), max, LONGEST_TIMER_MS);
  }

  /** Begins a new series. */
  reset(): void {
    this.attempts = 0;
  }
}
