/**
 * One coarse timer for very many deadlines: those of the same tick share a bucket, and a single platform timer
 * serves all of them. Nothing is allocated per deadline but its place in the bucket.
 */
import { LONGEST_TIMER_MS } from "@telsiz/events";

/** What waits for a deadline. It waits for at most one at a time. */
export interface Alarm {
  /** The tick it waits for. Owned by the wheel; zero when it waits for none. */
  dueTick: number;
  /** The deadline has come. */
  onAlarm(): void;
}

/** Where time comes from: the platform, or a test. */
export interface Clock {
  /** Monotonic time in milliseconds. */
  now(): number;
  /** Calls `callback` after at least `delayMs`. The timer does not keep the process alive where that can be said. */
  setTimeout(callback: () => void, delayMs: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** As a wheel needs it. */
export interface WheelClock extends Clock {
  /** Calls `callback` when what had arrived by now has been read. */
  afterInput(callback: () => void): void;
}

/**
 * Later than by this, in milliseconds, the process did not run: it was stopped, or asleep, or busy. What has arrived meanwhile
 * may be what deadlines wait for, and is read before they are judged; otherwise a pause would disconnect everybody.
 */
const PAUSE_MS = 500;

/** Length of a tick in milliseconds: deadlines are late by up to two of them, never early. */
const TICK_MS = 20;

/** A set of alarms. */
export class TimerWheel {
  readonly #clock: WheelClock;
  readonly #buckets = new Map<number, Set<Alarm>>();
  /** The last tick whose alarms were called. */
  #current: number;
  #timer: unknown = undefined;
  /** The tick at which the platform timer calls; meaningful while there is one. */
  #wakeTick = 0;
  /** Whether it waits for what has arrived to be read. */
  #yielding = false;

  constructor(clock: WheelClock) {
    this.#clock = clock;
    this.#current = this.#tickNow();
  }

  /** How many alarms wait. */
  get size(): number {
    let size = 0;
    for (const bucket of this.#buckets.values()) size += bucket.size;
    return size;
  }

  /** Calls `alarm.onAlarm()` after `delayMs` milliseconds, instead of when it was set for before. */
  set(alarm: Alarm, delayMs: number): void {
    this.clear(alarm);
    if (delayMs === Infinity) return;
    const tick = Math.max(this.#current, this.#tickNow()) + Math.ceil(delayMs / TICK_MS) + 1;
    alarm.dueTick = tick;
    const bucket = this.#buckets.get(tick);
    if (bucket === undefined) this.#buckets.set(tick, new Set([alarm]));
    else bucket.add(alarm);
    this.#wakeAt(tick);
  }

  /** Forgets `alarm`. */
  clear(alarm: Alarm): void {
    if (alarm.dueTick === 0) return;
    const bucket = this.#buckets.get(alarm.dueTick);
    bucket?.delete(alarm);
    if (bucket?.size === 0) this.#buckets.delete(alarm.dueTick);
    alarm.dueTick = 0;
    if (this.#buckets.size === 0) this.#sleep();
  }

  #tickNow(): number {
    return Math.floor(this.#clock.now() / TICK_MS);
  }

  #wakeAt(tick: number): void {
    if (this.#yielding) return; // it is going to wake
    if (this.#timer !== undefined) {
      if (this.#wakeTick <= tick) return;
      this.#clock.clearTimeout(this.#timer);
    }
    this.#wakeTick = tick;
    // One that cannot wait as long wakes early, finds nothing due and waits again.
    const delayMs = Math.min(Math.max(0, tick * TICK_MS - this.#clock.now()), LONGEST_TIMER_MS);
    this.#timer = this.#clock.setTimeout(() => this.#wake(), delayMs);
  }

  #sleep(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wake(): void {
    this.#timer = undefined;
    if (this.#clock.now() - this.#wakeTick * TICK_MS < PAUSE_MS) return this.#ringDue();
    this.#yielding = true;
    this.#clock.afterInput(() => {
      this.#yielding = false;
      this.#ringDue();
    });
  }

  #ringDue(): void {
    const now = this.#tickNow();
    const due = [...this.#buckets.keys()].filter((tick) => tick <= now).sort((a, b) => a - b);
    this.#current = now;
    for (const tick of due) this.#ring(tick);
    if (this.#buckets.size > 0) this.#wakeAt(Math.min(...this.#buckets.keys()));
  }

  #ring(tick: number): void {
    for (const alarm of this.#buckets.get(tick) ?? []) {
      this.clear(alarm);
      alarm.onAlarm();
    }
  }
}
