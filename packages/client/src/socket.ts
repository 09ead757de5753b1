/** A client in one namespace of a server (api-surface.md 10). */
import type { BareEngineClient } from "@telsiz/engine/client";
import {
  type AnyContract,
  type AnyEvents,
  checkDurations,
  type ClientEmitOf,
  type ClientListenOf,
  type EventMap,
  type InvalidEventError,
  type Listener,
  type Negotiation,
  type One,
  type OneOrTimeout,
  type SendArgs,
} from "@telsiz/events";
import {
  type AckPacket,
  CONNECT,
  CONNECT_ERROR,
  DISCONNECT,
  EVENT,
  type EventPacket,
  type Packet,
} from "@telsiz/parser";
import {
  type AckCallback,
  ARRIVAL_EVENT,
  type ClientDisconnectReason,
  type EmitFlags,
  EmitOperator,
  type ExtendedError,
  NO_FLAGS,
  SocketBase,
} from "@telsiz/socket";
import { DeliveryWindow, type Gap } from "./delivery-window.ts";
import { BufferFullError, ConnectError } from "./errors.ts";
import type { ManagerBase } from "./manager-base.ts";
import {
  type AnySocketOptions,
  type Auth,
  checkSocketOptions,
  type ContractSocketOptions,
  type SocketOptions,
} from "./options.ts";
import { RetryQueue, type RetryQueueOwner } from "./retry-queue.ts";
import { type ConnectAnswer, SessionToken } from "./session-token.ts";

/** Of the option `maxBuffered`. */
const DEFAULT_MAX_BUFFERED = 10_000;

/** What a server may send before it answers CONNECT: more than any has reason to. */
const MOST_EARLY_PACKETS = 10_000;

/** What the platform knows about the end of a connection. */
export type DisconnectDescription = Error | { readonly description: string; readonly context?: unknown };

/** An event that waits for the connection. */
export interface BufferedEvent extends EventPacket {
  /** What was said about its emit. */
  readonly options: EmitFlags;
}

/** The events of a socket itself. */
export interface SocketReservedEvents {
  /** It is connected, for the first time or again. Events that had waited have been sent. */
  connect: () => void;
  /** It could not connect. `socket.active` tells whether it tries again by itself. */
  connect_error: (error: ExtendedError) => void;
  /** The connection ended. */
  disconnect: (reason: ClientDisconnectReason, description?: DisconnectDescription) => void;
  /** Events were lost with the last connection, or may be: told ahead of `connect`, by servers that are Telsiz and recover. */
  gap: (gap: Gap) => void;
}

/** A manager that also makes sockets, as {@link Socket.io} is. */
export interface SocketMaker extends ManagerBase {
  /** The socket of a namespace: a new one, or the one that is there. @throws OptionError */
  socket<L extends EventMap<L> = AnyEvents, E extends EventMap<E> = L>(
    nsp: string,
    options?: SocketOptions,
  ): Socket<L, E>;
  /** The socket of a namespace, with a contract. */
  socket<C extends AnyContract>(
    nsp: string,
    options: ContractSocketOptions<C>,
  ): Socket<ClientListenOf<C>, ClientEmitOf<C>>;
}

/**
 * A client in one namespace, made by `io()` and `manager.socket()`.
 * @typeParam Listen the events that the server sends
 * @typeParam Emit the events that the client sends
 */
