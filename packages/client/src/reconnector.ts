/** When a lost connection is opened again, and when that is given up. */
import type { Backoff } from "./backoff.ts";
import { unref } from "./unref.ts";
import { onWakeUp } from "./wake-up.ts";

/** Whom a reconnector serves. */
export interface ReconnectorOwner {
  /** Opens the connection; then calls `onOpened` or `onFailed` of the reconnector. */
  onAttempt(attempt: number): void;
  /** All attempts have failed. */
  onGiveUp(): void;
}

type State = "idle" | "waiting" | "opening";

/**
 * ```
 *            start()           waited, online or seen again     onOpened()
 *   Idle ──────────────▶ Waiting ────────────────────▶ Opening ────────────▶ Idle
 *    ▲ no attempts left     ▲                             │
 *    └──────────────────────┴───────── onFailed() ────────┘
 * ```
 */
export class Reconnector {
  readonly #backoff: Backoff;
  readonly #owner: ReconnectorOwner;
  readonly #autoUnref: boolean;
  #state: State = "idle";
  #maxAttempts = Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unwatch: (() => void) | undefined;

  /** @param autoUnref whether waiting does not keep the process alive */
  constructor(owner: ReconnectorOwner, backoff: Backoff, autoUnref = false) {
    this.#owner = owner;
    this.#backoff = backoff;
    this.#autoUnref = autoUnref;
  }

  /** Whether a series of attempts is under way. */
  get active(): boolean {
    return this.#state !== "idle";
  }

  /** Begins a series of attempts, unless one is under way. */
  start(maxAttempts: number): void {
    if (this.#state !== "idle") return;
    this.#maxAttempts = maxAttempts;
    this.#wait();
  }

  /** The attempt failed. */
  onFailed(): void {
    if (this.#state === "opening") this.#wait();
  }

  /** The attempt succeeded. @returns how many it took */
  onOpened(): number {
    const { attempts } = this.#backoff;
    this.stop();
    return attempts;
  }

  /** Ends the series. */
  stop(): void {
    this.#endWait();
    this.#state = "idle";
    this.#backoff.reset();
  }

  #wait(): void {
    if (this.#backoff.attempts >= this.#maxAttempts) {
      this.stop();
      this.#owner.onGiveUp();
      return;
    }
    this.#state = "waiting";
    const attempt = (): void => this.#attempt();
    this.#timer = setTimeout(attempt, this.#backoff.next());
    if (this.#autoUnref) unref(this.#timer);
    // While there was no network, no attempt could succeed, and the waiting time has grown.
    this.#unwatch = onWakeUp(attempt);
  }

  #attempt(): void {
    this.#endWait();
    this.#state = "opening";
    this.#owner.onAttempt(this.#backoff.attempts);
  }

  #endWait(): void {
    clearTimeout(this.#timer);
    this.#unwatch?.();
  }
}
