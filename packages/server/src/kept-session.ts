/** The session of a socket, where sessions are kept: it begins with the socket, and may outlive its connection. */
import type { LostSession, RecoveryStore, SocketId } from "@telsiz/adapter";
import { randomId } from "@telsiz/engine/server";
import type { ServerDisconnectReason } from "@telsiz/socket";

/** Ends that were meant: the client will not want back what it had (api-surface.md 4). */
const UNRECOVERABLE: ReadonlySet<ServerDisconnectReason> = new Set<ServerDisconnectReason>([
  "parse error",
  "client namespace disconnect",
  "server namespace disconnect",
]);

/** What outlives the connection of a socket, besides its rooms. */
export interface KeptState {
  /** What the application keeps for the socket. */
  readonly data: unknown;
  /** How many events have come, if that is known: not of one whose server ended without a farewell. */
  readonly received: number | undefined;
}

/** What the client says of the session when it comes back, and how many of its events have come, if that is told. */
interface SessionAnswer {
  readonly pid: string;
  readonly offset?: string;
  readonly received?: number;
}

/**
 * ```
 *   resume() ──▶ Taken ─── onResumed() ──▶ Open ─── end() ──▶ Suspended, or ended
 *                  └────── putBack()         ▲
 *                                         begin()
 * ```
 */
export class KeptSession {
  readonly #store: RecoveryStore;
  readonly #pid: string;
  /** While it is taken out of the store, and its socket is not let in yet. */
  #lost: LostSession | undefined;
  /** How many events have come (docs/wire.md, "Delivery"). */
  #received: number | undefined;
  #suspended = false;

  private constructor(store: RecoveryStore, pid: string, received: number | undefined, lost?: LostSession) {
    this.#store = store;
    this.#pid = pid;
    this.#received = received;
    this.#lost = lost;
  }

  /** A new one, of a socket that was let in. */
  static begin(store: RecoveryStore, sid: SocketId): KeptSession {
    const pid = randomId();
    store.open(pid, sid);
    return new KeptSession(store, pid, 0);
  }

  /** One that was taken out of the store for a socket that has yet to be let in. */
  static resume(store: RecoveryStore, lost: LostSession): KeptSession {
    return new KeptSession(store, lost.pid, stateOf(lost).received, lost);
  }

  /** Whether it goes on if the client comes back. */
  get suspended(): boolean {
    return this.#suspended;
  }

  /** The socket was let in. */
  onResumed(): void {
    this.#lost = undefined;
  }

  /** The socket was not let in: who comes again, with a better token or over a better network, has to pass the middlewares then. */
  putBack(): void {
    if (this.#lost !== undefined) this.#store.putBack(this.#lost);
  }

  /** An event has come. */
  onEvent(): void {
    if (this.#received !== undefined) this.#received++;
  }

  /** @param tellsCount whether the client is told how many of its events have come */
  answer(tellsCount: boolean): SessionAnswer {
    const { offset } = this.#store;
    // What adapters of others keep has no room for the count: none is better than a wrong one.
    if (offset === undefined) return { pid: this.#pid };
    const known = { pid: this.#pid, offset };
    return tellsCount && this.#received !== undefined ? { ...known, received: this.#received } : known;
  }

  /** The socket leaves for `reason`. @param data what the application keeps for it */
  end(reason: ServerDisconnectReason, data: unknown): void {
    this.#suspended = !UNRECOVERABLE.has(reason);
    const state: KeptState = { data, received: this.#received };
    if (this.#suspended) this.#store.suspend(this.#pid, state);
    else this.#store.drop(this.#pid);
  }
}

/** What the application kept for the socket of a session. */
export function keptData(lost: LostSession): unknown {
  return stateOf(lost).data;
}

function stateOf(lost: LostSession): KeptState {
  return lost.data as KeptState; // of end(), above
}
