/** A namespace: sockets that share a name, middleware and rooms (api-surface.md 3). */
import {
  type AdapterFactory,
  type AdapterNamespace,
  type BroadcastFlags,
  type Delivery,
  isRecoveryStore,
  type LostSession,
  type NamespaceAdapter,
  type RecoveryStore,
  type ResumedSession,
  type SocketId,
} from "@telsiz/adapter";
import {
  type AnyEvents,
  callGuarded,
  checkedMiddleware,
  type EventMap,
  type InvalidEventError,
  isThenable,
  type Listener,
  runMiddleware,
} from "@telsiz/events";
import { type EventPacket, type Message, PacketType, type Parser } from "@telsiz/parser";
import { type ExtendedError } from "@telsiz/socket";
import type { BroadcastNamespace } from "./broadcast-operator.ts";
import { Broadcaster } from "./broadcaster.ts";
import { ClusterGate } from "./cluster-gate.ts";
import type { Connection } from "./connection.ts";
import { messagesIn, type PreparedDelivery, prepareDelivery, restoreDelivery } from "./delivery.ts";
import { ServerSideEventError } from "./errors.ts";
import { ForeignRecovery, keepsSessions } from "./foreign-recovery.ts";
import type { NamespaceReservedEvents } from "./namespace-events.ts";
import type { RecoverySettings } from "./recovery-options.ts";
import { isServerSideEvent, type ServerSideNamespace } from "./server-side-emit.ts";
import { Socket } from "./socket.ts";
import type { SocketServer } from "./socket-namespace.ts";
import type { Terms, TermsOptions } from "./terms.ts";

/** Called for every client that wants to connect. */
export type NamespaceMiddleware<S> = (socket: S, next: (error?: ExtendedError) => void) => unknown;

/** What a namespace sees of its server. */
export interface NamespaceServer extends SocketServer {
  readonly _parser: Parser;
  /** The timeout of acknowledgements that have none of their own, in milliseconds. */
  readonly _ackTimeout: number | undefined;
  /** How many acknowledgements a socket may await. */
  readonly _maxPendingAcks: number;
  /** Whether clients are told how many of their events have come, so that they can send the others again. */
  readonly _countsEvents: boolean;
  /** Whether connections keep the requests that opened them. */
  readonly _keepsRequests: boolean;
  /** How lost connections are recovered, if they are. */
  readonly _recovery: RecoverySettings | undefined;
  /** Whether nobody is let in any more. */
  readonly _isClosed: boolean;
  /** The terms of namespaces that are given none. */
  readonly _terms: Terms;
  /** What is said of those of which not all is said. */
  readonly _opts: TermsOptions;
  /** An event does not fit the contract, and nobody asked for an answer. */
  _onInvalidEvent(error: InvalidEventError, socket: unknown): void;
  /** A new id for a socket. */
  _generateSocketId(): SocketId;
  /** A function of the application failed. */
  _onHandlerError(error: unknown, socket: unknown, event: string): void;
}

/** Whom a namespace tells that it is empty: its last client has left, and none is on its way in or may come back. */
export interface NamespaceOwner {
  _onEmptied(namespace: AnyNamespace): void;
}

/** A namespace whatever its event maps: lists of several have no common type for them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- see above
export type AnyNamespace = Namespace<any, any, any>;

/** Sockets under one name. Made by `io.of(name)`. */
export class Namespace<
  Listen extends EventMap<Listen> = AnyEvents,
  Emit extends EventMap<Emit> = Listen,
  ServerSide extends EventMap<ServerSide> = AnyEvents,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- chosen by the application, as in Socket.IO
  SocketData = any,
