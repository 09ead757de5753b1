/**
 * Connection state recovery by an adapter written for Socket.IO, which keeps sessions and packets in its own way: in
 * Redis, say, so that a client can come back to another server (api-surface.md 7.1, 12.5).
 */
import {
  type AdapterSocket,
  InMemoryAdapter,
  type LostSession,
  type NamespaceAdapter,
  type PersistedSession,
  type RecoveryStore,
  type ResumedSession,
  type RestoredSession,
  type Room,
  type SocketId,
} from "@telsiz/adapter";
import { startDeadline } from "@telsiz/events";
import { type EventPacket, PacketType } from "@telsiz/parser";
import type { PreparedDelivery } from "./delivery.ts";
import { RestoredSessionError } from "./errors.ts";
import type { HeldDeliveries, HoldLimits } from "./held-deliveries.ts";
import type { KeptState } from "./kept-session.ts";
import type { RecoverySettings } from "./recovery-options.ts";

/** How long an adapter may take to keep or find a session, in milliseconds; as long as other servers may, to respond. */
const ADAPTER_TIMEOUT_MS = 5_000;

/** An adapter that keeps sessions. */
export type SessionKeeper = NamespaceAdapter &
  Required<Pick<NamespaceAdapter, "persistSession" | "restoreSession">>;

/** What it sees of its namespace. */
export interface ForeignRecoveryNamespace {
  readonly name: string;
  /** Where the adapter looks for whom it sends to. */
  readonly sockets: Map<SocketId, ResumingSocket>;
  _prepare(packet: EventPacket, flags: object): PreparedDelivery;
  _onHandlerError(error: unknown, socket: undefined, method: string): void;
  _onSessionsExpired(): void;
}

/** What it sees of a socket that is let in, but for what it has missed. */
export interface ResumingSocket extends AdapterSocket {
  readonly client: {
    _hold(name: string, limits: HoldLimits): HeldDeliveries;
    _unhold(name: string, held: HeldDeliveries): void;
  };
}

/**
 * A session that was found. Nobody else can take it.
 * ```
 *   Taken ── resume() ──▶ Resuming ──▶ resumed, or ended
 *     └──── putBack() ──▶ lost again ◀── putBack()
 * ```
 */
interface FoundSession extends LostSession {
  readonly rooms: readonly Room[];
  readonly offset: string;
  readonly data: KeptState;
  state: "taken" | "resuming" | "abandoned";
}

/** Whether an adapter keeps sessions by methods of its own. */
export function keepsSessions(adapter: NamespaceAdapter): adapter is SessionKeeper {
  if (typeof adapter.persistSession !== "function" || typeof adapter.restoreSession !== "function")
    return false;
  // That of ours, which finds nothing, does not count.
  return Reflect.get(adapter, "restoreSession") !== Reflect.get(InMemoryAdapter.prototype, "restoreSession");
}

