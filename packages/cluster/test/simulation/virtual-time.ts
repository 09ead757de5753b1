/** Time of a simulation: what is due runs in its order, one after the other, as fast as the machine can. */
import type { Cancel, Clock } from "../../src/clock.ts";

interface Due {
  readonly at: number;
  readonly action: () => void;
  isCancelled: boolean;
}

/** Lets what was started by promises go on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await Promise.resolve();
}

/** The time of all nodes. */
export class VirtualTime {
  #now = 0;
  readonly #due: Due[] = [];

  get now(): number {
    return this.#now;
  }

  after(delayMs: number, action: () => void): Cancel {
    const due: Due = { at: this.#now + delayMs, action, isCancelled: false };
    let at = this.#due.length;
    while (at > 0 && this.#due[at - 1]!.at > due.at) at--;
    this.#due.splice(at, 0, due);
    return () => {
      due.isCancelled = true;
    };
  }

  /** Lets time pass. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    while ((this.#due[0]?.at ?? Infinity) <= end) {
      const due = this.#due.shift()!;
      this.#now = due.at;
      if (due.isCancelled) continue;
      due.action();
      await settle();
    }
    this.#now = end;
  }
}

/** The clock of one process, which may be stopped for a while, or for ever. */
export class ProcessClock implements Clock {
  readonly #time: VirtualTime;
  #stoppedUntil = 0;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  now(): number {
    return this.#time.now;
  }

  after(delayMs: number, action: () => void): Cancel {
    return this.#time.after(delayMs, () => this.run(action));
  }

  atTurnEnd(action: () => void): void {
    this.after(0, action);
  }

  /** Does something when the process runs. */
  run(action: () => void): void {
    const rest = this.#stoppedUntil - this.#time.now;
    if (rest <= 0) action();
    else if (rest < Infinity) this.#time.after(rest, () => this.run(action));
  }

  /** The process does nothing for so long. */
  stop(ms: number): void {
    this.#stoppedUntil = Math.max(this.#stoppedUntil, this.#time.now + ms);
  }
}
