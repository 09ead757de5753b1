/** The acknowledgements that one socket waits for. */
import { startDeadline } from "@telsiz/events";
import { AckTimeoutError, DisconnectedError } from "./errors.ts";

/** Called once: with an error, or with the values that the peer answered. */
export type AckCallback = (error: Error | null, values: readonly unknown[]) => void;

/** How many acknowledgements a socket awaits at most: a peer that gives none must not take all memory. */
export const DEFAULT_MAX_PENDING_ACKS = 10_000;

interface Pending {
  readonly settle: AckCallback;
  readonly timer: ReturnType<typeof setTimeout> | undefined;
}

/**
 * Every callback given to {@link AckRegistry.add} is called exactly once, by {@link resolve}, by its timeout or by
 * {@link reject} or {@link rejectAll}, unless {@link forget} came before.
 */
export class AckRegistry {
  #pending: Map<number, Pending> | undefined; // most sockets never ask for one

  /** How many acknowledgements are awaited. */
  get size(): number {
    return this.#pending?.size ?? 0;
  }

  /**
   * Waits for an answer.
   * @param timeoutMs in milliseconds; without it only an answer or the end of the socket settles
   */
  add(id: number, settle: AckCallback, timeoutMs?: number): void {
    const timer =
      timeoutMs === undefined
        ? undefined
        : startDeadline(() => {
            this.#settle(id, new AckTimeoutError(), []);
          }, timeoutMs);
    (this.#pending ??= new Map<number, Pending>()).set(id, { settle, timer });
  }

  /** Settles with what the peer answered. `false` for an id that is unknown or settled already. */
  resolve(id: number, values: readonly unknown[]): boolean {
    return this.#settle(id, null, values);
  }

  /** Settles with an error. */
  reject(id: number, error: Error): void {
    this.#settle(id, error, []);
  }

  /** Drops an acknowledgement without calling anything. */
  forget(id: number): void {
    this.#take(id);
  }

  /** The socket ended: rejects all but those in `keep`, whose packets have not been sent yet. */
  rejectAll(keep?: ReadonlySet<number | undefined>): void {
    for (const id of [...(this.#pending?.keys() ?? [])]) {
      if (!keep?.has(id)) this.#settle(id, new DisconnectedError(), []);
    }
  }

  #settle(id: number, error: Error | null, values: readonly unknown[]): boolean {
    const pending = this.#take(id);
    pending?.settle(error, values);
    return pending !== undefined;
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending?.get(id);
    this.#pending?.delete(id);
    clearTimeout(pending?.timer);
    return pending;
  }
}
