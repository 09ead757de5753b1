/** Watches over a connection whose peer takes less than is sent to it. */
import type { Alarm, TimerWheel } from "../shared/timer-wheel.ts";
import {
  type Backlog,
  type OverflowAction,
  type ResolvedBufferLimits,
  SlowConsumerError,
} from "./buffer-limits.ts";

/** What it watches: the outbox. */
export interface WatchedOutput {
  /** How many bytes wait here, and in the transport. */
  readonly bufferedBytes: number;
  /** How many packets wait. */
  readonly size: number;
  /** How many of them are kept as bytes, which costs no more than those. */
  readonly condensed: number;
  /** How often the network has taken all that the transport was handed. */
  readonly drains: number;
  /** Grows when the network takes something of that which the transport was handed. */
  readonly progress: number;
  /** Drops what waits and may be lost. */
  dropLatest(): void;
}

/** Whom it serves: the session. */
export interface BackpressureOwner {
  /** Whether so little waits that the peer is not slow any more. */
  readonly keepsUp: boolean;
  /** More waits than the high-water mark. */
  onSlow(): void;
  /** Asks the application what is to be done about so much. */
  askOnOverflow(backlog: Backlog): OverflowAction;
  /** The peer is too slow: the connection is to end. */
  onSlowConsumer(error: SlowConsumerError): void;
}

/** What it goes by: options of the server. */
export interface BackpressureOptions {
  readonly limits: ResolvedBufferLimits;
  readonly pingInterval: number;
  readonly pingTimeout: number;
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
  readonly #output: WatchedOutput;
  readonly #owner: BackpressureOwner;
  readonly #limits: ResolvedBufferLimits;
  /** How long nothing at all may be taken while something waits: as long as a peer may be silent. */
  readonly #stallTimeoutMs: number;
  readonly #wheel: TimerWheel;
  #slow = false;
  /** Added to the limit: for a burst that was let through, until it has left. */
  #allowance = 0;
  /** Called once, when the peer keeps up. */
  #waiters: Set<() => void> | undefined;
  /** As the output said when the watch began. */
  #seenDrains = 0;
  #seenProgress = 0;

  constructor(
    output: WatchedOutput,
    owner: BackpressureOwner,
    { limits, pingInterval, pingTimeout }: BackpressureOptions,
    wheel: TimerWheel,
  ) {
    this.#output = output;
    this.#owner = owner;
    this.#limits = limits;
    this.#stallTimeoutMs = pingInterval + pingTimeout;
    this.#wheel = wheel;
  }

  /** Calls `waiter` once, as soon as the peer keeps up. @returns what ends the wait */
  onceKeepsUp(waiter: () => void): () => void {
    const waiters = (this.#waiters ??= new Set());
    waiters.add(waiter);
    return () => waiters.delete(waiter);
  }

  /** What is sent next may wait beyond the limit. */
  allow(bytes: number, packets: number): void {
    this.#allowance += bytes + packets * PACKET_COST;
  }

  /** Something was added that cannot leave now. @param bytes its length */
  onAdded(bytes: number): void {
    if (this.dueTick === 0) this.#watchProgress();
    const { bufferedBytes, size } = this.#output;
    const wasIdle = bufferedBytes <= bytes;
    if (wasIdle && bytes > this.#limits.maxBufferedBytes) this.allow(bytes, size);
    if (bufferedBytes > this.#limits.highWaterMark && !this.#slow) {
      this.#slow = true;
      this.#owner.onSlow();
    }
    if (this.#isOver()) this.#onOverflow();
  }

  /**
   * The network has taken something.
   * @param sent whether that is worth telling of a peer that is not slow
   * @returns whether it is: of one that is slow, only that it keeps up again
   */
  onDrain(sent: boolean): boolean {
    if (this.#output.bufferedBytes === 0) this.#allowance = 0;
    if (!this.#slow) return sent;
    if (!this.#owner.keepsUp) return false;
    this.#slow = false;
    return true;
  }

  /** Tells those who wait, if the peer keeps up. */
  wakeWaiters(): void {
    const waiters = this.#waiters;
    if (waiters === undefined || !this.#owner.keepsUp) return;
    this.#waiters = undefined;
    for (const waiter of waiters) waiter();
  }

  stop(): void {
    this.#wheel.clear(this);
  }

  /** The time for the peer to take something is over. */
  onAlarm(): void {
    const { bufferedBytes, drains, progress } = this.#output;
    if (bufferedBytes === 0) return;
    const progressed = drains !== this.#seenDrains || progress > this.#seenProgress;
    if (progressed) return this.#watchProgress();
    this.#end(`Nothing was taken for ${this.#stallTimeoutMs} ms`);
  }

  #watchProgress(): void {
    this.#seenDrains = this.#output.drains;
    this.#seenProgress = this.#output.progress;
    this.#wheel.set(this, this.#stallTimeoutMs);
  }

  #isOver(): boolean {
    const { bufferedBytes, size, condensed } = this.#output;
    return bufferedBytes + (size - condensed) * PACKET_COST > this.#limits.maxBufferedBytes + this.#allowance;
  }

  #onOverflow(): void {
    const { onOverflow, maxBufferedBytes } = this.#limits;
    const action = typeof onOverflow === "function" ? this.#owner.askOnOverflow(this.#backlog()) : onOverflow;
    if (action === "keep") return this.allow(maxBufferedBytes, 1);
    if (action === "drop-volatile") this.#output.dropLatest();
    if (this.#isOver()) this.#end("The peer is too slow");
  }

  #end(message: string): void {
    this.#owner.onSlowConsumer(new SlowConsumerError(message, this.#backlog()));
  }

  #backlog(): Backlog {
    return { bufferedAmount: this.#output.bufferedBytes, packets: this.#output.size };
  }
}
