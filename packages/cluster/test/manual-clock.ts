/** A clock that stands still until it is told to go on. What is due runs in the order of time, one turn each. */
import type { Cancel, Clock } from "../src/clock.ts";

interface Due {
  readonly at: number;
  readonly order: number;
  readonly action: () => void;
}

/** Lets what was started by promises go on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await Promise.resolve();
}

export class ManualClock implements Clock {
  #now = 0;
  #order = 0;
  #due: Due[] = [];

  now(): number {
    return this.#now;
  }

  after(delayMs: number, action: () => void): Cancel {
    const due = { at: this.#now + delayMs, order: this.#order++, action };
    let at = this.#due.length;
    while (at > 0 && this.#due[at - 1]!.at > due.at) at--;
    this.#due.splice(at, 0, due);
    return () => {
      const index = this.#due.indexOf(due);
      if (index >= 0) this.#due.splice(index, 1);
    };
  }

  atTurnEnd(action: () => void): void {
    this.after(0, action);
  }

  /** Goes on without doing what is due meanwhile, as when the process was stopped. */
  jump(ms: number): void {
    this.#now += ms;
  }

  /** Lets time pass. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    while ((this.#due[0]?.at ?? Infinity) <= end) {
      const due = this.#due.shift()!;
      this.#now = Math.max(this.#now, due.at);
      due.action();
      await settle();
    }
    this.#now = end;
  }
}
