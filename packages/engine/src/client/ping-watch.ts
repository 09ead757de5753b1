/** Watches over the server's pings: each must come within `pingInterval + pingTimeout` of the one before (protocol.md A.6). */
import type { HeartbeatOwner, HeartbeatTimes } from "../shared/heartbeat.ts";
import type { Clock } from "../shared/timer-wheel.ts";

/** One deadline, moved by every ping. */
export class PingWatch {
  readonly #owner: HeartbeatOwner;
  readonly #clock: Clock;
  readonly #limitMs: number;
  #deadline = Infinity;
  #timer: unknown = undefined;

  constructor(owner: HeartbeatOwner, clock: Clock, { pingInterval, pingTimeout }: HeartbeatTimes) {
    this.#owner = owner;
    this.#clock = clock;
    this.#limitMs = pingInterval + pingTimeout;
  }

  /** Whether the deadline has passed, even if the timer was held up and did not say so. */
  get expired(): boolean {
    return this.#clock.now() > this.#deadline;
  }

  /** The session began, or the server pinged. */
  onPing(): void {
    this.stop();
    this.#deadline = this.#clock.now() + this.#limitMs;
    this.#timer = this.#clock.setTimeout(() => this.#onDeadline(), this.#limitMs);
  }

  stop(): void {
    this.#deadline = Infinity;
    this.#clock.clearTimeout(this.#timer);
  }

  /** A process that was stopped finds the timer due and the ping unread: input is read before the timer counts. */
  #onDeadline(): void {
    this.#timer = this.#clock.setTimeout(() => this.#owner.onHeartbeatTimeout(), 0);
  }
}
