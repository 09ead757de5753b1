/** A log and a store of values that do their worst, the same for the same seed: answers are late or lost, and so is what follows the log. */
import type { Kv } from "../../src/kv.ts";
import type { Log, LogSlice } from "../../src/log.ts";
import { MemoryKv } from "../../src/memory-kv.ts";
import { MemoryLog, MemoryStreams } from "../../src/memory-log.ts";
import type { Faults } from "../simulation/simulated-network.ts";
import { NO_FAULTS } from "../simulation/simulated-network.ts";
import { ProcessClock, type VirtualTime } from "../simulation/virtual-time.ts";

/** What all nodes share. */
export class SimulatedStore {
  faults: Faults = NO_FAULTS;
  readonly streams: MemoryStreams;
  readonly values: MemoryKv;
  readonly #time: VirtualTime;
  readonly #random: () => number;

  constructor(time: VirtualTime, random: () => number) {
    this.#time = time;
    this.#random = random;
    const clock = new ProcessClock(time);
    this.streams = new MemoryStreams(clock);
    this.values = new MemoryKv(clock);
  }

  /** One process's end of it. */
  connect(clock: ProcessClock): { readonly log: Log; readonly kv: Kv } {
    const memory = new MemoryLog(this.streams);
    const ask = <T>(what: () => Promise<T>): Promise<T> => this.#ask(clock, what);
    const log: Log = {
      append: (...args) => ask(() => memory.append(...args)),
      read: (...args) => ask(() => memory.read(...args)),
      touch: (...args) => ask(() => memory.touch(...args)),
      remove: (...args) => ask(() => memory.remove(...args)),
      follow: (stream, onSlice) =>
        memory.follow(stream, (slice: LogSlice) => this.#bring(clock, () => onSlice(slice))),
      unfollow: (stream) => memory.unfollow(stream),
    };
    const { values } = this;
    const kv: Kv = {
      get: (...args) => ask(() => values.get(...args)),
      put: (...args) => ask(() => values.put(...args)),
      take: (...args) => ask(() => values.take(...args)),
      touch: (...args) => ask(() => values.touch(...args)),
      remove: (...args) => ask(() => values.remove(...args)),
    };
    return { log, kv };
  }

  #delay(): number {
    return 1 + Math.floor(this.#random() * this.faults.jitter);
  }

  /** Appends that fail may have been done. The others fail at once. */
  #ask<T>(clock: ProcessClock, what: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      clock.run(() => {
        this.#time.after(this.#delay(), () => {
          const isLost = this.#random() < this.faults.loss / 2;
          const outcome = isLost && this.#random() < 0.5 ? undefined : what();
          this.#time.after(this.#delay(), () =>
            clock.run(() => {
              if (isLost || outcome === undefined) reject(new Error("the store does not answer"));
              else outcome.then(resolve, reject);
            }),
          );
        });
      });
    });
  }

  #bring(clock: ProcessClock, slice: () => void): void {
    if (this.#random() >= this.faults.loss) this.#time.after(this.#delay(), () => clock.run(slice));
    if (this.#random() < this.faults.doubled) this.#time.after(this.#delay(), () => clock.run(slice));
  }
}
