/** The server: namespaces on top of an engine (api-surface.md 1). */
import type { AdapterFactory, ClusterReports, ServerCluster, SocketId } from "@telsiz/adapter";
import { EngineServer, type HttpServer, nodeLogs, randomId, type Session } from "@telsiz/engine/server";
import {
  type AnyEvents,
  type EventMap,
  type InvalidEventError,
  OptionError,
  printHandlerError,
  throwUncaught,
} from "@telsiz/events";
import { asParser, createParser, type Parser } from "@telsiz/parser";
import { DEFAULT_MAX_PENDING_ACKS } from "@telsiz/socket";
import { Attachments } from "./attachments.ts";
import type { BroadcastNamespace } from "./broadcast-operator.ts";
import { Broadcaster } from "./broadcaster.ts";
import { ClientFiles } from "./client-files.ts";
import { addCompatMembers, encoderOf, type PacketEncoder } from "./compat.ts";
import { Connection, type ConnectionOwner } from "./connection.ts";
import {
  DynamicNamespaces,
  type DynamicNamespaceServer,
  type NamespacePattern,
} from "./dynamic-namespaces.ts";
import { greetEarly, namedEarly } from "./early-connect.ts";
import { openHttpServer, type ServerAddress } from "./http-server.ts";
import { type ConnectionLimits, connectionLimits, parserLimits } from "./limits.ts";
import { addListenerMethods } from "./main-namespace-listeners.ts";
import { type AnyNamespace, Namespace, type NamespaceMiddleware } from "./namespace.ts";
import {
  checkServerOptions,
  DEFAULT_CONNECT_TIMEOUT_MS,
  DEFAULT_PATH,
  type ServerOptions,
} from "./options.ts";
import type { ParentNamespace } from "./parent-namespace.ts";
import type { RateLimitedContext } from "./rate-limits.ts";
import { defaultAdapter, type RecoverySettings, recoverySettings } from "./recovery-options.ts";
import {
  checkDrainOptions,
  drainConnections,
  type ServerDrainOptions,
  type ServerDrainReport,
} from "./server-drain.ts";
import type { ServerReservedEvents } from "./server-events.ts";
import { logServer } from "./server-log.ts";
import type { ServerSideNamespace } from "./server-side-emit.ts";
import { Socket } from "./socket.ts";
import { type NamespaceOptions, Terms, type TermsOptions } from "./terms.ts";

/**
 * A realtime server. What it listens to and broadcasts is that of its main namespace, `/`.
 * @typeParam Listen the events that clients send
 * @typeParam Emit the events that the server sends
 * @typeParam ServerSide the events between servers
 * @typeParam SocketData the type of `socket.data`
 * @example
 * const io = new Server(httpServer);
 * io.on("connection", (socket) => socket.on("greet", (name, reply) => reply(`Hello, ${name}`)));
 */
export class Server<
  Listen extends EventMap<Listen> = AnyEvents,
  Emit extends EventMap<Emit> = Listen,
  ServerSide extends EventMap<ServerSide> = AnyEvents,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- chosen by the application, as in Socket.IO
  SocketData = any,
