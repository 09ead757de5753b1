/** The sessions of one namespace: those that are here, those that are on their way here, and what is kept of them for all nodes. */
import {
  type AdapterNamespace,
  type Delivery,
  type LostSession,
  Membership,
  type ResumedSession,
  type Room,
  type SocketId,
  wasFor,
} from "@telsiz/adapter";
import { channelOfNode } from "./channel.ts";
import { ClusterSession } from "./cluster-session.ts";
import type { History } from "./history.ts";
import { encodeMessage, ItemKind } from "./item.ts";
import type { Kv } from "./kv.ts";
import type { Log, LogLimits } from "./log.ts";
import { LogWriter } from "./log-writer.ts";
import type { NodeId } from "./node-id.ts";
import { directAfter, encodeDirect, type Placed } from "./outbox.ts";
import { comparePlaces, laterPlace, type Place, placeOf, START } from "./place.ts";
import type { HistoryBroadcast } from "./history-item.ts";
import type { RecoveryNode } from "./recovery-node.ts";
import { decodeRecord, encodeRecord, type SessionRecord } from "./session-record.ts";
import { SessionWrites } from "./session-writes.ts";
import { Takeover } from "./takeover.ts";

/** Characters of a session's id that a client may say: more than any has. */
const MAX_PID_LENGTH = 100;

/** Who uses the sessions. */
export interface KeptSessionsOwner {
  readonly nsp: AdapterNamespace;
  readonly node: RecoveryNode;
  readonly log: Log;
  readonly kv: Kv;
  readonly limits: LogLimits;
  readonly history: History;
  /** What tells the streams and keys of the namespace apart from others. */
  readonly stream: string;
  /** How far this node has come. */
  readonly place: Place;
  /** This node has come so far at least. */
  raise(place: Place): void;
  /** What a frame of the history is, as it was sent to clients; `undefined` if it is for none. */
  read(position: number, frame: Uint8Array): HistoryBroadcast | undefined;
  /** Puts a socket that is on its way into its rooms. */
  enter(id: SocketId, rooms: ReadonlySet<Room>): void;
  /** Tells the application of what went wrong. */
  onFailed(error: unknown, method: string): void;
}

/**
 * ```
 *   take() ──▶ Taken ── resume() ──▶ Open ── suspend() ──▶ kept for any node, which may take it
 *                └── putBack()        ▲
 *                                   open()
 * ```
 */
export class KeptSessions {
  readonly #owner: KeptSessionsOwner;
  readonly #takeover: Takeover;
  readonly #writes: SessionWrites;
  /** How often what is kept for open sessions is kept for longer, in milliseconds. */
  readonly #touchMs: number;
  readonly #ttlMs: number;
  /** Of every socket that is in a room. */
  readonly #memberships = new Map<SocketId, Membership>();
  /** Sessions whose socket is connected, by its id. */
  readonly #open = new Map<SocketId, ClusterSession>();
  readonly #sids = new Map<string, SocketId>();
  /** Sessions that a client of this node has asked for: not found yet, or found. */
  readonly #taken = new Map<string, ClusterSession | undefined>();
  /** What is sent to sockets that are in their rooms, but not let in yet. */
  readonly #catching = new Map<SocketId, Placed[]>();
  #cancelTouch: (() => void) | undefined;

