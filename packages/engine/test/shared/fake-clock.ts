/** A clock that tests move by hand. */
import type { WheelClock } from "../../src/shared/timer-wheel.ts";

interface Timer {
  readonly due: number;
  readonly callback: () => void;
}

export class FakeClock implements WheelClock {
  #now = 1000;
  readonly #timers = new Set<Timer>();

  /** How many platform timers are set. */
  get timerCount(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, delayMs: number): unknown {
    const timer = { due: this.#now + delayMs, callback };
    this.#timers.add(timer);
    return timer;
  }

  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer as Timer);
  }

  /** What is read after a pause; for tests to say. */
  readInput: () => void = () => undefined;

  afterInput(callback: () => void): void {
    this.readInput();
    callback();
  }

  /** Lets the process stop for a while: afterwards timers are late. */
  pause(ms: number): void {
    this.#now += ms;
    this.advance(0);
  }

  /** Lets time pass, calling what falls due in its order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#nextUntil(end); next !== undefined; next = this.#nextUntil(end)) {
      this.#now = Math.max(this.#now, next.due);
      this.#timers.delete(next);
      next.callback();
    }
    this.#now = end;
  }

  #nextUntil(end: number): Timer | undefined {
    return [...this.#timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
  }
}
