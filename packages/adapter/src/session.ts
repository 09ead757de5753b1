/** The state of a socket that outlives its connection. */
import type { SocketId } from "./adapter.ts";
import type { Membership } from "./membership.ts";
import type { LostSession } from "./recovery-store.ts";

/**
 * A session. Positions are those of the packet log.
 * ```
 *            suspend()            take()            resume()
 *   Open ───────────────▶ Lost ───────────▶ Taken ───────────▶ Open
 *                           ▲    putBack()    │
 *                           └─────────────────┘
 * ```
 */
export class Session implements LostSession {
  readonly pid: string;
  readonly sid: SocketId;
  readonly membership: Membership;
  data: unknown = undefined;
  /** The last packet that was for it. */
  lastSent: number;
  /** What was sent before it connected was not for it: a client that has got no event has missed none of that. */
  readonly #openedAt: number;
  /** When its connection was found lost, and until when it is kept; set while it is lost. */
  #lostAt = 0;
  #expiresAtMs = Infinity;
  /** The last packet that the client says it got; set when it is taken. */
  #received = 0;

  constructor(pid: string, sid: SocketId, membership: Membership, position: number) {
    this.pid = pid;
    this.sid = sid;
    this.membership = membership;
    this.lastSent = position;
    this.#openedAt = position;
  }

  /** Its connection was found lost. */
  suspend(data: unknown, position: number, expiresAtMs: number): void {
    this.data = data;
    this.#lostAt = position;
    this.#expiresAtMs = expiresAtMs;
  }

  /** Whether it need not be kept any longer. */
  isExpired(nowMs: number): boolean {
    return nowMs >= this.#expiresAtMs;
  }

  /** The client says what it got last, or nothing if it got no event yet. */
  setReceived(position = 0): void {
    // Events that a middleware sent, before it was let in, have offsets from then.
    this.#received = Math.max(position, this.#openedAt);
  }

  /**
   * The position after which it has missed packets. A client that got the last packet that was for it has
   * missed none before the loss, however long ago that packet was, and even if the log has forgotten it.
   */
  get resumeAfter(): number {
    return this.#received >= this.lastSent ? Math.max(this.#received, this.#lostAt) : this.#received;
  }
}