  constructor(owner: KeptSessionsOwner) {
    this.#owner = owner;
    const { node, nsp, limits } = owner;
    this.#writes = new SessionWrites(node.clock);
    this.#touchMs = Math.min(60_000, Math.max(node.heartbeatMs, limits.maxAgeMs / 2));
    // A node that ends in any moment leaves them for `maxAgeMs` at least.
    this.#ttlMs = limits.maxAgeMs + this.#touchMs;
    this.#takeover = new Takeover({
      node,
      askFor: (other, pid) => {
        node.publish(channelOfNode(other), encodeMessage(ItemKind.RELEASE, nsp.name, pid));
      },
    });
    this.#touchLater();
  }

  holderOf(pid: string): SocketId | undefined {
    return this.#sids.get(pid);
  }

  open(pid: string, sid: SocketId): void {
    const session = new ClusterSession(pid, sid, this.#membershipOf(sid), this.#owner.place);
    this.#hold(session);
    this.#writeLater(session);
  }

  suspend(pid: string, data: unknown): void {
    const session = this.#release(pid);
    if (session === undefined) return;
    session.data = data;
    session.lostAt = this.#owner.place;
    this.#writeLater(session);
  }

  drop(pid: string): void {
    const session = this.#release(pid);
    if (session === undefined) return;
    session.outbox?.close();
    const { kv, log } = this.#owner;
    const key = this.#keyOf(pid);
    this.#inTurn(pid, async () => {
      await kv.remove(key);
      await log.remove(key);
    });
  }

  async take(pid: string, offset: string | undefined): Promise<LostSession | undefined> {
    if (pid.length > MAX_PID_LENGTH || this.#taken.has(pid)) return undefined;
    this.#taken.set(pid, undefined);
    const session = await this.#orFailed(this.#find(pid, offset));
    if (session === undefined || this.#owner.nsp.sockets.has(session.sid)) {
      this.#taken.delete(pid);
      return undefined;
    }
    this.#taken.set(pid, session);
    // Now, not when it is resumed: a middleware may look at its rooms and take it out of some.
    this.#memberships.set(session.sid, session.membership);
    this.#owner.enter(session.sid, session.membership.rooms);
    return session;
  }

  putBack({ pid, sid }: LostSession): void {
    this.#catching.delete(sid);
    if (this.#taken.delete(pid)) return; // its record is where it was
    const session = this.#release(pid);
    if (session !== undefined) this.#putFound(session);
  }

  async resume(lost: LostSession): Promise<ResumedSession | undefined> {
    const { pid, sid } = lost;
    const session = this.#taken.get(pid);
    if (session === undefined || session !== lost) return undefined;
    const missed = await this.#orFailed(this.#takeMissed(session));
    const isWanted = this.#taken.get(pid) === session; // its socket may have been given up meanwhile
    if (isWanted) this.#taken.delete(pid);
    const caught = this.#catching.get(sid);
    if (missed === undefined || !isWanted || caught === undefined) {
      this.#catching.delete(sid);
      if (missed !== undefined) this.#putFound(session);
      return undefined;
    }
    this.#hold(session);
    this.#writeLater(session);
    const endCatching = (): Delivery[] => {
      this.#catching.delete(sid);
      const all = [...missed, ...caught];
      session.lastSent = all.at(-1)?.place ?? session.lastSent;
      return all.map(({ delivery }) => delivery);
    };
    return {
      get missed() {
        return endCatching();
      },
    };
  }

  /** Another node has a client that asks for a session. Resolves when this one has let go of it. */
  async release(pid: string): Promise<void> {
    const sid = this.#sids.get(pid);
    if (sid !== undefined) this.#owner.nsp._onMoved(sid);
    await this.#writes.settled(this.#keyOf(pid));
  }

  /** Another node has let go of a session. */
  onReleased(node: NodeId, pid: string): void {
    this.#takeover.onReleased(node, pid);
  }

  /** Another node has gone. */
  onGone(node: NodeId): void {
    this.#takeover.onGone(node);
  }

  /** A socket joins rooms. @returns when that is kept, if it has a session */
  join(id: SocketId, rooms: ReadonlySet<Room>): Promise<void> | undefined {
    const membership = this.#membershipOf(id);
    for (const room of rooms) membership.join(room, this.#owner.history.position);
    const session = this.#open.get(id);
    return session && this.#write(session);
  }

  /** A socket leaves a room. @returns as {@link join} */
  leave(id: SocketId, room: Room): Promise<void> | undefined {
    const { history, limits } = this.#owner;
    const membership = this.#memberships.get(id);
    membership?.leave(room, history.position);
    membership?.forgetBefore(history.position - limits.maxFrames);
    const session = this.#open.get(id);
    return session && this.#write(session);
  }

  /** A socket leaves all rooms: that of a lost session is kept, as it was. */
  leaveAll(id: SocketId): void {
    this.#memberships.delete(id);
  }

  /** Whether a socket has a session. */
  has(id: SocketId): boolean {
    return this.#open.has(id);
  }

  /** Something was sent to a socket. */
  onSent(id: SocketId, place: Place): void {
    const session = this.#open.get(id);
    if (session !== undefined) session.lastSent = place;
  }

  /** Something was sent to one socket alone. */
  keepDirect(id: SocketId, place: Place, delivery: Delivery): void {
    const session = this.#open.get(id);
    if (session === undefined) return;
    session.lastSent = place;
    session.outbox ??= this.#newOutbox(session.pid);
    session.outbox.add(encodeDirect(this.#owner.nsp, place, delivery));
  }

  /** Sockets that are on their way: what is sent to their rooms is to be caught. */
  get coming(): ReadonlyMap<SocketId, Placed[]> {
    return this.#catching;
  }

  /** The log has forgotten what this node has not seen: who is on the way here may have missed it. */
  breakOff(): void {
    for (const session of this.#taken.values()) if (session !== undefined) this.#catching.delete(session.sid);
  }

  /** The log has forgotten everything: places have a new meaning. */
  renew(): void {
    for (const session of this.#open.values()) {
      const { rooms } = session.membership;
      session.membership = new Membership();
      for (const room of rooms) session.membership.join(room, 0);
      this.#memberships.set(session.sid, session.membership);
      session.openedAt = START;
      session.lastSent = START;
      this.#writeLater(session);
    }
  }

  /** Resolves when what is to be kept is kept. */
  idle(): Promise<void> {
    return this.#writes.idle();
  }

  close(): void {
    this.#cancelTouch?.();
    for (const { outbox } of this.#open.values()) outbox?.close();
  }

  async #find(pid: string, offset: string | undefined): Promise<ClusterSession | undefined> {
    const { node, kv, history } = this.#owner;
    const key = this.#keyOf(pid);
    await this.#writes.settled(key);
    let found = await kv.get(key);
    if (found === undefined) return undefined;
    let record = decodeRecord(found);
    if (record.lostAt === undefined) {
      // Its node may know more than was written, and may still send to it.
      const isGone = record.node !== node.id && (await this.#takeover.from(record.node, pid)) === "gone";
      found = await kv.get(key);
      if (found === undefined) return undefined;
      record = decodeRecord(found);
      if (record.lostAt === undefined && !isGone) return undefined;
    }
    if (record.epoch !== history.epoch) return undefined;
    const received = offset === undefined ? record.openedAt : placeOf(history.epoch, offset);
    // A session is not lost to whoever knows its id but not its place in the log.
    return received && sessionOf(pid, record, found, received);
  }

  /** Takes a session that was found, with what it has missed up to now; what comes from now on is caught. */
  async #takeMissed(session: ClusterSession): Promise<Placed[] | undefined> {
    const { log, nsp, history, kv } = this.#owner;
    const { epoch } = history;
    const { pid, received, resumeAfter } = session;
    const key = this.#keyOf(pid);
    const direct = session.hasAll ? [] : await directAfter(log, key, nsp, received);
    if (direct === undefined) return undefined;
    const latest = laterPlace(session.latest, direct.at(-1)?.place ?? START);
    if (!(await history.catchUp(latest.position))) return undefined;
    this.#owner.raise(latest);
    if (this.#taken.get(pid) !== session) return undefined;
    this.#catching.set(session.sid, []);
    const frames = await history.between(resumeAfter.position, history.position);
    if (frames === undefined || history.epoch !== epoch) return undefined;
    if (!(await kv.take(key, session.found!))) return undefined;
    const stays = session.membership.staysAfter(resumeAfter.position);
    const missed = direct;
    for (const [position, frame] of frames) {
      const sent = this.#owner.read(position, frame);
      if (sent === undefined || !wasFor(stays, sent.rooms, sent.except, position)) continue;
      missed.push({ place: { position, step: 0 }, delivery: sent.delivery });
    }
    return missed.sort((a, b) => comparePlaces(a.place, b.place));
  }

  #putFound(session: ClusterSession): void {
    const { pid, found } = session;
    session.outbox?.close();
    if (found !== undefined)
      this.#inTurn(pid, () => this.#owner.kv.put(this.#keyOf(pid), found, this.#ttlMs));
  }

  #writeLater(session: ClusterSession): void {
    this.#write(session).catch((error: unknown) => this.#owner.onFailed(error, "persistSession"));
  }

  /** What it is when it is written, behind what was sent to it alone. */
  #write(session: ClusterSession): Promise<void> {
    const key = this.#keyOf(session.pid);
    return this.#writes.write(key, async () => {
      if (session.lostAt !== undefined) await session.outbox?.idle();
      await this.#owner.kv.put(key, encodeRecord(this.#recordOf(session)), this.#ttlMs);
    });
  }

  #recordOf({ sid, openedAt, lastSent, lostAt, membership, data }: ClusterSession): SessionRecord {
    const { node, history, nsp } = this.#owner;
    return {
      sid,
      node: node.id,
      epoch: history.epoch,
      openedAt,
      lastSent,
      ...(lostAt && { lostAt }),
      membership: membership.snapshot(),
      // How many events have come is known when the connection is lost.
      state: lostAt === undefined ? { data: nsp.sockets.get(sid)?.data } : data,
    };
  }

  #inTurn(pid: string, write: () => Promise<void>): void {
    this.#writes
      .write(this.#keyOf(pid), write)
      .catch((error: unknown) => this.#owner.onFailed(error, "persistSession"));
  }

  async #orFailed<T>(outcome: Promise<T | undefined>): Promise<T | undefined> {
    try {
      return await outcome;
    } catch (error) {
      this.#owner.onFailed(error, "restoreSession");
      return undefined;
    }
  }

  #newOutbox(pid: string): LogWriter {
    const { log, node, limits } = this.#owner;
    // It is there for as long as what is kept of the session.
    const ownLimits = { ...limits, ttlMs: 2 * this.#ttlMs };
    return new LogWriter(log, this.#keyOf(pid), ownLimits, {
      clock: node.clock,
      onLogError: (error) => this.#owner.onFailed(error, "emit"),
    });
  }

  #touchLater(): void {
    this.#cancelTouch = this.#owner.node.clock.after(this.#touchMs, () => {
      for (const { pid, outbox } of this.#open.values()) this.#touch(pid, outbox !== undefined);
      this.#touchLater();
    });
  }

  #touch(pid: string, hasOutbox: boolean): void {
    const { kv, log } = this.#owner;
    const key = this.#keyOf(pid);
    const touched = [kv.touch(key, this.#ttlMs)];
    if (hasOutbox) touched.push(log.touch(key, 2 * this.#ttlMs));
    Promise.all(touched).catch((error: unknown) => this.#owner.onFailed(error, "persistSession"));
  }

  #membershipOf(id: SocketId): Membership {
    let membership = this.#memberships.get(id);
    if (membership === undefined) this.#memberships.set(id, (membership = new Membership()));
    return membership;
  }

  #hold(session: ClusterSession): void {
    session.lostAt = undefined;
    this.#open.set(session.sid, session);
    this.#sids.set(session.pid, session.sid);
  }

  #release(pid: string): ClusterSession | undefined {
    const sid = this.#sids.get(pid);
    if (sid === undefined) return undefined;
    const session = this.#open.get(sid);
    this.#sids.delete(pid);
    this.#open.delete(sid);
    return session;
  }

  /** Of the record of a session, and of the stream of what was sent to it alone. */
  #keyOf(pid: string): string {
    return `${this.#owner.stream}#${pid}`;
  }
}

function sessionOf(pid: string, record: SessionRecord, found: Uint8Array, received: Place): ClusterSession {
  const { sid, membership, openedAt, lastSent, lostAt, state } = record;
  const session = new ClusterSession(pid, sid, Membership.from(membership), openedAt, lastSent);
  session.lostAt = lostAt;
  session.data = state;
  session.found = found;
  session.setReceived(received);
  return session;
}
