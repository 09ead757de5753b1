/** Token buckets: so many at once, and so many a second on average. */

/** What a bucket holds, and how fast it fills. */
export interface Rate {
  /** Tokens that come each second. */
  readonly perSecond: number;
  /** Tokens that it holds at most, and has at the beginning. */
  readonly burst: number;
}

/** One bucket. It has no timer: whoever asks says what time it is, in milliseconds that never go back. */
export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #filledAt: number;

  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#filledAt = now;
  }

  /** Whether it is as full as can be, so that one that is made anew would be no different. */
  isFull(now: number): boolean {
    this.#fill(now);
    return this.#tokens >= this.#rate.burst;
  }

  /** Takes `count` tokens, if they are there. More than it can hold are there when it is full, and leave a debt. */
  take(now: number, count = 1): boolean {
    if (this.waitMs(now, count) > 0) return false;
    this.#tokens -= count;
    return true;
  }

  /** Takes `count` tokens, even if they are not there. */
  spend(now: number, count: number): void {
    this.#fill(now);
    this.#tokens -= count;
  }

  /** How long it takes until `count` tokens are there, in milliseconds; zero if they are. */
  waitMs(now: number, count = 1): number {
    this.#fill(now);
    const missing = Math.min(count, this.#rate.burst) - this.#tokens;
    return missing <= 0 ? 0 : Math.ceil((missing / this.#rate.perSecond) * 1000);
  }

  #fill(now: number): void {
    if (now <= this.#filledAt) return;
    const { perSecond, burst } = this.#rate;
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledAt) / 1000) * perSecond);
    this.#filledAt = now;
  }
}
