/** Watches over a connection whose peer takes less than is sent to it. */
import type { Alarm, TimerWheel } from "../shared/timer-wheel.ts";
import {
  type Backlog,
  type OverflowAction,
  type ResolvedBufferLimits,
  SlowConsumerError,
} from "./buffer-limits.ts";

/** Whom it serves: the session. */
export interface BackpressureOwner extends Backlog {
  /** Whether so little waits that the peer is not slow any more. */
  readonly keepsUp: boolean;
  /** How often the network has taken all that the transport was handed. */
  readonly drains: number;
  /** What the transport was handed and the network has not taken, in bytes. */
  readonly unsentBytes: number;
  /** More waits than the high-water mark. */
  onSlow(): void;
  /** Asks the application what is to be done about too much. */
  askOnOverflow(): OverflowAction;
  /** Drops what waits and may be lost. */
  dropLatest(): void;
  /** The peer is too slow: the connection is to end. */
  onSlowConsumer(error: SlowConsumerError): void;
}

/** What it goes by. */
export interface BackpressureLimits extends ResolvedBufferLimits {
  /** How long nothing at all may be taken while something waits, in milliseconds. */
  readonly stallTimeoutMs: number;
}

/** What keeping a packet costs beyond its bytes: without it, very many very short ones would take a multiple of the limit. */
const PACKET_COST = 128;

/** The part of the high-water mark that may be left when the peer is said to keep up again. */
export const LOW_WATER_PART: number = 1 / 4;

/**
 * Made for a session when it is first held up.
 * ```
 *                above high-water mark            above the limit
 *   Keeping up ───────────────────────▶ Slow ───────────────────────▶ Over: "disconnect" ends the connection
 *        ▲        below low-water mark   │ ▲                           │
 *        └───────────────────────────────┘ └───── "keep", dropped ─────┘
 * ```
 */
export class Backpressure implements Alarm {
  dueTick = 0;
  readonly #owner: BackpressureOwner;
  readonly #limits: BackpressureLimits;
  readonly #wheel: TimerWheel;
  #slow = false;
  /** Added to the limit: for a burst that was let through, until it has left. */
  #allowance = 0;
  /** As the owner said when the watch began. */
  #seenDrains = 0;
  #seenUnsentBytes = 0;

  constructor(owner: BackpressureOwner, limits: BackpressureLimits, wheel: TimerWheel) {
    this.#owner = owner;
    this.#limits = limits;
    this.#wheel = wheel;
  }

  /** Whether `slow` was told, and not yet that it is over. */
  get slow(): boolean {
    return this.#slow;
  }

  /** What is sent next may wait beyond the limit. */
  allow(bytes: number, packets: number): void {
    this.#allowance += bytes + packets * PACKET_COST;
  }

  /** Something was added that cannot leave now. @param bytes its length */
  onAdded(bytes: number): void {
    if (this.dueTick === 0) this.#watchProgress();
    const { bufferedAmount } = this.#owner;
    const wasIdle = bufferedAmount <= bytes;
    if (wasIdle && bytes > this.#limits.maxBufferedBytes) this.allow(bytes, this.#owner.packets);
    if (bufferedAmount > this.#limits.highWaterMark && !this.#slow) {
      this.#slow = true;
      this.#owner.onSlow();
    }
    if (this.#isOver()) this.#onOverflow();
  }

  /** The network has taken something. @returns whether the peer keeps up again, of which it was said that it is slow */
  onDrain(): boolean {
    if (this.#owner.bufferedAmount === 0) this.#allowance = 0;
    if (!this.#slow || !this.#owner.keepsUp) return false;
    this.#slow = false;
    return true;
  }

  stop(): void {
    this.#wheel.clear(this);
  }

  /** The time for the peer to take something is over. */
  onAlarm(): void {
    const { bufferedAmount, drains, unsentBytes } = this.#owner;
    if (bufferedAmount === 0) return;
    const progressed = drains !== this.#seenDrains || unsentBytes < this.#seenUnsentBytes;
    if (progressed) return this.#watchProgress();
    this.#end(`Nothing was taken for ${this.#limits.stallTimeoutMs} ms`);
  }

  #watchProgress(): void {
    this.#seenDrains = this.#owner.drains;
    this.#seenUnsentBytes = this.#owner.unsentBytes;
    this.#wheel.set(this, this.#limits.stallTimeoutMs);
  }

  #isOver(): boolean {
    const { bufferedAmount, packets } = this.#owner;
    return bufferedAmount + packets * PACKET_COST > this.#limits.maxBufferedBytes + this.#allowance;
  }

  #onOverflow(): void {
    const { onOverflow, maxBufferedBytes } = this.#limits;
    const action = typeof onOverflow === "function" ? this.#owner.askOnOverflow() : onOverflow;
    if (action === "keep") return this.allow(maxBufferedBytes, 1);
    if (action === "drop-volatile") this.#owner.dropLatest();
    if (this.#isOver()) this.#end("The peer is too slow");
  }

  #end(message: string): void {
    const { bufferedAmount, packets } = this.#owner;
    this.#owner.onSlowConsumer(new SlowConsumerError(message, { bufferedAmount, packets }));
  }
}