/** Lets the server use such an adapter as it uses one of its own. */
export class ForeignRecovery implements RecoveryStore {
  /** Only the adapter knows it. */
  readonly offset = undefined;
  readonly #adapter: SessionKeeper;
  readonly #nsp: ForeignRecoveryNamespace;
  readonly #settings: RecoverySettings;
  /** Sessions whose socket is connected here. */
  readonly #open = new Map<string, SocketId>();
  /** Those among them that were resumed: the adapter may have them still. */
  readonly #resumed = new Set<string>();
  /** Sessions that are given to nobody: a client has asked for them, they are found or not found yet, or have ended. */
  readonly #asked = new Map<string, FoundSession | undefined>();
  /** Sessions that the adapter is told to keep. */
  readonly #persisting = new Map<string, Promise<boolean>>();
  #awaiting: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(adapter: SessionKeeper, nsp: ForeignRecoveryNamespace, settings: RecoverySettings) {
    this.#adapter = adapter;
    this.#nsp = nsp;
    this.#settings = settings;
  }

  get awaitsClients(): boolean {
    return this.#awaiting !== undefined;
  }

  holderOf(pid: string): SocketId | undefined {
    return this.#open.get(pid);
  }

  open(pid: string, sid: SocketId): void {
    this.#open.set(pid, sid);
  }

  suspend(pid: string, kept: unknown): void {
    const sid = this.#open.get(pid);
    if (sid === undefined) return;
    this.#open.delete(pid);
    this.#resumed.delete(pid);
    const { data } = kept as KeptState; // of KeptSession
    void this.#persist({ pid, sid, rooms: [...(this.#adapter.socketRooms(sid) ?? [])], data });
  }

  drop(pid: string): void {
    this.#open.delete(pid);
    if (!this.#resumed.delete(pid)) return;
    // Nobody can tell the adapter. What it may still have is as old as the loss before.
    this.#asked.set(pid, undefined);
    startDeadline(() => this.#asked.delete(pid), this.#settings.maxDisconnectionDuration)?.unref();
  }

  async take(pid: string, offset: string | undefined): Promise<LostSession | undefined> {
    // Some adapters give a session as often as they are asked for it.
    if (offset === undefined || this.#asked.has(pid)) return undefined;
    this.#asked.set(pid, undefined);
    await this.#persisting.get(pid);
    const found = await this.#restore(pid, offset);
    if (found === undefined || this.#nsp.sockets.has(found.sid) || !this.#enterRooms(found)) {
      this.#asked.delete(pid);
      return undefined;
    }
    const { sid, rooms, data } = found;
    const session: FoundSession = {
      pid,
      sid,
      rooms,
      offset,
      data: { data, received: 0 },
      state: "taken",
    };
    this.#asked.set(pid, session);
    return session;
  }

  putBack({ pid }: LostSession): void {
    const session = this.#asked.get(pid);
    if (session?.state === "resuming") session.state = "abandoned";
    if (session?.state !== "taken") return;
    this.#asked.delete(pid);
    void this.#persist(persistedOf(session));
  }

  /**
   * What was sent between the adapter's look for what was missed, and the time at which the socket was in its rooms, is
   * in neither. So the adapter, which alone knows, is asked again, now that the socket is in them.
   */
  async resume({ pid }: LostSession, socket: ResumingSocket): Promise<ResumedSession | undefined> {
    const session = this.#asked.get(pid);
    if (session?.state !== "taken") return undefined;
    session.state = "resuming";
    const held = this.#hold(socket);
    const missed = await this.#lookAgain(session, socket);
    this.#asked.delete(pid);
    // As it may have become while that was awaited.
    if (missed !== undefined && (session.state as string) === "abandoned") {
      void this.#persist(persistedOf(session));
    } else if (missed !== undefined && !held.overflowed) {
      this.#open.set(pid, session.sid);
      this.#resumed.add(pid);
      return { missed: held.putMissed(missed) };
    }
    this.#release(socket, held);
    return undefined;
  }

  async end(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#awaiting);
    this.#awaiting = undefined;
    await Promise.all(this.#persisting.values());
  }

  #hold(socket: ResumingSocket): HeldDeliveries {
    const held = socket.client._hold(this.#nsp.name, this.#settings);
    this.#nsp.sockets.set(socket.id, socket);
    return held;
  }

  #release(socket: ResumingSocket, held: HeldDeliveries): void {
    socket.client._unhold(this.#nsp.name, held);
    if (this.#nsp.sockets.get(socket.id) === socket) this.#nsp.sockets.delete(socket.id);
  }

  /** What the session has missed since its offset, until now at least. */
  async #lookAgain(
    { pid, sid, offset }: FoundSession,
    { rooms, data }: ResumingSocket,
  ): Promise<PreparedDelivery[] | undefined> {
    if (!(await this.#persist({ pid, sid, rooms: [...rooms], data }))) return undefined;
    const found = await this.#restore(pid, offset);
    if (found?.sid !== sid) return undefined;
    try {
      return found.missedPackets.map((data) =>
        this.#nsp._prepare({ type: PacketType.EVENT, nsp: this.#nsp.name, data }, {}),
      );
    } catch (error) {
      this.#report(error, "restoreSession");
      return undefined;
    }
  }

  #enterRooms({ sid, rooms }: RestoredSession): boolean {
    try {
      const entered = this.#adapter.addAll(sid, new Set(rooms));
      entered?.catch((error: unknown) => this.#report(error, "addAll"));
      return true;
    } catch (error) {
      this.#report(error, "addAll");
      return false;
    }
  }

  /** @returns whether the adapter says that it is kept; never rejected */
  #persist(session: PersistedSession): Promise<boolean> {
    this.#awaitClient();
    const persisting = this.#tellAdapter(session);
    this.#persisting.set(session.pid, persisting);
    void persisting.then(() => {
      if (this.#persisting.get(session.pid) === persisting) this.#persisting.delete(session.pid);
    });
    return persisting;
  }

  async #tellAdapter(session: PersistedSession): Promise<boolean> {
    try {
      await inTime(this.#adapter.persistSession(session), "persistSession");
      return true;
    } catch (error) {
      this.#report(error, "persistSession");
      return false;
    }
  }

  async #restore(pid: string, offset: string): Promise<RestoredSession | undefined> {
    try {
      const found: unknown = await inTime(this.#adapter.restoreSession(pid, offset), "restoreSession");
      if (found === null || found === undefined) return undefined;
      if (isRestored(found, pid)) return found;
      throw new RestoredSessionError("restoreSession() of the adapter gave what is no session", found);
    } catch (error) {
      // A text is how the published adapters say that there is no such session.
      if (typeof error !== "string") this.#report(error, "restoreSession");
      return undefined;
    }
  }

  #report(error: unknown, method: string): void {
    this.#nsp._onHandlerError(error, undefined, method);
  }

  /** Its client may come back for as long as sessions are kept. */
  #awaitClient(): void {
    if (this.#ended) return;
    clearTimeout(this.#awaiting);
    this.#awaiting = startDeadline(() => {
      this.#awaiting = undefined;
      this.#nsp._onSessionsExpired();
    }, this.#settings.maxDisconnectionDuration)?.unref();
  }
}

function persistedOf({ pid, sid, rooms, data: { data } }: FoundSession): PersistedSession {
  return { pid, sid, rooms, data };
}

function inTime<T>(outcome: Promise<T> | T, method: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new RestoredSessionError(`${method}() of the adapter took more than ${ADAPTER_TIMEOUT_MS} ms`));
    }, ADAPTER_TIMEOUT_MS);
    // It may be no promise: Socket.IO awaits it, whatever it is.
    void Promise.resolve(outcome)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

function isRestored(found: unknown, pid: string): found is RestoredSession {
  if (typeof found !== "object" || found === null) return false;
  const { sid, pid: itsPid, rooms, missedPackets } = found as Partial<Record<keyof RestoredSession, unknown>>;
  if (typeof sid !== "string" || itsPid !== pid) return false;
  if (!Array.isArray(rooms) || !rooms.every((room) => typeof room === "string")) return false;
  return rooms.includes(sid) && Array.isArray(missedPackets) && missedPackets.every(isMissedPacket);
}

/** An event, with its offset: a client that lost it again could not say how far it got. */
function isMissedPacket(data: unknown): boolean {
  return (
    Array.isArray(data) && data.length > 1 && typeof data[0] === "string" && typeof data.at(-1) === "string"
  );
}
