/** One client in one namespace. */
import type { IncomingMessage } from "node:http";
import type {
  AdapterSocket,
  AnswerCallback,
  Delivery,
  LostSession,
  RecoveryStore,
  ResumedSession,
  Room,
  SocketId,
} from "@telsiz/adapter";
import {
  type AckError,
  type AnyEvents,
  asEnvelope,
  type AuthOf,
  checkDurations,
  checkedMiddleware,
  type EventMap,
  isThenable,
  decoding,
  encodeAnswer,
  hasAbilities,
  type IncomingEvent,
  type InvalidEventError,
  knowsEnvelopes,
  type One,
  type OneOrTimeout,
  runMiddleware,
  type SendArgs,
  withAbilities,
  withoutAbilities,
} from "@telsiz/events";
import type { Session } from "@telsiz/engine/server";
import { type AckPacket, type DisconnectPacket, type EventPacket, PacketType } from "@telsiz/parser";
import {
  type AckCallback,
  ARRIVAL_EVENT,
  type EmitFlags,
  DisconnectedError,
  type ServerDisconnectReason,
  SocketBase,
} from "@telsiz/socket";
import { BroadcastOperator } from "./broadcast-operator.ts";
import type { ConnectedSocket, Connection } from "./connection.ts";
import type { PreparedDelivery } from "./delivery.ts";
import { type DrainOptions, DrainWaits } from "./drain-waits.ts";
import { createHandshake, type Handshake } from "./handshake.ts";
import { keptData, KeptSession } from "./kept-session.ts";
import { checkLatestKey } from "./latest-key.ts";
import type { PacketMiddleware, SocketReservedEvents } from "./socket-events.ts";
import type { SocketNamespace } from "./socket-namespace.ts";
import { SocketOperator } from "./socket-operator.ts";
import { Workload } from "./workload.ts";

/** Before the namespace let it in; while it is in; while `disconnecting` is raised; after it left, for good. */
type State = "pending" | "connected" | "leaving" | "disconnected";

/**
 * A client in a namespace, as `connection` gives it.
 * @typeParam Listen the events that the client sends
 * @typeParam Emit the events that the server sends
 */
export class Socket<
  Listen extends EventMap<Listen> = AnyEvents,
  Emit extends EventMap<Emit> = Listen,
  ServerSide extends EventMap<ServerSide> = AnyEvents,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- chosen by the application, as in Socket.IO
  SocketData = any,
