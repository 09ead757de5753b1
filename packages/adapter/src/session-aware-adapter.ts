/** The in-memory adapter with connection state recovery (protocol.md B.5; api-surface.md 12.5). */
import { startDeadline } from "@telsiz/events";
import type { EventPacket } from "@telsiz/parser";
import type {
  AdapterNamespace,
  AdapterSocket,
  BroadcastOptions,
  Delivery,
  Room,
  SocketId,
} from "./adapter.ts";
import { InMemoryAdapter } from "./in-memory-adapter.ts";
import { Membership } from "./membership.ts";
import { OrderedDeliveries } from "./ordered-deliveries.ts";
import { PacketLog } from "./packet-log.ts";
import type { LostSession, RecoveryStore, ResumedSession } from "./recovery-store.ts";
import { Session } from "./session.ts";
import { unref } from "./unref.ts";

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
  /** Lost sessions by `pid`. */
  readonly #lost = new Map<string, Session>();
  /** Those that were taken and neither put back nor resumed; not those of another adapter. */
  readonly #taken = new WeakSet<Session>();
  readonly #deliveries = new OrderedDeliveries();
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

  get awaitsClients(): boolean {
    return this.#lost.size > 0;
  }

  override close(): void {
    clearTimeout(this.#sweepTimer);
    this.#sweepTimer = undefined;
    this.#lost.clear();
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

  override broadcast(packet: EventPacket, options: BroadcastOptions): Promise<void> | void {
    if (packet.id !== undefined) return super.broadcast(packet, options);
    const { rooms, except = NO_ROOMS, flags = {} } = options;
    const prepare = (offset: string): Delivery => this.nsp._prepare(packet, flags, offset);
    // What may be lost is not kept, but has an offset: else its last argument would be taken for one.
    const isKept = flags.volatile !== true && flags.latest === undefined;
    if (!isKept) return this.#deliveries.deliver(prepare(this.offset), this.#receivers(options));
    const delivery = this.#log.append(rooms, except, prepare);
    const sockets = this.#receivers(options);
    for (const { id } of sockets) this.#onSent(id);
    this.#deliveries.deliver(delivery, sockets);
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
    this.#keep(session);
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
    session.setReceived(received);
    this.#log.trim();
    if (session.isExpired(nowMs()) || !this.#log.covers(session.resumeAfter)) return undefined;
    this.#taken.add(session);
    // Now, not when it is resumed: a middleware may look at its rooms and take it out of some.
    this.#memberships.set(session.sid, session.membership);
    void super.addAll(session.sid, session.membership.rooms);
    return session;
  }

  putBack(session: LostSession): void {
    if (this.#isTaken(session)) this.#keep(session);
  }

  resume(session: LostSession): ResumedSession | undefined {
    if (!this.#isTaken(session)) return undefined;
    const missed = this.#log.missed(session.resumeAfter, session.membership);
    if (missed === undefined) return undefined;
    for (const position of missed.keys()) session.lastSent = position;
    this.#hold(session);
    return { missed: [...missed.values()] };
  }

  #receivers(options: BroadcastOptions): AdapterSocket[] {
    const sockets: AdapterSocket[] = [];
    this.forEachSocket(options, (socket) => sockets.push(socket));
    return sockets;
  }

  #onSent(id: SocketId): void {
    const session = this.#open.get(id);
    if (session !== undefined) session.lastSent = this.#log.head;
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

  /** Whether a session was taken here, and nothing has become of it yet; from now on something has. */
  #isTaken(session: LostSession): session is Session {
    return session instanceof Session && this.#taken.delete(session);
  }

  #keep(session: Session): void {
    this.#lost.set(session.pid, session);
    if (this.#sweepTimer === undefined) this.#startSweepTimer();
  }

  #startSweepTimer(): void {
    this.#sweepTimer = unref(startDeadline(() => this.#sweep(), this.#limits.maxDisconnectionDuration));
  }

  #sweep(): void {
    this.#sweepTimer = undefined;
    this.#log.trim();
    const now = nowMs();
    for (const [pid, session] of this.#lost) if (session.isExpired(now)) this.#lost.delete(pid);
    if (this.#lost.size > 0) this.#startSweepTimer();
    else this.nsp._onSessionsExpired();
  }
}
