/** The in-memory adapter with connection state recovery (protocol.md B.5; api-surface.md 12.5). */
import type { EventPacket } from "@telsiz/parser";
import type { AdapterNamespace, BroadcastOptions, Delivery, Room, SocketId } from "./adapter.ts";
import { InMemoryAdapter } from "./in-memory-adapter.ts";
import { Membership } from "./membership.ts";
import { PacketLog } from "./packet-log.ts";
import type { LostSession, RecoveryStore, ResumedSession } from "./recovery-store.ts";
import { Session } from "./session.ts";

/** How much is kept for how long. */
export interface RecoveryLimits {
  /** How long a client may be away, in milliseconds. */
  readonly maxDisconnectionDuration: number;
  /** Packets kept for a namespace. */
  readonly maxPackets: number;
  /** Their length in all, in bytes. */
  readonly maxBytes: number;
}

const NO_ROOMS: ReadonlySet<Room> = new Set();

/** Monotonic: a session must not end early because somebody set the clock. */
const nowMs = (): number => performance.now();

/** Keeps what was sent lately, who was in which room at that time, and the sessions of lost connections. */
export class SessionAwareAdapter extends InMemoryAdapter implements RecoveryStore {
  readonly #limits: RecoveryLimits;
  readonly #log: PacketLog;
  /** Of every socket that is in a room. */
  readonly #memberships = new Map<SocketId, Membership>();
  /** Sessions whose socket is connected, by its id. */
  readonly #open = new Map<SocketId, Session>();
  readonly #sids = new Map<string, SocketId>();
  /** Lost sessions by `pid`, the first to expire first. */
  readonly #lost = new Map<string, Session>();
  #sweepTimer: ReturnType<typeof setTimeout> | undefined;

  /** @param logName differs from that of any other log, also before a restart, and has no dot */
  constructor(nsp: AdapterNamespace, limits: RecoveryLimits, logName: string) {
    super(nsp);
    this.#limits = limits;
    const { maxPackets, maxBytes, maxDisconnectionDuration: maxAgeMs } = limits;
    this.#log = new PacketLog(logName, { maxPackets, maxBytes, maxAgeMs }, nowMs);
  }

  get offset(): string {
    return this.#log.offsetOf(this.#log.head);
  }

  override close(): void {
    clearTimeout(this.#sweepTimer);
  }

  override addAll(id: SocketId, rooms: ReadonlySet<Room>): Promise<void> | void {
    const membership = this.#membershipOf(id);
    for (const room of rooms) membership.join(room, this.#log.head);
    return super.addAll(id, rooms);
  }

  override del(id: SocketId, room: Room): Promise<void> | void {
    const membership = this.#memberships.get(id);
    membership?.leave(room, this.#log.head);
    membership?.forgetBefore(this.#log.tail);
    return super.del(id, room);
  }

  override delAll(id: SocketId): Promise<void> | void {
    this.#memberships.delete(id); // that of a lost session lives on with it, as it was
    return super.delAll(id);
  }

  override broadcast(packet: EventPacket, options: BroadcastOptions): void {
    if (packet.id !== undefined) return super.broadcast(packet, options);
    const { rooms, except = NO_ROOMS, flags = {} } = options;
    const prepare = (offset: string): Delivery => this.nsp._prepare(packet, flags, offset);
    // What may be lost is not kept, but has an offset: else its last argument would be taken for one.
    if (flags.volatile === true) return this.deliver(prepare(this.offset), options);
    const delivery = this.#log.append(rooms, except, prepare);
    this.forEachSocket(options, (socket) => {
      const session = this.#open.get(socket.id);
      if (session !== undefined) session.lastSent = this.#log.head;
      socket._deliver(delivery);
    });
  }

  holderOf(pid: string): SocketId | undefined {
    return this.#sids.get(pid);
  }

  open(pid: string, sid: SocketId): void {
    this.#hold(new Session(pid, sid, this.#membershipOf(sid), this.#log.head));
  }

  suspend(pid: string, data: unknown): void {
    const session = this.#release(pid);
    if (session === undefined) return;
    session.suspend(data, this.#log.head, nowMs() + this.#limits.maxDisconnectionDuration);
    this.putBack(session);
  }

  drop(pid: string): void {
    this.#release(pid);
    this.#lost.delete(pid);
  }

  take(pid: string, offset: string | undefined): Session | undefined {
    const session = this.#lost.get(pid);
    const received = offset === undefined ? undefined : this.#log.positionOf(offset);
    // A session is not lost to whoever knows its id but not its place in the log.
    if (session === undefined || (offset !== undefined && received === undefined)) return undefined;
    this.#lost.delete(pid);
    if (session.isExpired(nowMs())) return undefined;
    session.setReceived(received);
    return session;
  }

  putBack(session: LostSession): void {
    if (!(session instanceof Session)) return; // made by another adapter
    this.#lost.set(session.pid, session);
    this.#sweepTimer ??= setUnreferencedTimeout(() => this.#sweep(), this.#limits.maxDisconnectionDuration);
  }

  resume(session: LostSession): ResumedSession | undefined {
    if (!(session instanceof Session)) return undefined; // made by another adapter
    this.#log.trim();
    const missed = this.#log.missed(session.resumeAfter, session.membership);
    if (missed === undefined) return undefined;
    // It is in its rooms as if it had never left; the index of the rooms alone has to learn of it.
    const rooms = new Set(session.membership.rooms);
    for (const room of this.#memberships.get(session.sid)?.rooms ?? []) {
      session.membership.join(room, this.#log.head); // joined in a middleware
    }
    this.#memberships.set(session.sid, session.membership);
    session.lastSent = Math.max(session.resumeAfter, ...missed.keys());
    this.#hold(session);
    void super.addAll(session.sid, rooms);
    return { missed: [...missed.values()] };
  }

  #membershipOf(id: SocketId): Membership {
    let membership = this.#memberships.get(id);
    if (membership === undefined) this.#memberships.set(id, (membership = new Membership()));
    return membership;
  }

  #hold(session: Session): void {
    this.#open.set(session.sid, session);
    this.#sids.set(session.pid, session.sid);
  }

  #release(pid: string): Session | undefined {
    const sid = this.#sids.get(pid);
    if (sid === undefined) return undefined;
    const session = this.#open.get(sid);
    this.#sids.delete(pid);
    this.#open.delete(sid);
    return session;
  }

  #sweep(): void {
    this.#sweepTimer = undefined;
    this.#log.trim();
    const now = nowMs();
    for (const [pid, session] of this.#lost) if (session.isExpired(now)) this.#lost.delete(pid);
    if (this.#lost.size === 0) return;
    this.#sweepTimer = setUnreferencedTimeout(() => this.#sweep(), this.#limits.maxDisconnectionDuration);
  }
}

/** A timer that keeps no process alive, where the platform knows that. */
function setUnreferencedTimeout(callback: () => void, delayMs: number): ReturnType<typeof setTimeout> {
  const timer: unknown = setTimeout(callback, delayMs);
  (timer as { unref?: () => void }).unref?.();
  return timer as ReturnType<typeof setTimeout>;
}