>
  extends Broadcaster<
    Emit,
    ServerSide,
    NamespaceReservedEvents<Listen, Emit, ServerSide, SocketData>,
    SocketData
  >
  implements AdapterNamespace
{
  /** Begins with a slash; `/` is the main one. */
  readonly name: string;
  /** The server it belongs to. */
  readonly server: NamespaceServer;
  /** The connected sockets of this node. */
  readonly sockets: Map<SocketId, Socket<Listen, Emit, ServerSide, SocketData>> = new Map();
  /** Who is in which room, and how packets reach them. */
  adapter!: NamespaceAdapter; // assigned by _useAdapter, which the server calls at once
  readonly #owner: NamespaceOwner | undefined;
  readonly #middlewares: NamespaceMiddleware<Socket<Listen, Emit, ServerSide, SocketData>>[] = [];
  /** What recovers lost sessions, if the adapter can. */
  _recovery: RecoveryStore | undefined = undefined;
  /** Its contract, and what is said beside it. */
  _terms: Terms;
  /** What passes between servers. */
  _cluster: ClusterGate;
  #lastAckId = -1;
  /** How many clients have asked for it and are not let in yet. */
  #joining = 0;
  /** Set when it ends: resolves when the adapter is closed. */
  #closed: Promise<void> | undefined;

  /** @param owner is told when it is empty */
  constructor(server: NamespaceServer, name: string, owner?: NamespaceOwner) {
    super();
    this.server = server;
    this.name = name;
    this.#owner = owner;
    this._terms = server._terms;
    this._cluster = new ClusterGate(this);
  }

  /** Gives it a contract and what is said beside it. Clients that are there keep what they had. @throws OptionError */
  _agree(options: TermsOptions): void {
    this._terms = this._terms.changedBy({ ...this.server._opts, contract: undefined, ...options });
    this._cluster = new ClusterGate(this);
  }

  /**
   * Adds a middleware that decides about new clients: `next()` lets them in, `next(error)` refuses them with
   * `connect_error`, which carries `error.message` and `error.data`.
   * @throws OptionError
   * @example io.use((socket, next) => next(isKnown(socket.handshake.auth.token) ? undefined : new Error("who?")));
   */
  use(middleware: NamespaceMiddleware<Socket<Listen, Emit, ServerSide, SocketData>>): this {
    this.#middlewares.push(checkedMiddleware(middleware));
    return this;
  }

  /** Gives it an adapter, in place of one that it may have had: whoever is in rooms stays there. */
  _useAdapter(factory: AdapterFactory): void {
    const previous = this.adapter as NamespaceAdapter | undefined;
    const members = [...(previous?.sids ?? [])].map(([id, rooms]) => [id, new Set(rooms)] as const);
    if (previous !== undefined) void this._close();
    this.#closed = undefined;
    this.adapter = isConstructor(factory) ? new factory(this) : factory(this);
    this._recovery = this.recoveryOf(this.adapter);
    this._watch(this.adapter.init(), "init");
    for (const [id, rooms] of members) this._watch(this.adapter.addAll(id, rooms), "addAll");
  }

  /** Takes over what `other` has for its clients at this moment: middleware, and listeners of `connection`. */
  _copyFrom(other: Namespace<Listen, Emit, ServerSide, SocketData>): void {
    this._terms = other._terms;
    this._cluster = new ClusterGate(this);
    this.#middlewares.push(...other.#middlewares);
    for (const event of ["connect", "connection"] as const) {
      const registered = other.rawListeners(event);
      other.listeners(event).forEach((listener, index) => {
        if (listener === registered[index]) this.on(event, listener);
        else this.once(event, listener);
      });
    }
  }

  /** Decides about a client that wants to connect. */
  _admit(connection: Connection, auth: object): void {
    this.#joining++;
    const lost = this.takeLostSession(auth);
    if (!isThenable(lost)) return this.admit(connection, auth, lost);
    connection._await(this.name);
    void lost.then((session) => this.admit(connection, auth, session));
  }

  _dismiss(): void {
    this.#joining--;
    this.tellIfEmpty();
  }

  _remove(id: SocketId): void {
    this.sockets.delete(id);
    this.tellIfEmpty();
  }

  _onSessionsExpired(): void {
    this.tellIfEmpty();
  }

  _onMoved(id: SocketId): void {
    this.sockets.get(id)?.conn.close(true);
  }

  private tellIfEmpty(): void {
    if (this.#owner === undefined || this.sockets.size > 0 || this.#joining > 0) return;
    if (this._recovery?.awaitsClients !== true) this.#owner._onEmptied(this);
  }

  /** Ends it: closes its adapter, once. */
  _close(): Promise<void> {
    return (this.#closed ??= this.closeAdapter());
  }

  get _ackTimeout(): number | undefined {
    return this.server._ackTimeout;
  }

  get _maxPendingAcks(): number {
    return this.server._maxPendingAcks;
  }

  get _countsEvents(): boolean {
    return this.server._countsEvents;
  }

  _nextAckId(): number {
    return ++this.#lastAckId;
  }

  _prepare(packet: EventPacket, flags: BroadcastFlags, offset?: string): PreparedDelivery {
    return prepareDelivery(this.server._parser, packet, flags, offset);
  }

  _messagesOf(delivery: Delivery): readonly Message[] {
    return messagesIn(delivery as PreparedDelivery); // made by _prepare
  }

  _restore(messages: readonly Message[], flags: BroadcastFlags): PreparedDelivery {
    return restoreDelivery(this.server._parser, messages, flags);
  }

  _onInvalidEvent(error: InvalidEventError, socket: unknown): void {
    this.server._onInvalidEvent(error, socket);
  }

  _onHandlerError(error: unknown, socket: unknown, event: string): void {
    this.server._onHandlerError(error, socket, event);
  }

  _callHandler(handler: Listener, args: readonly unknown[], event: string): void {
    this.callListener(handler, args, event);
  }

  _watch(outcome: Promise<void> | void, method: string): void {
    if (!isThenable(outcome)) return;
    outcome.then(undefined, (error: unknown) => this._onHandlerError(error, undefined, method));
  }

  _onServerSideEmit(packet: unknown): void {
    if (isServerSideEvent(packet)) this._cluster.receive(packet);
    else this._onHandlerError(new ServerSideEventError(), undefined, "serverSideEmit");
  }

  /** Calls the namespace's listeners of a reserved event. */
  _dispatch(event: string, args: readonly unknown[]): boolean {
    return this.dispatch(event, args);
  }

  protected override get home(): BroadcastNamespace & ServerSideNamespace {
    return this;
  }

  protected override callListener(listener: Listener, args: readonly unknown[], event: string): void {
    const fail = (error: unknown): void => {
      this._onHandlerError(error, args[0] instanceof Socket ? args[0] : undefined, event);
    };
    callGuarded(this, listener, args, fail);
  }

  private recoveryOf(adapter: NamespaceAdapter): RecoveryStore | undefined {
    if (isRecoveryStore(adapter)) return adapter;
    const settings = this.server._recovery;
    if (settings !== undefined && keepsSessions(adapter)) return new ForeignRecovery(adapter, this, settings);
    return undefined;
  }

  private async closeAdapter(): Promise<void> {
    const { adapter, _recovery } = this; // while that is awaited, others may take their places
    try {
      // Without a pause where there is nothing to wait for: who replaces an adapter counts on it.
      if (_recovery?.end !== undefined) await _recovery.end();
      await adapter.close();
    } catch (error) {
      this._onHandlerError(error, undefined, "close");
    }
  }

  /** The session that a client had before its connection was lost, if it says which, and it is still kept. */
  private takeLostSession(auth: object): ReturnType<RecoveryStore["take"]> {
    const { pid, offset } = auth as { readonly pid?: unknown; readonly offset?: unknown };
    if (this._recovery === undefined || typeof pid !== "string") return undefined;
    if (offset !== undefined && typeof offset !== "string") return undefined;
    // The client may notice the loss of its connection before the server does.
    const holder = this._recovery.holderOf(pid);
    if (holder !== undefined) this._onMoved(holder);
    return this._recovery.take(pid, offset);
  }

  private admit(connection: Connection, auth: object, lost: LostSession | undefined): void {
    const id = lost?.sid ?? this.server._generateSocketId();
    const socket = new Socket<Listen, Emit, ServerSide, SocketData>(this, connection, id, auth, lost);
    connection._await(this.name, socket);
    const skip = lost !== undefined && this.server._recovery?.skipMiddlewares === true;
    // Also of a recovered session: its handlers are promised an auth that fits.
    runMiddleware([this._terms.checkAuth, ...(skip ? [] : this.#middlewares)], [socket], {
      onDone: (error?: ExtendedError) => {
        if (error === undefined) this.accept(socket, auth, lost);
        else this.refuse(socket, { message: error.message, data: error.data as unknown });
      },
      onThrow: (error) => {
        this.refuseAfterError(socket, error);
      },
      onLateThrow: (error) => {
        this._onHandlerError(error, socket, "connection");
      },
    });
  }

  private accept(
    socket: Socket<Listen, Emit, ServerSide, SocketData>,
    auth: object,
    lost: LostSession | undefined,
  ): void {
    // An asynchronous middleware may have outlived the connection, or the server.
    if (!socket.client._open || this.server._isClosed) return socket._abandon();
    if (lost === undefined) return this.letIn(socket, undefined);
    const resumed = this._recovery?.resume(lost, socket);
    if (!isThenable(resumed)) return this.goOn(socket, auth, resumed);
    void resumed.then((session) => this.goOn(socket, auth, session));
  }

  /** What its session has missed is known, or that it is not. */
  private goOn(
    socket: Socket<Listen, Emit, ServerSide, SocketData>,
    auth: object,
    resumed: ResumedSession | undefined,
  ): void {
    if (!socket.client._open || this.server._isClosed) return socket._abandon();
    if (resumed === undefined) this.startOver(socket, auth);
    else this.letIn(socket, resumed);
  }

  /** Without a pause: what is sent from here on reaches the socket itself. */
  private letIn(
    socket: Socket<Listen, Emit, ServerSide, SocketData>,
    resumed: ResumedSession | undefined,
  ): void {
    socket.client._admitted(this.name);
    this.#joining--;
    this.sockets.set(socket.id, socket);
    socket._start(resumed);
    this.dispatch("connect", [socket]);
    this.dispatch("connection", [socket]);
    if (!this.server._keepsRequests) socket.client._dropRequest();
  }

  /** While middlewares ran, the log has forgotten what the client missed: it is a new client, with nothing of the old. */
  private startOver(socket: Socket<Listen, Emit, ServerSide, SocketData>, auth: object): void {
    this.#joining++;
    socket._abandon();
    this.admit(socket.client, auth, undefined);
  }

  private refuse(socket: Socket<Listen, Emit, ServerSide, SocketData>, data: object): void {
    socket.client._admitted(this.name);
    socket._abandon();
    try {
      socket.client._send({ type: PacketType.CONNECT_ERROR, nsp: this.name, data }, {});
    } catch (error) {
      // The application's data cannot be sent, but the client must not wait in vain.
      this.refuseAfterError(socket, error);
    }
  }

  /** Nobody meant the client to read the error. */
  private refuseAfterError(socket: Socket<Listen, Emit, ServerSide, SocketData>, error: unknown): void {
    this.refuse(socket, { message: "Internal error" });
    this._onHandlerError(error, socket, "connection");
  }
}

function isConstructor(
  factory: AdapterFactory,
): factory is Extract<AdapterFactory, new (...args: never[]) => NamespaceAdapter> {
  return factory.prototype !== undefined;
}
