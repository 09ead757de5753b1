/**
 * Events that are sent again until they are acknowledged, one at a time and in order (api-surface.md 10): each arrives
 * at least once, and after a lost acknowledgement perhaps more than once.
 */
import { isAnswer, startDeadline } from "@telsiz/events";
import { RESERVED_EVENTS } from "@telsiz/parser";
import { type AckCallback, type EmitFlags, ReservedEventError } from "@telsiz/socket";

import { BufferFullError } from "./errors.ts";

/** Whom a retry queue serves: the socket. */
export interface RetryQueueOwner {
  readonly connected: boolean;
  /** Sends an event under a new acknowledgement id; `settle` is called once. @throws EncodeError */
  _sendAttempt(event: string, args: readonly unknown[], flags: EmitFlags, settle: AckCallback): void;
}

/** An event that waits for its turn, or for its acknowledgement. */
interface QueuedEvent {
  readonly event: string;
  readonly args: readonly unknown[];
  readonly flags: EmitFlags;
  readonly settle: AckCallback;
  attempts: number;
}

/**
 * ```
 *            connected             acknowledged, or attempts used up: the next one
 *   Waiting ───────────▶ Sent ─────────────────────────────────────────────────────▶ Waiting
 *      ▲                  │ timeout, or connection lost
 *      └──────────────────┘
 * ```
 */
export class RetryQueue {
  readonly #owner: RetryQueueOwner;
  readonly #maxAttempts: number;
  readonly #maxEvents: number;
  #events: QueuedEvent[] = [];
  /** Whether the first event was sent and its acknowledgement is awaited. */
  #sent = false;

  /** @param retries how often an event is sent again @param maxEvents how many may wait */
  constructor(owner: RetryQueueOwner, retries: number, maxEvents: number) {
    this.#maxEvents = maxEvents;
    this.#owner = owner;
    this.#maxAttempts = retries + 1;
  }

  /** How many events are not acknowledged yet. */
  get size(): number {
    return this.#events.length;
  }

  /**
   * Adds an event. `settle` is called once: with the acknowledgement, or with the error of the last attempt.
   * @throws ReservedEventError
   */
  push(event: string, args: readonly unknown[], flags: EmitFlags, settle: AckCallback): void {
    if (RESERVED_EVENTS.has(event)) throw new ReservedEventError(event);
    if (this.#events.length >= this.#maxEvents) {
      const error = new BufferFullError(this.#maxEvents);
      return void startDeadline(settle, 0, error, []); // not at once: who tries again in its callback must not spin
    }
    this.#events.push({ event, args, flags, settle, attempts: 0 });
    this.advance();
  }

  /** Sends the first event, if it is time. To be called when the socket has connected. */
  advance(): void {
    const [first] = this.#events;
    if (first === undefined || this.#sent || !this.#owner.connected) return;
    this.#sent = true;
    first.attempts++;
    try {
      this.#owner._sendAttempt(first.event, first.args, first.flags, (error, values) => {
        this.#onAttempt(first, error, values);
      });
    } catch (error) {
      // It will not become sendable by waiting, and must not keep the others waiting.
      this.#finish(first, error as Error, []);
    }
  }

  #onAttempt(event: QueuedEvent, error: Error | null, values: readonly unknown[]): void {
    const answered = error === null || isAnswer(error);
    if (answered || event.attempts >= this.#maxAttempts) return this.#finish(event, error, values);
    this.#sent = false;
    this.advance();
  }

  #finish(event: QueuedEvent, error: Error | null, values: readonly unknown[]): void {
    this.#events.shift();
    this.#sent = false;
    event.settle(error, values);
    this.advance();
  }
}
