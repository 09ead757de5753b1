/**
 * Decides about every request of the engine, and turns good ones into sessions or hands them to theirs
 * (protocol.md A.4, A.5; security.md rows 10 to 14).
 */
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { isThenable } from "@telsiz/events";
import { TimerWheel } from "../shared/timer-wheel.ts";
import { Capacity } from "./capacity.ts";
import type { Exchange } from "./exchange.ts";
import { checkAsk, checkHandshake, checkMember } from "./handshake.ts";
import type { HttpHost } from "./http-exchange.ts";
import { mayOpen, mayUse } from "./http/origin.ts";
import { nodeClock } from "./node-platform.ts";
import { askPermission } from "./permission.ts";
import { Races } from "./races.ts";
import { badRequest, rejection, type Rejection } from "./rejection.ts";
import { Session } from "./session.ts";
import type { SessionServer } from "./session-server.ts";
import { PollingTransport } from "./transports/polling.ts";
import type { ServerTransport } from "./transports/server-transport.ts";
import { createAcceptor } from "./transports/acceptor-choice.ts";
import type { WebSocketAcceptor } from "./transports/websocket-acceptor.ts";
import type { UpgradeExchange, UpgradeHost } from "./upgrade-exchange.ts";

/** Whom requests are admitted for: the server. */
export interface AdmissionOwner extends SessionServer<Session> {
  /** An id for the session that `request` opens. */
  generateId(request: IncomingMessage): string | Promise<string>;
  /** A request was refused. */
  onRejected(request: IncomingMessage, rejection: Rejection): void;
  /** An answer is about to be sent. @param initial whether it is the session's first */
  onHeaders(headers: OutgoingHttpHeaders, request: IncomingMessage, initial: boolean): void;
  /** A session has sent its open packet. */
  onOpened(session: Session): void;
  /** A function of the application failed. */
  onHandlerError(error: unknown, event: string, session?: Session): void;
}

/** The way from requests to sessions. */
export class Admission implements HttpHost, UpgradeHost {
  readonly #owner: AdmissionOwner;
  readonly #wheel: TimerWheel = new TimerWheel(nodeClock);
  readonly #acceptor: WebSocketAcceptor;
  readonly #pollingSettings: ConstructorParameters<typeof PollingTransport>[1];
  readonly #capacity: Capacity;
  readonly #races: Races = new Races(nodeClock);
  #warnedOfOrigin = false;
  #closed = false;