>
  extends SocketBase<Listen, Emit, SocketReservedEvents, true>
  implements AdapterSocket, ConnectedSocket
{
  /** Twenty random characters, unlike the id of the connection. */
  readonly id: SocketId;
  /** Its namespace. */
  readonly nsp: SocketNamespace<
    Emit,
    ServerSide,
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the namespace's own events don't concern the socket
    any,
    SocketData,
    Socket<Listen, Emit, ServerSide, SocketData>
  >;
  /** The connection that it shares with the client's sockets in other namespaces. */
  readonly client: Connection;
  /** Whether its id, rooms and data are those of a lost connection, and what it missed has been sent. */
  readonly recovered: boolean;
  /** Where sessions are kept: from the time it is let in, or from before if it may resume one. */
  #session: KeptSession | undefined;
  readonly #issued: number = Date.now();
  readonly #auth: object;
  /** Whether the client says what it can do, and is told the same. */
  readonly #introduced: boolean;
  #handshake: Handshake<AuthOf<Listen>> | undefined;
  /** As long as nobody has asked for it, there is nothing. */
  #data: SocketData | undefined;
  #middlewares: PacketMiddleware<Listen>[] | undefined;
  /** Made when the first waits. */
  #drainWaits: DrainWaits | undefined;
  /** Made when a handler has work that is not done when it returns. */
  #workload: Workload | undefined;
  #state: State = "pending";

  constructor(
    nsp: Socket<Listen, Emit, ServerSide, SocketData>["nsp"],
    client: Connection,
    id: SocketId,
    auth: object,
    lost?: LostSession,
  ) {
    super();
    this.recovered = lost !== undefined;
    if (lost !== undefined && nsp._recovery !== undefined) {
      this.#session = KeptSession.resume(nsp._recovery, lost);
      this.#data = keptData(lost) as SocketData; // it was this type when it was put there
    }
    this.nsp = nsp;
    this.client = client;
    this.id = id;
    this.#auth = withoutAbilities(auth);
    this.#introduced = nsp._terms.negotiates && hasAbilities(auth);
    this._negotiated = this.#introduced && knowsEnvelopes(auth);
    this._gate = nsp._terms.gateFor(this);
  }

  /** Whatever the application keeps for it. */
  get data(): SocketData {
    if (this.#data === undefined) this.#data = {} as SocketData; // as in Socket.IO: empty until the application fills it
    return this.#data;
  }

  set data(data: SocketData) {
    this.#data = data;
  }

  get _nspName(): string {
    return this.nsp.name;
  }

  /** The engine connection below. */
  get conn(): Session {
    return this.client.conn;
  }

  /** The HTTP request that opened the connection. */
  get request(): IncomingMessage {
    return this.client.request;
  }

  /** What is known of the client from the moment it connected. */
  get handshake(): Handshake<AuthOf<Listen>> {
    // The contract checks it before anybody sees it; without one, any object will do.
    return (this.#handshake ??= createHandshake(this.client, this.#issued, this.#auth as AuthOf<Listen>));
  }

  /** Whether it is in its namespace. */
  get connected(): boolean {
    return this.#state === "connected" || this.#state === "leaving";
  }

  /** The negation of {@link connected}. */
  get disconnected(): boolean {
    return !this.connected;
  }

  /**
   * How many bytes wait to be sent to its client: here, in the transport, and what the kernel has not accepted. Sockets
   * of one client in several namespaces share a connection, and this number.
   */
  get bufferedAmount(): number {
    return this.conn.bufferedAmount;
  }

  /**
   * Resolves as soon as no more waits for its client than a low-water mark, a quarter of `limits.highWaterMark`
   * (256 KiB by default), or nothing at all. Who sends much awaits it between the parts.
   * @throws DisconnectedError, AbortedError (both through the promise)
   * @example for (const row of rows) { socket.emit("row", row); await socket.drained(); }
   */
  drained(options: DrainOptions = {}): Promise<void> {
    if (this.#state === "disconnected") return Promise.reject(new DisconnectedError());
    return (this.#drainWaits ??= new DrainWaits(this.conn)).wait(options);
  }

  /** The rooms it is in, that of its own id included. */
  get rooms(): Set<Room> {
    // The adapter's own set, which it alone changes; the type is Socket.IO's.
    return (this.nsp.adapter.socketRooms(this.id) ?? new Set()) as Set<Room>;
  }

  /**
   * Puts it into a room, or several. After it left, nothing happens.
   * @example socket.join(["kitchen", "lobby"]);
   */
  join(rooms: Room | readonly Room[]): Promise<void> | void {
    if (this.#state === "disconnected") return;
    const list = Array.isArray(rooms) ? (rooms as Room[]) : [rooms as Room];
    const joined = this.nsp.adapter.addAll(this.id, new Set(list));
    this.watch(joined, "join"); // few wait for it
    return joined;
  }

  /** Takes it out of a room. */
  leave(room: Room): Promise<void> | void {
    const left = this.nsp.adapter.del(this.id, room);
    this.watch(left, "leave");
    return left;
  }

  /** To the other members of a room, or of several. */
  to(room: Room | readonly Room[]): BroadcastOperator<Emit, SocketData> {
    return this.broadcast.to(room);
  }

  /** As {@link to}. */
  in(room: Room | readonly Room[]): BroadcastOperator<Emit, SocketData> {
    return this.broadcast.to(room);
  }

  /** To all others but the members of a room, or of several. */
  except(room: Room | readonly Room[]): BroadcastOperator<Emit, SocketData> {
    return this.broadcast.except(room);
  }

  /** To all others in the namespace. */
  get broadcast(): BroadcastOperator<Emit, SocketData> {
    return this._broadcast({});
  }

  /** To all others on this node. */
  get local(): BroadcastOperator<Emit, SocketData> {
    return this.broadcast.local;
  }

  /** The next emit may be lost when the connection cannot take it now. */
  get volatile(): SocketOperator<Emit, SocketData, One> {
    return new SocketOperator<Emit, SocketData, One>(this, { volatile: true });
  }

  /**
   * While the connection cannot take the next emit, only the newest of this key is kept: for values of which nobody
   * wants the old ones. It never comes before what was sent earlier, but may come after what is sent later; recovery
   * does not send it again.
   * @throws OptionError if the key is no string
   * @example socket.latest("price:AAPL").emit("price", "AAPL", 226.01);
   */
  latest(key: string): SocketOperator<Emit, SocketData, One> {
    checkLatestKey(key);
    return new SocketOperator<Emit, SocketData, One>(this, { latest: key });
  }

  /** Whether transports may compress the next emit. @default true */
  compress(compress: boolean): SocketOperator<Emit, SocketData, One> {
    return new SocketOperator<Emit, SocketData, One>(this, { compress });
  }

  /**
   * How long the next emit waits for its acknowledgement, in milliseconds; its callback then takes an error first.
   * @throws OptionError
   * @example socket.timeout(5000).emit("confirm", (error, answer) => console.log(error ?? answer));
   */
  timeout(timeout: number): SocketOperator<Emit, SocketData, OneOrTimeout> {
    checkDurations({ timeout }, "timeout");
    return new SocketOperator<Emit, SocketData, OneOrTimeout>(this, { timeout });
  }

  /** Sends a `message` event. */
  send(...args: SendArgs<Emit>): this {
    this._emitEvent("message", args, {});
    return this;
  }

  /** As {@link send}. */
  write(...args: SendArgs<Emit>): this {
    return this.send(...args);
  }

  /**
   * Disconnects it from its namespace.
   * @param close whether to leave all namespaces and close the connection
   */
  disconnect(close = false): this {
    if (!this.connected) return this;
    if (close) {
      this.client._disconnect();
    } else if (this.#state !== "leaving") {
      this.client._send({ type: PacketType.DISCONNECT, nsp: this.nsp.name }, {});
      this._onClose("server namespace disconnect");
    }
    return this;
  }

  /**
   * Adds a middleware for every event that comes. `next(error)` drops the event and raises `error` here.
   * @throws OptionError
   * @example socket.use(([event], next) => next(allowed.has(event) ? undefined : new Error("not allowed")));
   */
  use(middleware: PacketMiddleware<Listen>): this {
    (this.#middlewares ??= []).push(checkedMiddleware(middleware));
    return this;
  }

  /** The namespace lets it in: tells the client, and is reachable from now on. */
  _start(resumed: ResumedSession | undefined): void {
    this.#state = "connected";
    if (resumed === undefined) this.beginAnew();
    else this.#session?.onResumed();
    this.client._add(this);
    // protocol.md B.5: what was missed comes before the answer to CONNECT. It has left once, for outgoing listeners.
    this.client._replay((resumed?.missed ?? []) as readonly PreparedDelivery[]); // made by this package's Namespace
    const answer = { sid: this.id, ...this.#session?.answer(this.nsp._countsEvents) };
    const data = this.#introduced ? withAbilities(answer) : answer;
    this.client._send({ type: PacketType.CONNECT, nsp: this.nsp.name, data }, {});
  }

  /** The namespace refused it, or the connection ended before it could enter. */
  _abandon(): void {
    if (this.#state === "disconnected") return;
    this.#state = "disconnected";
    this.endExchanges();
    this.#drainWaits?.rejectAll();
    this.leaveAll();
    this.#session?.putBack();
    this.nsp._dismiss();
  }

  _onPacket(packet: EventPacket | AckPacket | DisconnectPacket): void {
    if (packet.type === PacketType.EVENT) {
      this.#session?.onEvent();
      if (packet.data[0] === ARRIVAL_EVENT && this.nsp._countsEvents) return this.confirm(packet.id);
      if (packet.id !== undefined) this.beginWork();
      this.receiveEvent(packet);
    } else if (packet.type === PacketType.ACK) this.receiveAck(packet);
    else this._onClose("client namespace disconnect");
  }

  _onWithheld(): void {
    this.#session?.onEvent();
  }

  _onError(error: unknown): void {
    this.dispatch("error", [error]);
  }

  _refuse(id: number, error: AckError): void {
    if (!this.connected) return; // a listener has disconnected it
    this.beginWork(); // its answer ends it
    this._acknowledger(id)(error);
  }

  /** How many events its handlers are at work on. */
  get _workCount(): number {
    return this.#workload?.count ?? 0;
  }

  /** Resolves when they are at work on none. */
  _idle(): Promise<void> {
    return this.#workload?.idle() ?? Promise.resolve();
  }

  _onClose(reason: ServerDisconnectReason, description?: unknown): void {
    if (this.#state !== "connected") return;
    this.#state = "leaving";
    this.dispatch("disconnecting", [reason, description]);
    this.#state = "disconnected";
    this.#session?.end(reason, this.data);
    this.endExchanges(undefined, this.mayGoOn);
    this.#drainWaits?.rejectAll();
    this.leaveAll();
    this.nsp._remove(this.id);
    this.client._remove(this);
    this.dispatch("disconnect", [reason, description]);
  }

  _broadcast(flags: EmitFlags): BroadcastOperator<Emit, SocketData> {
    return new BroadcastOperator(this.nsp, undefined, new Set([this.id]), flags);
  }

  _emitEvent(event: string, args: readonly unknown[], flags: EmitFlags): true {
    this.sendEvent(event, args, flags);
    return true;
  }

  protected override get ackTimeout(): number | undefined {
    return this.nsp._ackTimeout;
  }

  protected override get maxPendingAcks(): number {
    return this.nsp._maxPendingAcks;
  }

  _deliver(delivery: Delivery): void {
    if (this._hasOutgoingListeners) this._notifyOutgoing(delivery.packet.data);
    // Deliveries are made by this package's Namespace; adapters only pass them on.
    this.client._deliver(delivery as PreparedDelivery);
  }

  _expectAnswer(id: number, onAnswer: AnswerCallback): void {
    if (this._acks.size >= this.maxPendingAcks) return; // the broadcast tells that it did not answer
    this._acks.add(id, (error, values) => {
      if (error !== null) return;
      // Between servers, and for the broadcast, every answer may be an envelope.
      if (this._negotiated) onAnswer(...values);
      else onAnswer(asEnvelope(values[0]), ...values.slice(1));
    });
  }

  _forgetAnswer(id: number): void {
    this._acks.forget(id);
  }

  protected override sendPacket(packet: EventPacket | AckPacket, flags: EmitFlags): void {
    const isEvent = packet.type === PacketType.EVENT;
    if (isEvent && packet.id === undefined && this.nsp._recovery !== undefined) {
      return this.sendRecoverable(packet, flags, this.nsp._recovery);
    }
    if (isEvent && this._hasOutgoingListeners) this._notifyOutgoing(packet.data);
    // Before it is let in, too: clients keep what comes ahead of the answer to CONNECT (protocol.md B.3).
    if (this.#state === "disconnected") return;
    this.client._send(packet, flags, mayBeLost(flags) ? () => this.onDropped(packet) : undefined);
    if (!isEvent) this.#workload?.end();
  }

  protected override sendRequest(
    event: string,
    args: readonly unknown[],
    flags: EmitFlags,
    settle: AckCallback,
  ): void {
    // A timeout is waited for even now, so that an application that tries again in its callback does not spin.
    if (this.#state !== "disconnected" || (flags.timeout ?? this.ackTimeout) !== undefined) {
      return super.sendRequest(event, args, flags, settle);
    }
    this.sendEventPacket([event, ...args], undefined, flags);
    settle(new DisconnectedError(), []);
  }

  private onDropped({ type, id }: EventPacket | AckPacket): void {
    if (type === PacketType.EVENT && id !== undefined) this.onNotSent(id);
  }

  protected override onWork(work: PromiseLike<unknown>): void {
    this.beginWork();
    const end = (): void => this.#workload?.end();
    work.then(end, end);
  }

  private beginWork(): void {
    (this.#workload ??= new Workload()).begin();
  }

  /** A client with a contract may answer with an error to a server that has none. */
  protected override answerTo(event: string, settle: AckCallback): AckCallback {
    return this._gate === undefined && this._negotiated ? decoding(settle) : super.answerTo(event, settle);
  }

  /** Nor does it matter to such a client whether the server has one. */
  protected override encodeAnswer(values: readonly unknown[]): readonly unknown[] {
    return encodeAnswer(values, this._negotiated);
  }

  protected override nextAckId(): number {
    return this.nsp._nextAckId();
  }

  protected override onEvent(data: unknown[]): void {
    if (this.#middlewares === undefined) return this.deliverEvent(data);
    // The decoder has checked that a name comes first; the map is the client's word for the rest.
    runMiddleware(this.#middlewares, [data as IncomingEvent<Listen>], {
      onDone: (error) => {
        if (error === undefined) this.deliverEvent(data);
        else this._onError(error);
      },
      onThrow: (error) => {
        this.onHandlerError(error, String(data[0]));
      },
      onLateThrow: (error) => {
        this.onHandlerError(error, String(data[0]));
      },
    });
  }

  _onInvalidEvent(error: InvalidEventError): void {
    this.nsp._onInvalidEvent(error, this);
  }

  protected override onHandlerError(error: unknown, event: string): void {
    this.nsp._onHandlerError(error, this, event);
  }

  /** Reports what the promise of an adapter's method is rejected with. */
  private watch(outcome: Promise<void> | void, event: string): void {
    if (isThenable(outcome)) outcome.then(undefined, (error: unknown) => this.onHandlerError(error, event));
  }

  /** With nothing of an earlier connection. */
  private beginAnew(): void {
    this.nsp._callHandler(() => void this.join(this.id), [this], "join");
    if (this.nsp._recovery !== undefined) this.#session = KeptSession.begin(this.nsp._recovery, this.id);
  }

  /** An adapter that fails must not keep the socket from ending. */
  private leaveAll(): void {
    this.nsp._callHandler(() => this.nsp.adapter.delAll(this.id), [this], "leave");
  }

  /** Sends an event that a client which loses it gets after its recovery. */
  private sendRecoverable(packet: EventPacket, flags: EmitFlags, recovery: RecoveryStore): void {
    if (this.#state === "connected" && recovery.sendTo !== undefined) {
      recovery.sendTo(this.id, packet, flags);
    } else if (this.#state !== "pending") {
      // Adapters written for Socket.IO count on exceptions, be there any or not.
      const options = { rooms: new Set([this.id]), except: NO_ROOMS, flags };
      this.watch(this.nsp.adapter.broadcast(packet, options), "emit");
    } else {
      this._deliver(this.nsp._prepare(packet, flags, recovery.offset));
    }
  }

  /** Tells the client that what it has sent has come. */
  private confirm(id: number | undefined): void {
    if (id !== undefined) this.client._send({ type: PacketType.ACK, nsp: this.nsp.name, id, data: [] }, {});
  }

  /** Whether its client may come back to what it has left. */
  private get mayGoOn(): boolean {
    return this.#session?.suspended === true;
  }

  /**
   * Calls the event's listeners, unless a catch-all listener or a middleware has disconnected the socket. What has come
   * of a session that may go on must not be dropped, though: the client is told then that it came.
   */
  private deliverEvent(data: unknown[]): void {
    if (this.connected || this.mayGoOn) super.onEvent(data);
  }
}

const NO_ROOMS: ReadonlySet<Room> = new Set();

function mayBeLost({ volatile, latest }: EmitFlags): boolean {
  return volatile === true || latest !== undefined;
}
