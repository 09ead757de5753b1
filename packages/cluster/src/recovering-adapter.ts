/**
 * The adapter of a namespace whose clients may come back to any node. What is sent to rooms goes through the log of the
 * broker, and every node delivers it in the log's order: so one place in the log says how far a client has come.
 */
import {
  type AdapterNamespace,
  type AdapterSocket,
  type BroadcastFlags,
  type BroadcastOptions,
  type ClusterMessage,
  type ClusterMessageBody,
  type Delivery,
  encodeOptions,
  isClusterMessage,
  type LostSession,
  MessageType,
  OrderedDeliveries,
  type RecoveryLimits,
  type RecoveryStore,
  type ResumedSession,
  type Room,
  type ServerId,
  type SocketId,
} from "@telsiz/adapter";
import type { EventPacket } from "@telsiz/parser";
import { KeptSessions } from "./kept-sessions.ts";
import { ClusteredAdapter } from "./clustered-adapter.ts";
import { ClusterLogFullError } from "./errors.ts";
import { History } from "./history.ts";
import { type HistoryBroadcast, readBroadcast } from "./history-item.ts";
import {
  decodeHeader,
  decodeMessage,
  encodeBroadcast,
  encodeMessage,
  type ItemHeader,
  ItemKind,
  type Messages,
} from "./item.ts";
import type { Kv } from "./kv.ts";
import type { Log } from "./log.ts";
import { LogWriter } from "./log-writer.ts";
import { offsetOf, type Place } from "./place.ts";
import type { RecoveryNode } from "./recovery-node.ts";

/** How long a server that closes waits for what is to be kept, in milliseconds. */
const END_MS = 5_000;

/** Rooms, delivery and sessions of one namespace on all nodes. */
export class RecoveringAdapter extends ClusteredAdapter implements RecoveryStore {
  /** Any node can go on with a session: it need not keep the namespace for that. */
  readonly awaitsClients = false;
  readonly sessions: KeptSessions;
  readonly #node: RecoveryNode;
  readonly #history: History;
  readonly #writer: LogWriter;
  readonly #deliveries = new OrderedDeliveries();
  /** How much this node has sent to single sockets since the last broadcast. */
  #step = 0;

  constructor(nsp: AdapterNamespace, node: RecoveryNode, log: Log, kv: Kv, limits: RecoveryLimits) {
    super(nsp, node);
    this.#node = node;
    const { clock, heartbeatMs } = node;
    const { maxPackets, maxBytes, maxDisconnectionDuration } = limits;
    const logLimits = { maxFrames: maxPackets, maxBytes, maxAgeMs: maxDisconnectionDuration };
    const stream = `${nsp.name.length}${nsp.name}`;
    const onLogError = (error: unknown): void => this.report(error, "broadcast");
    const history = new History(log, stream, {
      clock,
      heartbeatMs,
      onEntry: (position, frame) => this.#onEntry(position, frame),
      onForgotten: (lost) => this.#onForgotten(lost),
      onLogError,
    });
    this.#history = history;
    // What is sent before it follows the log would not come back to this node.
    const ready = history.started;
    this.#writer = new LogWriter(log, stream, logLimits, { clock, ready, onLogError });
    const place = (): Place => this.#place;
    this.sessions = new KeptSessions({
      nsp,
      node,
      log,
      kv,
      limits: logLimits,
      history,
      stream,
      get place() {
        return place();
      },
      raise: (to) => {
        if (to.position === history.position) this.#step = Math.max(this.#step, to.step);
      },
      read: (position, frame) => this.#read(position, frame),
      enter: (id, rooms) => {
        const entered = super.addAll(id, rooms);
        entered?.catch((error: unknown) => this.report(error, "addAll"));
      },
      onFailed: (error, method) => this.report(error, method),
    });
  }