export class Socket<Listen extends EventMap<Listen> = AnyEvents, Emit extends EventMap<Emit> = Listen>
  extends SocketBase<Listen, Emit, SocketReservedEvents, Socket<Listen, Emit>>
  implements RetryQueueOwner
{
  /** The connection, shared with the sockets of other namespaces. */
  readonly io: SocketMaker;
  /** The name of the namespace. */
  readonly nsp: string;
  /** Given by the server at each connection; `undefined` while disconnected. */
  id: string | undefined = undefined;
  /** Whether it is connected. */
  connected = false;
  /** Whether the last connection recovered the state of the one before, so that no event is missing. */
  recovered = false;
  /** Events that wait for the connection, in the order in which they were emitted; an empty list in its place drops them. */
  sendBuffer: BufferedEvent[] = [];
  /** What authenticates it at the next connection. */
  auth: Auth | undefined;
  readonly #options: AnySocketOptions;
  /** Events that are sent until they are acknowledged; only where the option asks for it. */
  readonly #retryQueue: RetryQueue | undefined;
  /** How it tells the server what it can do: without a contract it is, to the byte, a client of Socket.IO. */
  readonly #negotiation: Negotiation | undefined;
  readonly #session: SessionToken = new SessionToken();
  readonly #delivery: DeliveryWindow | undefined;
  #receiveBuffer: (EventPacket | AckPacket)[] = [];
  #active = false;
  /** The connection on which it has asked for the namespace and awaits the answer. */
  #askedOn: BareEngineClient | undefined;
  /** What takes the auth that is being made. */
  #give: ((auth: object | undefined) => void) | undefined;
  #lastAckId = -1;

  /** Made by `io()` and `manager.socket()`. @throws OptionError */
  constructor(io: SocketMaker, nsp: string, options: AnySocketOptions = {}) {
    super();
    checkSocketOptions(options);
    this.io = io;
    this.nsp = nsp;
    this.auth = options.auth;
    this.#options = { ...options };
    const { contract } = options;
    if (contract !== undefined) this._gate = contract._gate(contract._rules("client", options), this);
    this.#delivery = options.delivery === false ? undefined : new DeliveryWindow(options.delivery);
    this.#negotiation = options.negotiate === false ? undefined : contract?._negotiation;
    this.#retryQueue = options.retries
      ? new RetryQueue(this, options.retries, options.maxBuffered ?? DEFAULT_MAX_BUFFERED)
      : undefined;
  }

  get _nspName(): string {
    return this.nsp;
  }

  /** The negation of {@link connected}. */
  get disconnected(): boolean {
    return !this.connected;
  }

  /** Whether it connects, by itself and again, as soon as it can. */
  get active(): boolean {
    return this.#active;
  }

  /** Packets that came before the server's answer to the connection. */
  get receiveBuffer(): readonly (EventPacket | AckPacket)[] {
    return this.#receiveBuffer;
  }

  /**
   * About how many bytes the connection has not given to the network. Sockets of several namespaces share a connection,
   * and this number. Events that wait for the connection are in {@link sendBuffer}, and not counted.
   */
  get bufferedAmount(): number {
    return this.io._bufferedAmount;
  }

  /** Connects, now and whenever the connection was lost. */
  connect(): this {
    if (this.connected) return this;
    this.#active = true;
    this.io._wake();
    if (this.io._readyState === "open") this._onOpen();
    return this;
  }

  /** As {@link connect}. */
  open(): this {
    return this.connect();
  }

  /** Disconnects and stays so until {@link connect}. The last socket of a connection closes it. */
  disconnect(): this {
    if (this.connected) this.#sendDisconnect();
    this.#release();
    if (this.connected) this._onClose("io client disconnect");
    return this;
  }

  /** As {@link disconnect}. */
  close(): this {
    return this.disconnect();
  }

  /** The next emit may be lost when the connection cannot take it now. */
  get volatile(): EmitOperator<Emit, One, this> {
    return new EmitOperator<Emit, One, this>(this, { volatile: true });
  }

  /** Whether transports may compress the next emit. @default true */
  compress(compress: boolean): EmitOperator<Emit, One, this> {
    return new EmitOperator<Emit, One, this>(this, { compress });
  }

  /**
   * How long the next emit waits for its acknowledgement, in milliseconds; its callback then takes an error first.
   * @throws OptionError
   * @example const answer = await socket.timeout(5000).emitWithAck("ask", "how many?");
   */
  timeout(timeout: number): EmitOperator<Emit, OneOrTimeout, this> {
    checkDurations({ timeout }, "timeout");
    return new EmitOperator<Emit, OneOrTimeout, this>(this, { timeout });
  }

  /** Sends a `message` event. */
  send(...args: SendArgs<Emit>): this {
    return this._emitEvent("message", args, NO_FLAGS);
  }

  _emitEvent(event: string, args: readonly unknown[], flags: EmitFlags): this {
    if (this.#retryQueue === undefined || flags.volatile === true) this.sendEvent(event, args, flags);
    else this.#sendUntilAcknowledged(this.#retryQueue, event, args, flags);
    return this;
  }

  override _requestEvent(event: string, args: readonly unknown[], flags: EmitFlags): Promise<unknown> {
    const queue = this.#retryQueue;
    if (queue === undefined || flags.volatile === true) return super._requestEvent(event, args, flags);
    return new Promise((resolve, reject) => {
      queue.push(event, args, flags, (error, values) => {
        if (error === null) resolve(values[0]);
        else reject(error);
      });
    });
  }

  _sendAttempt(event: string, args: readonly unknown[], flags: EmitFlags, settle: AckCallback): void {
    this.sendRequest(event, args, flags, settle);
  }

  /** Whether its CONNECT has no payload. */
  get _bare(): boolean {
    return this.#negotiation === undefined && this.#session.withCredentials(this.auth) === undefined;
  }

  /** The connection is open, and its handshake has asked for the namespace. */
  _onAsked(): void {
    this.#askedOn = this.io.engine;
  }

  /** The connection is open: asks for the namespace, unless the answer to that is awaited already. */
  _onOpen(): void {
    const { engine } = this.io;
    if (!this.#active || this.#askedOn === engine) return;
    const give = (auth: object | undefined): void => {
      // Once, and for the connection that it was asked for.
      if (this.#give !== give || this.io.engine !== engine || !this.#active) return;
      const data = this.#session.withCredentials(auth);
      const introduced = this.#negotiation?.withAbilities(data) ?? data;
      this.io._send({ type: CONNECT, nsp: this.nsp, data: introduced }, NO_FLAGS);
      this.#askedOn = engine;
      this.#give = undefined;
    };
    this.#give = give;
    const { auth } = this;
    // `object` includes functions, of any kind.
    if (typeof auth === "function") this.callListener(auth as Listener, [give], "auth");
    else this.callListener(give, [auth], "auth");
  }

  /** The connection could not be opened. */
  _onOpenError(error: Error): void {
    if (this.#active && !this.connected) this.dispatch("connect_error", [error]);
  }

  /** The connection ended, or this socket's part of it: also before it was let in. */
  _onClose(reason: ClientDisconnectReason, description?: DisconnectDescription): void {
    this.connected = false;
    this.id = undefined;
    this.#receiveBuffer = [];
    const meant = reason === "io client disconnect" || reason === "io server disconnect";
    if (meant) this.#delivery?.end();
    else this.#delivery?.onLost(performance.now());
    this.dispatch("disconnect", [reason, description]);
    // What a contract still checks has come, and is not sent again after a recovery.
    const waiting = new Set(this.sendBuffer.map(({ id }) => id));
    this.endExchanges(waiting, !meant && this.#session.known);
  }

  /** The server has pinged, and was answered. */
  _onPing(): void {
    this.#delivery?.onPing();
  }

  /** A packet for its namespace came. */
  _onPacket(packet: Packet): void {
    if (packet.type === CONNECT || packet.type === CONNECT_ERROR) {
      this.#askedOn = undefined;
    }
    if (!this.#active) return this.#onLateAnswer(packet);
    switch (packet.type) {
      case CONNECT:
        return this.#onConnect(packet.data);
      case CONNECT_ERROR:
        return this.#onRefused(packet.data);
      case DISCONNECT:
        this.#release();
        return this._onClose("io server disconnect");
      default:
        if (this.connected) this.#receive(packet);
        else if (this.#receiveBuffer.push(packet) > MOST_EARLY_PACKETS) this.io.engine.close();
    }
  }

  protected override sendPacket(packet: EventPacket | AckPacket, flags: EmitFlags): void {
    const connected = this.connected && !this.io._expired;
    if (flags.volatile === true && !this.io._writable) {
      if (packet.type === EVENT && packet.id !== undefined) this.onNotSent(packet.id);
      return;
    }
    if (packet.type !== EVENT) {
      if (connected) this.#sendNow(packet, flags);
    } else if (connected && this.sendBuffer.length === 0) this.#sendNow(packet, flags);
    else this.#keep(packet, flags); // behind those that wait, also while it is just being connected
  }

  /** Until it is connected. */
  #keep(packet: EventPacket, flags: EmitFlags): void {
    const max = this.#options.maxBuffered ?? DEFAULT_MAX_BUFFERED;
    if (this.sendBuffer.length < max) return void this.sendBuffer.push({ ...packet, options: flags });
    const error = new BufferFullError(max);
    this.onHandlerError(error, String(packet.data[0])); // a callback may have no place for it
    if (packet.id !== undefined) this.onNotSent(packet.id, error);
  }

  protected override get ackTimeout(): number | undefined {
    return this.#options.ackTimeout;
  }

  protected override get maxPendingAcks(): number {
    return this.#options.maxPendingAcks ?? super.maxPendingAcks;
  }

  protected override nextAckId(): number {
    return ++this.#lastAckId;
  }

  protected override withdraw(id: number): void {
    this.sendBuffer = this.sendBuffer.filter((event) => event.id !== id);
  }

  _onInvalidEvent(error: InvalidEventError): void {
    this.io._onInvalidEvent(error, this);
  }

  protected override onHandlerError(error: unknown, event: string): void {
    this.io._onHandlerError(error, this, event);
  }

  /** Sends an event as often as the option `retries` allows. Its callback takes an error first. */
  #sendUntilAcknowledged(queue: RetryQueue, event: string, args: readonly unknown[], flags: EmitFlags): void {
    const last = args.at(-1);
    const callback = typeof last === "function" ? (last as Listener) : undefined;
    const payload = callback === undefined ? args : args.slice(0, -1);
    queue.push(event, payload, flags, (error, values) => {
      if (callback !== undefined)
        this.callListener(callback, error === null ? [null, ...values] : [error], event);
      else if (error !== null) this.onHandlerError(error, event); // an event that is given up must not vanish
    });
  }

  /** The server lets it in, though it has disconnected meanwhile; before, it could not be told so. */
  #onLateAnswer(packet: Packet): void {
    if (packet.type === CONNECT) this.#sendDisconnect();
  }

  #sendDisconnect(): void {
    this.io._send({ type: DISCONNECT, nsp: this.nsp }, NO_FLAGS);
  }

  #sendNow(packet: EventPacket | AckPacket, flags: EmitFlags): void {
    if (packet.type === EVENT) this._notifyOutgoing(packet.data);
    const encoded = this.io._send(packet, flags);
    if (packet.type !== EVENT) return;
    // Who asked for an acknowledgement is told of the loss of the connection: what to do is theirs to say.
    this.#delivery?.onSent(encoded, flags, packet.id === undefined && flags.volatile !== true);
    if (this.#delivery?.shouldAsk === true) this.#askForArrival(this.#delivery);
  }

  #askForArrival(window: DeliveryWindow): void {
    if (this._acks.size >= this.maxPendingAcks) return;
    const id = this.nextAckId();
    const data = [ARRIVAL_EVENT] as const;
    const encoded = this.io._send({ type: EVENT, nsp: this.nsp, data, id }, NO_FLAGS);
    window.onSent(encoded, NO_FLAGS, false);
    const settle = window.onAsked();
    this._acks.add(id, (error) => settle(error === null));
  }

  #receive(packet: EventPacket | AckPacket): void {
    if (packet.type === EVENT) {
      const data = this.#session.onEvent(packet);
      this.receiveEvent(data === packet.data ? packet : { ...packet, data });
    } else {
      this.receiveAck(packet);
    }
  }

  #onConnect(data: ConnectAnswer | undefined): void {
    if (typeof data?.sid !== "string" || data.sid === "") {
      this.dispatch("connect_error", [new ConnectError("The server speaks protocol 4 of Socket.IO 2.")]);
      return;
    }
    this.id = data.sid;
    this.recovered = this.#session.onConnect(data);
    this._negotiated = this.#negotiation?.knowsEnvelopes(data) === true;
    this.connected = true;
    const gap = this.#resume(data.received);
    const received = this.#receiveBuffer;
    this.#receiveBuffer = [];
    for (const packet of received) this.#receive(packet);
    this.#flush();
    this.#retryQueue?.advance();
    if (gap !== undefined && !this.disconnected) this.dispatch("gap", [gap]);
    if (this.disconnected) return; // by a listener
    this.dispatch("connect", []);
  }

  /** Sends again what has not arrived. @returns what cannot be, if there is something */
  #resume(received: unknown): Gap | undefined {
    const window = this.#delivery;
    const resumption = window?.onConnect(this.recovered, received, performance.now());
    for (const { encoded, flags } of resumption?.again ?? []) {
      this.io._sendAgain(encoded, flags);
      window?.onSent(encoded, flags, true);
    }
    return resumption?.gap;
  }

  /** Sends what waited. */
  #flush(): void {
    const waiting = this.sendBuffer;
    this.sendBuffer = [];
    for (const event of waiting) {
      const { options, ...packet } = event;
      if (!this.connected) this.sendBuffer.push(event);
      else this.#sendWaiting(packet, options);
    }
  }

  /** Sends an event whose emit returned long ago: that it cannot be encoded must not harm the others. */
  #sendWaiting(packet: EventPacket, flags: EmitFlags): void {
    try {
      this.#sendNow(packet, flags);
    } catch (error) {
      this.onHandlerError(error, String(packet.data[0]));
      if (packet.id !== undefined) this.onNotSent(packet.id, error as Error); // nothing else is thrown
    }
  }

  #onRefused(data: object | string | undefined): void {
    this.#release();
    const { message, data: details } = (typeof data === "object" ? data : {}) as {
      message?: unknown;
      data?: unknown;
    };
    this.dispatch("connect_error", [new ConnectError(typeof message === "string" ? message : "", details)]);
  }

  /** Needs the connection no longer. */
  #release(): void {
    if (!this.#active) return;
    this.#active = false;
    this.io._release();
  }
}

// eslint-disable-next-line @typescript-eslint/no-namespace -- how programs for Socket.IO name the type
export declare namespace Socket {
  /** Why a client's socket was disconnected. */
  export type DisconnectReason = ClientDisconnectReason;
}
