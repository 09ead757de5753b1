/** The Engine.IO server: admits requests, and holds the sessions that come of them. Socket.IO's `io.engine`. */
import {
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  type ServerResponse,
  validateHeaderName,
  validateHeaderValue,
} from "node:http";
import type { Duplex } from "node:stream";
import {
  callGuarded,
  checkedMiddleware,
  Emitter,
  type Listener,
  printHandlerError,
  runMiddleware,
} from "@telsiz/events";
import { nodeLogs } from "../shared/node-logs.ts";
import type { PacketView } from "../shared/packet-view.ts";
import type { TransportName } from "../shared/transport.ts";
import { Admission } from "./admission.ts";
import type { Exchange } from "./exchange.ts";
import type { EngineServerEvents } from "./engine-server-events.ts";
import { attachToNode, type HttpServer } from "./hosts/node.ts";
import { HttpExchange } from "./http-exchange.ts";
import { corsMiddleware } from "./http/cors.ts";
import type { EngineMiddleware, ExpressMiddleware } from "./http/middleware.ts";
import { randomId } from "./id.ts";
import { type AttachOptions, type EngineOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import { badRequest, type Rejection, REJECTION_CODE, REJECTION_MESSAGE } from "./rejection.ts";
import { logEngineServer } from "./server-log.ts";
import { Session } from "./session.ts";
import type { SessionDirectory } from "./session-directory.ts";
import { UpgradeExchange } from "./upgrade-exchange.ts";

/** How long {@link EngineServer.close} waits for clients to take what was sent to them, in milliseconds. */
const CLOSE_TIMEOUT_MS = 5_000;

/** The transports that a session may move to, from each. */
const UPGRADES: Readonly<Record<TransportName, readonly TransportName[]>> = {
  polling: ["websocket", "webtransport"],
  websocket: [],
  webtransport: [],
};

/**
 * An Engine.IO 4 server.
 * @example
 * const server = new EngineServer().attach(httpServer);
 * server.on("connection", (session) => session.send("hello"));
 */
export class EngineServer extends Emitter<EngineServerEvents> {
  /** The codes of refused requests. */
  static readonly errors: typeof REJECTION_CODE = REJECTION_CODE;
  /** The texts of refused requests, by code. */
  static readonly errorMessages: typeof REJECTION_MESSAGE = REJECTION_MESSAGE;

  /** The options, defaults filled in. */
  readonly opts: ResolvedOptions;
  /** Who knows the sessions of other nodes. @default nobody */
  directory: SessionDirectory | undefined = undefined;
  /**
   * What the layer above adds to the open packet, as fields of the object there. What it sends in the turn in which the
   * session begins leaves together with it. @default nothing
   */
  greeting: ((request: IncomingMessage) => object | undefined) | undefined = undefined;
  /** The http server it was attached to last. */
  httpServer: HttpServer | undefined = undefined;
  readonly #clients = new Map<string, Session>();
  readonly #middlewares: EngineMiddleware[] = [];
  readonly #admission: Admission;
  /** Runs while {@link close} waits for sessions. */
  #closeTimer: NodeJS.Timeout | undefined;
  #emptyWaiters: (() => void)[] = [];

  /** @throws OptionError if an option is not acceptable */
  constructor(options: EngineOptions = {}) {
    super();
    this.opts = resolveOptions(options);
    this.#admission = new Admission(this);
    if (this.opts.cors !== undefined) this.use(corsMiddleware(this.opts.cors));
    logEngineServer(this, nodeLogs(process));
  }

  /** The open sessions, by id. */
  get clients(): ReadonlyMap<string, Session> {
    return this.#clients;
  }

  /** How many sessions are open. */
  get clientsCount(): number {
    return this.#clients.size;
  }

  /**
   * Makes the id of the session that `request` opens. May be replaced. @default the directory's, or 120 random bits,
   * 20 characters
   */
  generateId(_request: IncomingMessage): string | Promise<string> {
    return this.directory?.newId?.() ?? randomId();
  }

  /** The transports that a session on `transport` may move to. */
  upgrades(transport: TransportName): TransportName[] {
    if (!this.opts.allowUpgrades) return [];
    return UPGRADES[transport].filter((name) => this.opts.transports.includes(name));
  }

  /**
   * Adds a middleware, which sees every HTTP request of the engine, upgrades included.
   * @throws OptionError if it is no function
   */
  use(middleware: EngineMiddleware): this;
  use(middleware: ExpressMiddleware): this;
  use(middleware: EngineMiddleware): this {
    this.#middlewares.push(checkedMiddleware(middleware));
    return this;
  }

  /** Answers a request. */
  handleRequest(request: IncomingMessage, response: ServerResponse): void {
    this.#handle(new HttpExchange(this.#admission, request, response));
  }

  /** Answers a request for an upgrade to WebSocket. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#handle(new UpgradeExchange(this.#admission, request, socket, head));
  }

  /**
   * Takes the requests of an `http`, `https` or `http2` server below a path; its other listeners get all others.
   * @throws OptionError if `server` is no http server or an option is not acceptable
   */
  attach(server: HttpServer, options: AttachOptions = {}): this {
    attachToNode(this, server, options);
    this.httpServer = server;
    return this;
  }

  /** Refuses requests for new sessions with 503 from now on; those that are open go on. */
  drain(): this {
    this.#admission.drain();
    return this;
  }

  /**
   * Ends all sessions: those to which something is still to be sent when it has left, or after 5 seconds. Requests for
   * new ones that come later get 503. The http server is not closed.
   */
  close(): this {
    for (const session of [...this.#clients.values()]) session.close(session.bufferedAmount === 0);
    this.#admission.close();
    if (this.#clients.size > 0) this.#closeTimer = setTimeout(() => this.#cutOff(), CLOSE_TIMEOUT_MS);
    return this;
  }

  /** Resolves when no session is left. */
  whenEmpty(): Promise<void> {
    if (this.#clients.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#emptyWaiters.push(resolve));
  }

  /** @internal */
  onRejected(req: IncomingMessage, { code, context }: Rejection): void {
    this.emit("connection_error", { req, code, message: REJECTION_MESSAGE[code], context });
  }

  /** @internal */
  onHeaders(headers: OutgoingHttpHeaders, request: IncomingMessage, initial: boolean): void {
    const heard = initial && this.emit("initial_headers", headers, request);
    if (this.emit("headers", headers, request) || heard) this.#dropInvalid(headers);
  }

  /** @internal A function of the application failed. */
  onHandlerError(error: unknown, event: string, session?: Session): void {
    const heard = event !== "handler_error" && this.emit("handler_error", error, { session, event });
    if (!heard) printHandlerError(error, event);
  }

  /** @internal */
  onOpening(session: Session): void {
    this.#clients.set(session.id, session);
  }

  /** @internal */
  onOpened(session: Session): void {
    this.#tellDirectory("opened", session);
    this.emit("connection", session);
  }

  /** @internal */
  onFlush(session: Session, packets: readonly PacketView[]): void {
    this.emit("flush", session, packets);
  }

  /** @internal */
  onDrain(session: Session): void {
    this.emit("drain", session);
  }

  /** @internal */
  onSessionClosed(session: Session): void {
    this.#clients.delete(session.id);
    this.#admission.onSessionClosed(session);
    this.#tellDirectory("closed", session);
    if (this.#clients.size === 0) this.#onEmpty();
  }

  protected override callListener(listener: Listener, args: readonly unknown[], event: string): void {
    const session = args[0] instanceof Session ? args[0] : undefined;
    callGuarded(this, listener, args, (error) => this.onHandlerError(error, event, session));
  }

  /** The time is over for those who have not taken what was sent to them. */
  #cutOff(): void {
    for (const session of [...this.#clients.values()]) session.close(true);
  }

  #onEmpty(): void {
    clearTimeout(this.#closeTimer);
    const waiters = this.#emptyWaiters;
    this.#emptyWaiters = [];
    for (const resolve of waiters) resolve();
  }

  /** Takes out headers that HTTP does not allow, which listeners may have made of what a client said. */
  #dropInvalid(headers: OutgoingHttpHeaders): void {
    for (const [name, value] of Object.entries(headers)) {
      try {
        validateHeaderName(name);
        if (value !== undefined) checkHeaderValue(name, value);
      } catch (error) {
        headers[name] = undefined;
        this.onHandlerError(error, "headers");
      }
    }
  }

  #tellDirectory(what: "opened" | "closed", session: Session): void {
    const { directory } = this;
    if (directory === undefined) return;
    const tell = (): unknown => directory[what]?.(session);
    callGuarded(directory, tell, [], (error) => this.onHandlerError(error, what, session));
  }

  #handle(exchange: Exchange): void {
    const { directory } = this;
    const { sid } = exchange.ask;
    if (directory === undefined || sid === undefined || this.#clients.has(sid)) return this.#take(exchange);
    // The node that has the session decides about all of it, so that middlewares run once, and there.
    void forwarded(exchange, directory, sid).then((taken) => {
      if (!taken && !exchange.gone) this.#take(exchange);
    });
  }

  #take(exchange: Exchange): void {
    if (this.#middlewares.length === 0) return this.#admission.admit(exchange);
    const refuse = (error: unknown): void => {
      if (!exchange.gone) this.#admission.reject(exchange, badRequest("MIDDLEWARE_FAILURE", { error }));
    };
    runMiddleware(this.#middlewares, [exchange.request, exchange.response], {
      onDone: (error) => {
        if (error !== undefined) refuse(error);
        else if (!exchange.gone && !exchange.response.headersSent) this.#admission.admit(exchange);
      },
      onThrow: (error) => {
        this.onHandlerError(error, "request");
        refuse(error);
      },
      onLateThrow: (error) => this.onHandlerError(error, "request"),
    });
  }
}

async function forwarded(exchange: Exchange, directory: SessionDirectory, sid: string): Promise<boolean> {
  try {
    return await exchange.forward(directory, sid);
  } catch {
    return false; // a directory that fails knows no session
  }
}

function checkHeaderValue(name: string, value: OutgoingHttpHeader): void {
  for (const one of Array.isArray(value) ? value : [value]) validateHeaderValue(name, String(one));
}