  constructor(owner: AdmissionOwner) {
    this.#owner = owner;
    this.#acceptor = createAcceptor(owner.opts, this.#wheel, (headers, request, initial) =>
      owner.onHeaders(headers, request, initial),
    );
    this.#capacity = new Capacity(owner.opts, nodeClock);
    this.#pollingSettings = {
      httpCompression: owner.opts.httpCompression,
      maxHttpBufferSize: owner.opts.maxHttpBufferSize,
      bodyTimeoutMs: owner.opts.limits.bodyTimeout,
      largeBodyEndsSession: owner.opts.limits.largeBodyEndsSession,
      onHeaders: (headers, request, initial) => owner.onHeaders(headers, request, initial),
    };
  }

  get cookie(): HttpHost["cookie"] {
    return this.#owner.opts.cookie;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Decides about a request that the middlewares have let pass. */
  admit(exchange: Exchange): void {
    const refusal = checkAsk(exchange.ask, this.#owner.opts.transports);
    if (refusal !== undefined) return this.reject(exchange, refusal);
    const { sid } = exchange.ask;
    if (sid === undefined) return this.#admitNew(exchange);
    const session = this.#owner.clients.get(sid);
    if (session === undefined) return this.reject(exchange, rejection("UNKNOWN_SID", { sid }));
    this.#admitMember(exchange, session);
  }

  /** Refuses a request. */
  reject(exchange: Exchange, refusal: Rejection): void {
    this.#owner.onRejected(exchange.request, refusal);
    exchange.reject(refusal);
  }

  createPolling(): PollingTransport {
    return new PollingTransport(this.#wheel, this.#pollingSettings);
  }

  acceptUpgrade(upgrade: UpgradeExchange, onOpen: (transport: ServerTransport) => void): void {
    this.#acceptor.accept(upgrade, onOpen);
  }

  startSession(id: string, transport: ServerTransport, { request, ask: { race } }: Exchange): Session {
    const races = race === undefined || this.#races.get(race) !== undefined ? undefined : this.#races;
    const onRaceOver = races && ((decided: boolean): void => races.end(race!, decided));
    const session = new Session(this.#owner, id, transport, request, this.#wheel, onRaceOver);
    this.#owner.opts.sessionBinding?.opened?.(session, request);
    races?.begin(race!, session);
    this.#capacity.opened(session, request);
    session.start();
    return session;
  }

  /** A session ended. */
  onSessionClosed(session: Session): void {
    this.#capacity.closed(session);
  }

  announce(session: Session): void {
    this.#owner.onOpened(session);
  }

  onHandlerError(error: unknown, event: string): void {
    this.#owner.onHandlerError(error, event);
  }

  /** From now on, requests for new sessions are refused with 503; those that are open go on. */
  drain(): void {
    this.#capacity.drain();
  }

  /** From now on, requests for new sessions get 503. */
  close(): void {
    this.#closed = true;
    this.#capacity.stop();
    this.#acceptor.close();
  }

  #admitMember(exchange: Exchange, session: Session): void {
    const refusal = checkMember(exchange.ask, session) ?? this.#checkOwner(exchange, session);
    if (refusal !== undefined) return this.reject(exchange, refusal);
    exchange.join(session);
  }

  /** Whether it comes from where the session was opened. */
  #checkOwner(exchange: Exchange, session: Session): Rejection | undefined {
    if (this.#owner.opts.checkOrigin && !mayUse(session.origin, exchange)) return foreignOrigin(exchange);
    return this.#isBound(exchange, session) ? undefined : rejection("FORBIDDEN", { name: "FOREIGN_SESSION" });
  }

  #isBound({ request }: Exchange, session: Session): boolean {
    const { sessionBinding } = this.#owner.opts;
    if (sessionBinding === undefined) return true;
    try {
      return sessionBinding.allows(session, request);
    } catch (error) {
      this.#owner.onHandlerError(error, "sessionBinding");
      return false; // an application's mistake must neither end the process nor open the door
    }
  }

  #admitNew(exchange: Exchange): void {
    const { ask, request } = exchange;
    const refusal =
      checkHandshake(ask) ??
      this.#checkOrigin(exchange) ??
      this.#capacity.check(request, this.#owner.clientsCount);
    if (refusal !== undefined) return this.reject(exchange, refusal);
    const { allowRequest } = this.#owner.opts;
    if (allowRequest === undefined) return this.#open(exchange);
    const decide = (forbidden?: Rejection): void => {
      if (exchange.gone) return;
      if (forbidden === undefined) this.#open(exchange);
      else this.reject(exchange, forbidden);
    };
    askPermission(allowRequest, request, decide, (error) => {
      this.#owner.onHandlerError(error, "allowRequest");
    });
  }

  #checkOrigin(exchange: Exchange): Rejection | undefined {
    if (!this.#owner.opts.checkOrigin) return undefined;
    const policy = this.#owner.opts.cors === undefined ? "unlisted" : "listed";
    const verdict = mayOpen(policy, exchange);
    if (verdict === "warn" && !this.#warnedOfOrigin) {
      this.#warnedOfOrigin = true;
      const { origin } = exchange.ask;
      process.emitWarning(`A page of ${origin} connects, yet the "cors" option allows no other origins.`, {
        code: "TELSIZ_FOREIGN_ORIGIN",
      });
    }
    return verdict === "refuse" ? foreignOrigin(exchange) : undefined;
  }

  #open(exchange: Exchange): void {
    if (this.#compete(exchange)) return;
    let id: unknown; // what a replaced `generateId` gives may be anything
    try {
      id = this.#owner.generateId(exchange.request);
    } catch (error) {
      return this.#refuseId(exchange, error);
    }
    if (!isThenable(id)) return this.#openAs(id, exchange);
    Promise.resolve(id).then(
      (resolved) => exchange.gone || this.#openAs(resolved, exchange),
      (error: unknown) => this.#refuseId(exchange, error),
    );
  }

  /** Where the client opens the same session over another transport: gives it to that session. */
  #compete(exchange: Exchange): boolean {
    const { race } = exchange.ask;
    if (race === undefined) return false;
    const session = this.#races.get(race);
    if (session === undefined) {
      if (!this.#races.isDecided(race)) return false;
      exchange.reject(badRequest("RACE_DECIDED")); // nothing to report: the client has what it wants
      return true;
    }
    const mayCompete = this.#checkOwner(exchange, session) === undefined;
    if (mayCompete) exchange.compete(session);
    return mayCompete;
  }

  #openAs(id: unknown, exchange: Exchange): void {
    if (typeof id !== "string" || id === "") {
      return this.#refuseId(exchange, new TypeError("an id must be a string that is not empty"));
    }
    if (this.#compete(exchange)) return; // the other one was faster while the id was made
    if (this.#owner.clients.has(id)) return this.#refuseId(exchange, new Error(`duplicate id ${id}`));
    const refusal = this.#capacity.checkRoom(exchange.request, this.#owner.clientsCount);
    if (refusal !== undefined) return this.reject(exchange, refusal);
    exchange.open(id);
  }

  #refuseId(exchange: Exchange, error: unknown): void {
    this.#owner.onHandlerError(error, "generateId");
    if (!exchange.gone) this.reject(exchange, badRequest("ID_GENERATION_ERROR", { error }));
  }
}

function foreignOrigin({ ask }: Exchange): Rejection {
  return rejection("FORBIDDEN", { name: "FOREIGN_ORIGIN", origin: ask.origin });
}