  get offset(): string {
    return offsetOf(this.#history.epoch, this.#place);
  }

  override init(): void {
    super.init();
    this.#history.open();
  }

  override close(): void {
    this.#history.close();
    this.#writer.close();
    this.sessions.close();
    super.close();
  }

  async end(): Promise<void> {
    const kept = Promise.all([this.#writer.idle(), this.sessions.idle()]);
    const late = new Promise<void>((resolve) => this.#node.clock.after(END_MS, resolve));
    await Promise.race([kept, late]);
  }

  /** Resolves when what others send to the rooms comes for certain, and will be known to have been missed. */
  override addAll(id: SocketId, rooms: ReadonlySet<Room>): Promise<void> | void {
    const kept = this.sessions.join(id, rooms);
    const followed = super.addAll(id, rooms);
    return kept === undefined ? followed : Promise.all([followed, kept]).then(() => undefined);
  }

  override del(id: SocketId, room: Room): Promise<void> | void {
    const kept = this.sessions.leave(id, room);
    void super.del(id, room);
    return kept;
  }

  override delAll(id: SocketId): void {
    this.sessions.leaveAll(id);
    super.delAll(id);
  }

  override broadcast(packet: EventPacket, options: BroadcastOptions): void {
    const { flags = {} } = options;
    const messages = this.nsp._messagesOf(this.nsp._prepare(packet, flags)); // what cannot be encoded goes nowhere
    const isKept = flags.local !== true && !mayBeLost(flags);
    if (isKept) return this.#append(encodeBroadcast(this.nsp.name, options, messages), "broadcast");
    this.#dispatch(this.nsp._prepare(packet, flags, this.offset), options);
    if (flags.local === true) return;
    try {
      this.publishBroadcast(options, messages);
    } catch (error) {
      this.report(error, "broadcast"); // the clients of this node have it
    }
  }

  override addSockets(options: BroadcastOptions, rooms: readonly Room[]): Promise<void> | void {
    // Here at once, as with any adapter.
    const joined = super.addSockets({ ...options, flags: { ...options.flags, local: true } }, rooms);
    if (options.flags?.local !== true) {
      this.#order({ type: MessageType.SOCKETS_JOIN, data: { opts: encodeOptions(options), rooms } });
    }
    return joined;
  }

  override delSockets(options: BroadcastOptions, rooms: readonly Room[]): Promise<void> | void {
    if (options.flags?.local === true) return super.delSockets(options, rooms);
    this.#order({ type: MessageType.SOCKETS_LEAVE, data: { opts: encodeOptions(options), rooms } });
  }

  override disconnectSockets(options: BroadcastOptions, close: boolean): Promise<void> | void {
    if (options.flags?.local === true) return super.disconnectSockets(options, close);
    this.#order({ type: MessageType.DISCONNECT_SOCKETS, data: { opts: encodeOptions(options), close } });
  }

  override forgetNode(uid: ServerId): void {
    super.forgetNode(uid);
    this.sessions.onGone(uid);
  }

  // Sessions

  holderOf(pid: string): SocketId | undefined {
    return this.sessions.holderOf(pid);
  }

  open(pid: string, sid: SocketId): void {
    this.sessions.open(pid, sid);
  }

  suspend(pid: string, data: unknown): void {
    this.sessions.suspend(pid, data);
  }

  drop(pid: string): void {
    this.sessions.drop(pid);
  }

  take(pid: string, offset: string | undefined): Promise<LostSession | undefined> {
    return this.sessions.take(pid, offset);
  }

  putBack(session: LostSession): void {
    this.sessions.putBack(session);
  }

  resume(session: LostSession): Promise<ResumedSession | undefined> {
    return this.sessions.resume(session);
  }

  sendTo(id: SocketId, packet: EventPacket, flags: BroadcastFlags): void {
    const socket = this.nsp.sockets.get(id);
    if (socket === undefined) return this.broadcast(packet, { rooms: new Set([id]), flags });
    if (mayBeLost(flags)) {
      return this.#deliveries.deliver(this.nsp._prepare(packet, flags, this.offset), [socket]);
    }
    const { position, step } = this.#place;
    const place = { position, step: step + 1 };
    const delivery = this.nsp._prepare(packet, flags, offsetOf(this.#history.epoch, place));
    this.#step = place.step;
    this.sessions.keepDirect(id, place, delivery);
    this.#deliveries.deliver(delivery, [socket]);
  }

  /** What other nodes send past the log has no place in it. */
  protected override deliverForeign(
    messages: Messages,
    flags: BroadcastFlags,
    options: BroadcastOptions,
  ): void {
    const { packet } = this.nsp._restore(messages, flags);
    this.#dispatch(this.nsp._prepare(packet, flags, this.offset), options);
  }

  get #place(): Place {
    return { position: this.#history.position, step: this.#step };
  }

  /** Has all nodes do something in order with what is broadcast. */
  #order(body: ClusterMessageBody): void {
    const message: ClusterMessage = { uid: this.uid, nsp: this.nsp.name, ...body };
    this.#append(encodeMessage(ItemKind.MESSAGE, this.nsp.name, message), "serverSideEmit");
  }

  #append(item: Uint8Array, method: string): void {
    const waiting = this.#writer.waitingBytes;
    if (waiting > this.#node.ringBytes) this.report(new ClusterLogFullError(waiting), method);
    else this.#writer.add(item);
  }

  #onEntry(position: number, frame: Uint8Array): void {
    this.#step = 0;
    try {
      const item = asBuffer(frame);
      const header = decodeHeader(item);
      if (header.kind === ItemKind.MESSAGE) return this.#obey(item, header);
      const sent = this.#read(position, frame);
      if (sent !== undefined) this.#dispatch(sent.delivery, sent, { position, step: 0 });
    } catch (error) {
      this.report(error, "broadcast"); // it is none; those behind it are good
    }
  }

  #obey(item: Buffer, header: ItemHeader): void {
    const message = decodeMessage(item, header);
    if (!isClusterMessage(message)) return this.onMessage(message); // reports it
    if (message.uid === this.uid && message.type === MessageType.SOCKETS_JOIN) return; // they have joined
    this.handle(message, undefined);
  }

  #read(position: number, frame: Uint8Array): HistoryBroadcast | undefined {
    const item = asBuffer(frame);
    const header = decodeHeader(item);
    if (header.kind !== ItemKind.BROADCAST) return undefined;
    return readBroadcast(this.nsp, item, header, offsetOf(this.#history.epoch, { position, step: 0 }));
  }

  /** @param place that of what is kept */
  #dispatch(delivery: Delivery, options: BroadcastOptions, place?: Place): void {
    const sockets: AdapterSocket[] = [];
    this.forEachSocket(options, (socket) => sockets.push(socket));
    if (place !== undefined) {
      for (const { id } of sockets) this.sessions.onSent(id, place);
      for (const [id, caught] of this.sessions.coming) {
        if (this.#isFor(id, options)) caught.push({ place, delivery });
      }
    }
    this.#deliveries.deliver(delivery, sockets);
  }

  #isFor(id: SocketId, { rooms, except }: BroadcastOptions): boolean {
    const own = this.socketRooms(id);
    const isIn = (room: Room): boolean => own?.has(room) === true;
    return (rooms.size === 0 || [...rooms].some(isIn)) && ![...(except ?? [])].some(isIn);
  }

  #onForgotten(lost: number | undefined): void {
    this.sessions.breakOff();
    if (lost === undefined) this.sessions.renew();
    this.#node.onForgotten(this.nsp.name, lost);
  }
}

function mayBeLost({ volatile, latest }: BroadcastFlags): boolean {
  return volatile === true || latest !== undefined;
}

function asBuffer(frame: Uint8Array): Buffer {
  return Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
}
