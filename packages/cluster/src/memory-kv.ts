/** Values of nodes in one process. Every other store does what it does. */
import { type Clock, systemClock } from "./clock.ts";
import type { Kv } from "./kv.ts";

interface Kept {
  readonly value: Uint8Array;
  expiresAt: number;
}

/** How often values whose time is over are looked for, at most, in milliseconds. */
const SWEEP_MS = 10_000;

/** A value whose time is over is none. */
export class MemoryKv implements Kv {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();
  #sweptAt = 0;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** How many values are kept. */
  get size(): number {
    return this.#kept.size;
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#find(key)?.value);
  }

  put(key: string, value: Uint8Array, ttlMs: number): Promise<void> {
    this.#sweep();
    this.#kept.set(key, { value, expiresAt: this.#clock.now() + ttlMs });
    return Promise.resolve();
  }

  take(key: string, value: Uint8Array): Promise<boolean> {
    const kept = this.#find(key);
    if (kept === undefined || Buffer.compare(kept.value, value) !== 0) return Promise.resolve(false);
    return Promise.resolve(this.#kept.delete(key));
  }

  touch(key: string, ttlMs: number): Promise<void> {
    const kept = this.#find(key);
    if (kept !== undefined) kept.expiresAt = this.#clock.now() + ttlMs;
    return Promise.resolve();
  }

  remove(key: string): Promise<void> {
    this.#kept.delete(key);
    return Promise.resolve();
  }

  #find(key: string): Kept | undefined {
    const kept = this.#kept.get(key);
    return kept !== undefined && kept.expiresAt > this.#clock.now() ? kept : undefined;
  }

  #sweep(): void {
    const now = this.#clock.now();
    if (now < this.#sweptAt + SWEEP_MS) return;
    this.#sweptAt = now;
    for (const [key, { expiresAt }] of this.#kept) if (expiresAt <= now) this.#kept.delete(key);
  }
}