>
  extends Broadcaster<
    Emit,
    ServerSide,
    ServerReservedEvents<Listen, Emit, ServerSide, SocketData>,
    SocketData
  >
  implements ConnectionOwner, DynamicNamespaceServer
{
  /** The main namespace, `/`. */
  readonly sockets: Namespace<Listen, Emit, ServerSide, SocketData>;
  /** The engine below, the latest if there are several; undefined until the server is attached. */
  engine!: EngineServer; // typed as in Socket.IO, where it is there after attach, listen or bind
  /** The http server that it was attached to last. */
  httpServer: HttpServer | undefined;
  /** Packets to messages, as adapters and tools written for Socket.IO call it. */
  readonly encoder: PacketEncoder;
  /** Packets to messages and back. */
  readonly _parser: Parser;
  readonly _ackTimeout: number | undefined;
  readonly _maxPendingAcks: number;
  /** The options that the constructor was given. */
  readonly _opts: ServerOptions & TermsOptions;
  /** The terms of namespaces that are given none. */
  readonly _terms: Terms;
  /** What its connections have to keep to. */
  readonly _limits: ConnectionLimits;
  /** See {@link connectTimeout}. */
  _connectTimeout: number;
  /** Whether clients are told how many of their events have come, where sessions are kept (docs/wire.md, "Delivery"). */
  readonly _countsEvents: boolean;
  /** Whether connections keep the requests that opened them. */
  readonly _keepsRequests: boolean;
  /** How lost connections are recovered, if they are. */
  readonly _recovery: RecoverySettings | undefined;
  /** Whether dynamic namespaces end when their last client has left. */
  readonly _cleansUpChildren: boolean;
  /** Whether nobody is let in any more. */
  _isClosed: boolean = false;
  /** All namespaces by name, but for the parents of dynamic ones. */
  readonly _nsps: Map<string, AnyNamespace> = new Map();
  readonly #dynamic: DynamicNamespaces = new DynamicNamespaces(this);
  #adapter: AdapterFactory;
  /** Its place in a cluster, if it is a node of one. */
  readonly #cluster: ServerCluster | undefined;
  #path: string;
  #serveClient: boolean;
  readonly #attachments = new Attachments();
  /** Set by {@link close}: resolves at the end, with the error that an http server reports, if any. */
  #closed: Promise<Error | undefined> | undefined;

  /**
   * A server that is attached to nothing yet: call {@link attach} or {@link listen}.
   * @throws OptionError
   */
  constructor(options?: ServerOptions & NamespaceOptions<Listen, Emit, ServerSide, SocketData>);
  /**
   * @param server what to attach to, or a port
   * @throws OptionError, InvalidServerError
   */
  constructor(
    server: ServerAddress | undefined,
    options?: ServerOptions & NamespaceOptions<Listen, Emit, ServerSide, SocketData>,
  );
  constructor(
    server?: ServerAddress | (ServerOptions & TermsOptions) | null,
    options?: ServerOptions & TermsOptions,
  ) {
    super();
    const [address, given] = isOptions(server) ? [undefined, server] : [server, options ?? {}];
    checkServerOptions(given);
    const { connectionStateRecovery } = given;
    this._opts = { ...given };
    this._recovery = connectionStateRecovery && recoverySettings(connectionStateRecovery);
    const cluster = (this.#cluster = given.cluster?.());
    this.#adapter =
      given.adapter ??
      (cluster && ((nsp) => cluster.adapterOf(nsp, this._recovery))) ??
      defaultAdapter(this._recovery);
    this._keepsRequests = given.keepRequest ?? true;
    this._cleansUpChildren = given.cleanupEmptyChildNamespaces ?? true;
    this.#path = withoutTrailingSlash(given.path ?? DEFAULT_PATH);
    this.#serveClient = given.serveClient ?? true;
    // Zero means the default, as in Socket.IO.
    this._connectTimeout = given.connectTimeout || DEFAULT_CONNECT_TIMEOUT_MS;
    this._limits = connectionLimits(given.limits, given.parser === undefined);
    const { parser = createParser(parserLimits(given.limits)) } = given;
    // What is withheld unread cannot be counted.
    const { rate, readsHeaders } = this._limits;
    this._countsEvents = given.delivery !== false && (rate === undefined || readsHeaders);
    this._parser = asParser(parser);
    this._ackTimeout = given.ackTimeout;
    this._maxPendingAcks = given.limits?.maxPendingAcks ?? DEFAULT_MAX_PENDING_ACKS;
    this.encoder = encoderOf(this._parser);
    this._terms = new Terms({ ...given, contract: undefined });
    this.sockets = new Namespace(this, "/");
    this.sockets._agree(given);
    cluster?.open(this.#clusterReports());
    this._adopt(this.sockets);
    logServer(this, nodeLogs(process));
    if (address !== undefined && address !== null) this.attach(address);
  }

  /**
   * Attaches to an http server, or makes one that listens on a port. It may be attached to several.
   * @param options more options of the engine, `path` and `serveClient`; those of the constructor win
   * @throws InvalidServerError, OptionError
   */
  attach(server: ServerAddress, options: ServerOptions = {}): this {
    checkServerOptions(options);
    if (options.path !== undefined && this._opts.path === undefined) this.path(options.path);
    if (options.serveClient !== undefined && this._opts.serveClient === undefined) {
      this.serveClient(options.serveClient);
    }
    const engineOptions = { ...options, ...this._opts, path: this.#path };
    const engine = new EngineServer(engineOptions); // refuses options before a port is opened
    const httpServer = openHttpServer(server);
    this.bind(engine);
    engine.attach(httpServer, engineOptions);
    if (this.#serveClient) new ClientFiles(this.#path, engineOptions.cors).attach(httpServer);
    this.httpServer = httpServer;
    this.#attachments.addHttpServer(httpServer);
    return this;
  }

  /** As {@link attach}. */
  listen(server: ServerAddress, options?: ServerOptions): this {
    return this.attach(server, options);
  }

  /** Serves the connections of an engine, and closes it in the end. */
  bind(engine: EngineServer): this {
    if (this._isClosed) this.#reopen();
    this.engine = engine;
    this.#attachments.addEngine(engine);
    engine.directory ??= this.#cluster?.connect(engine);
    greetEarly(engine, this._limits.maxNamespaceLength);
    engine.on("connection", (session) => this.onconnection(session));
    engine.on("handler_error", (error, { event }) => this._onHandlerError(error, undefined, event));
    return this;
  }

  /** Serves one engine connection. */
  onconnection(session: Session): this {
    if (this._isClosed) session.close(true);
    else new Connection(this, session).start(namedEarly(session, this._limits.maxNamespaceLength));
    return this;
  }

  /**
   * The namespace of this name, made if it is not there yet. Given a regular expression or a function, the parent of
   * the namespaces that are made when clients ask for names that it accepts. Its event maps are the server's unless
   * others are given.
   * @param listener listens to its `connection`
   * @throws OptionError, StatefulRegExpError
   * @example io.of("/admin").on("connection", (socket) => socket.emit("welcome"));
   * @example io.of(/^\/team-\d+$/).on("connection", (socket) => socket.emit("team", socket.nsp.name));
   */
  of<
    L extends EventMap<L> = Listen,
    E extends EventMap<E> = Emit,
    S extends EventMap<S> = ServerSide,
    D = SocketData,
  >(pattern: NamespacePattern, listener?: (socket: Socket<L, E, S, D>) => void): ParentNamespace<L, E, S, D>;
  /** A name, or what may be a name or a pattern. */
  of<
    L extends EventMap<L> = Listen,
    E extends EventMap<E> = Emit,
    S extends EventMap<S> = ServerSide,
    D = SocketData,
  >(which: string | NamespacePattern, listener?: (socket: Socket<L, E, S, D>) => void): Namespace<L, E, S, D>;
  /**
   * A pattern with options.
   * @param options its contract, from which its event maps are then inferred, and what is said beside it; the rest is as
   * the server's options say
   */
  of<
    L extends EventMap<L> = Listen,
    E extends EventMap<E> = Emit,
    S extends EventMap<S> = ServerSide,
    D = SocketData,
  >(
    pattern: NamespacePattern,
    options: NamespaceOptions<L, E, S, D>,
    listener?: (socket: Socket<L, E, S, D>) => void,
  ): ParentNamespace<L, E, S, D>;
  /** A name, or a pattern, with options. */
  of<
    L extends EventMap<L> = Listen,
    E extends EventMap<E> = Emit,
    S extends EventMap<S> = ServerSide,
    D = SocketData,
  >(
    which: string | NamespacePattern,
    options: NamespaceOptions<L, E, S, D>,
    listener?: (socket: Socket<L, E, S, D>) => void,
  ): Namespace<L, E, S, D>;
  of<L extends EventMap<L>, E extends EventMap<E>, S extends EventMap<S>, D>(
    which: string | NamespacePattern,
    options?: TermsOptions | ((socket: Socket<L, E, S, D>) => void),
    listener?: (socket: Socket<L, E, S, D>) => void,
  ): Namespace<L, E, S, D> {
    const isPattern = typeof which === "function" || which instanceof RegExp;
    const found: AnyNamespace = isPattern
      ? this.#dynamic.parentOf(which)
      : this.#namespaceOf(withSlash(which));
    const namespace = found as Namespace<L, E, S, D>; // who asks for other event maps vouches for them
    const onConnect = typeof options === "function" ? options : listener;
    if (typeof options === "object") namespace._agree(options);
    if (onConnect !== undefined) namespace.on("connect", onConnect);
    return namespace;
  }

  /** Adds a middleware to the main namespace. @see Namespace.use */
  use(middleware: NamespaceMiddleware<Socket<Listen, Emit, ServerSide, SocketData>>): this {
    this.sockets.use(middleware);
    return this;
  }

  /** Where requests begin, or sets it; to be set before {@link attach}. */
  path(): string;
  path(path: string): this;
  path(path?: string): string | this {
    if (path === undefined) return this.#path;
    checkServerOptions({ path });
    this.#path = withoutTrailingSlash(path);
    return this;
  }

  /** Whether the client's files are served, or sets it; to be set before {@link attach}. */
  serveClient(): boolean;
  serveClient(serve: boolean): this;
  serveClient(serve?: boolean): boolean | this {
    if (serve === undefined) return this.#serveClient;
    checkServerOptions({ serveClient: serve });
    this.#serveClient = serve;
    return this;
  }

  /** Time for a client to join its first namespace, in milliseconds, or sets it; zero means the default. */
  connectTimeout(): number;
  connectTimeout(timeoutMs: number): this;
  connectTimeout(timeoutMs?: number): number | this {
    if (timeoutMs === undefined) return this._connectTimeout;
    checkServerOptions({ connectTimeout: timeoutMs });
    this._connectTimeout = timeoutMs || DEFAULT_CONNECT_TIMEOUT_MS;
    return this;
  }

  /** What makes the adapters, or sets it for all namespaces, those that are there included. */
  adapter(): AdapterFactory;
  adapter(factory: AdapterFactory): this;
  adapter(factory?: AdapterFactory): AdapterFactory | this {
    if (factory === undefined) return this.#adapter;
    checkServerOptions({ adapter: factory });
    this.#adapter = factory;
    for (const namespace of this._nsps.values()) namespace._useAdapter(factory);
    return this;
  }

  /**
   * Lets go of all clients, so that the process can end without harm: new connections are refused with 503; those that are
   * there end one by one, evenly over `spread`, each when its handlers are done and what it was sent has left. Their
   * sessions can be recovered, where the adapter keeps them for other servers, and clients connect again by themselves.
   * Resolves when all have ended; call {@link close} then.
   * @throws OptionError
   * @example process.on("SIGTERM", async () => {
   *   const { cutOff } = await io.drain({ spread: 20_000 });
   *   await io.close();
   * });
   */
  async drain(options: ServerDrainOptions = {}): Promise<ServerDrainReport> {
    checkDrainOptions(options);
    this.#attachments.drainEngines();
    return drainConnections(this.#connections(), options);
  }

  /**
   * Ends everything: sockets (with the reason `server shutting down`), adapters, connections, then the http servers.
   * Nobody is let in from the beginning. Clients get what was sent to them before, if they take it within 5 seconds.
   * Afterwards it may be attached again.
   * @param callback called at the end, with an error if an http server reports one
   */
  async close(callback?: (error?: Error) => void): Promise<void> {
    this._isClosed = true;
    const error = await (this.#closed ??= this.#shutDown());
    if (callback !== undefined) this.sockets._callHandler(callback, [error], "close");
  }

  _admit(connection: Connection, name: string, auth: object): void {
    if (this._isClosed) return connection._close();
    const namespace = this._nsps.get(name);
    if (namespace === undefined) this.#dynamic.admit(connection, name, auth);
    else namespace._admit(connection, auth);
  }

  _namespace(name: string): AnyNamespace | undefined {
    return this._nsps.get(name);
  }

  _adopt(namespace: AnyNamespace): void {
    namespace._useAdapter(this.#adapter);
    this._nsps.set(namespace.name, namespace);
    if (namespace !== this.sockets) this.sockets._dispatch("new_namespace", [namespace]);
  }

  _forget(name: string): void {
    this._nsps.delete(name);
  }

  _generateSocketId(): SocketId {
    return this.#cluster?.newSocketId() ?? randomId();
  }

  _onRateLimited(context: RateLimitedContext<unknown>): void {
    this.sockets._dispatch("rate_limited", [context]);
  }

  _onInvalidEvent(error: InvalidEventError, socket: unknown): void {
    this.sockets._dispatch("invalid_event", [error, { socket, event: error.event }]);
  }

  _onHandlerError(error: unknown, socket: unknown, event: string): void {
    if (this._opts.handlerErrors === "throw") return throwUncaught(error);
    if (event === "handler_error") return printHandlerError(error, event); // its own listener failed
    const heard = this.sockets._dispatch("handler_error", [error, { socket, event }]);
    if (!heard) printHandlerError(error, event);
  }

  protected override get home(): BroadcastNamespace & ServerSideNamespace {
    return this.sockets;
  }

  #clusterReports(): ClusterReports {
    return {
      onGap: (gap) => void this.sockets._dispatch("cluster:gap", [gap]),
      onError: (error) => this._onHandlerError(error, undefined, "cluster"),
    };
  }

  /** All that are open, those that have joined no namespace included. */
  #connections(): Connection[] {
    const ofEngines = this.#attachments.handlers.filter((handler) => handler instanceof Connection);
    // Those that were given to onconnection belong to no engine here.
    const ofSockets = [...this._nsps.values()].flatMap((nsp) =>
      Array.from(nsp.sockets.values(), ({ client }) => client),
    );
    return [...new Set([...ofEngines, ...ofSockets])];
  }

  async #shutDown(): Promise<Error | undefined> {
    const namespaces = [...this._nsps.values()];
    const sockets = namespaces.flatMap((namespace) => [...namespace.sockets.values()]);
    for (const socket of sockets) socket._onClose("server shutting down");
    await Promise.all(namespaces.map((namespace) => namespace._close()));
    this.#attachments.closeEngines();
    // Those that were given to onconnection belong to no engine here.
    for (const { client } of sockets) client._close();
    await this.#attachments.whenEmpty(); // what is for clients may go through other servers
    await this.#cluster?.close().catch((error: unknown) => this._onHandlerError(error, undefined, "cluster"));
    return this.#attachments.closeHttpServers();
  }

  /** It was closed, and is used again: with new adapters, as the old ones have ended. */
  #reopen(): void {
    this._isClosed = false;
    this.#closed = undefined;
    this.#attachments.clear();
    this.#cluster?.open(this.#clusterReports());
    for (const namespace of this._nsps.values()) namespace._useAdapter(this.#adapter);
  }

  #namespaceOf(name: string): AnyNamespace {
    const known = this._nsps.get(name) ?? this.#dynamic.childOf(name);
    if (known !== undefined) return known;
    const namespace: AnyNamespace = new Namespace(this, name);
    this._adopt(namespace);
    return namespace;
  }
}

/** JavaScript callers may give null for "none". */
function isOptions(
  server: ServerAddress | (ServerOptions & TermsOptions) | null | undefined,
): server is ServerOptions & TermsOptions {
  return typeof server === "object" && server !== null && !("listen" in server);
}

/** JavaScript callers may give a number, as to Socket.IO. @throws OptionError */
function withSlash(name: unknown): string {
  if (typeof name !== "string" && typeof name !== "number") {
    throw new OptionError("name", "a string, a regular expression or a function", name);
  }
  const path = String(name);
  return path.startsWith("/") ? path : `/${path}`;
}

function withoutTrailingSlash(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

addListenerMethods(Server.prototype);

addCompatMembers({
  server: Server.prototype,
  namespace: Namespace.prototype,
  socket: Socket.prototype,
  connection: Connection.prototype,
});
