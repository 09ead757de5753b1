/** An upgrade request on its way to a session, new or present. */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Exchange, SessionStarter } from "./exchange.ts";
import { type Ask, readAsk } from "./handshake.ts";
import { UpgradeResponse } from "./http/upgrade-response.ts";
import { answerRejectedUpgrade, type Rejection } from "./rejection.ts";
import { type EngineRequest, withQuery } from "./request-query.ts";
import type { Session } from "./session.ts";
import type { SessionDirectory } from "./session-directory.ts";
import type { ServerTransport } from "./transports/server-transport.ts";
import type { AcceptedUpgrade } from "./transports/websocket-acceptor.ts";

/** What upgrade requests need of the server. */
export interface UpgradeHost extends SessionStarter {
  /** Answers with 101. */
  acceptUpgrade(upgrade: UpgradeExchange, onOpen: (transport: ServerTransport) => void): void;
  /** A function of the application failed. */
  onHandlerError(error: unknown, event: string): void;
}

/** One upgrade request. */
export class UpgradeExchange implements Exchange, AcceptedUpgrade {
  readonly ask: Ask;
  readonly request: EngineRequest;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly #host: UpgradeHost;
  /** Made for middlewares; most servers have none. */
  #response: UpgradeResponse | undefined;

  constructor(host: UpgradeHost, request: IncomingMessage, socket: Duplex, head: Buffer) {
    this.#host = host;
    this.request = withQuery(request);
    this.socket = socket;
    this.head = head;
    this.ask = readAsk(this.request, true);
    // Until the WebSocket takes the socket over, a reset must not be an uncaught error (CVE-2022-41940).
    socket.on("error", destroySocket);
  }

  get gone(): boolean {
    return !this.socket.readable || !this.socket.writable || this.#response?.response.writableEnded === true;
  }

  get textOnly(): boolean {
    return this.ask.textOnly;
  }

  get initial(): boolean {
    return this.ask.sid === undefined;
  }

  get response(): ServerResponse {
    return (this.#response ??= this.#createResponse()).response;
  }

  writeHead(): OutgoingHttpHeaders {
    return this.#response?.writeHead() ?? {};
  }

  reject(rejection: Rejection): void {
    if (this.#response?.response.headersSent === true) return void this.socket.destroy();
    answerRejectedUpgrade(this.socket, rejection);
  }

  forward(directory: SessionDirectory, id: string): boolean | Promise<boolean> {
    return directory.forwardUpgrade(id, this.request, this.socket, this.head);
  }

  open(id: string): void {
    this.#accept((transport) => {
      // Accepted although it asked for another transport, and closed at once, as in Socket.IO.
      if (this.ask.transport !== transport.name) return transport.discard();
      this.#host.announce(this.#host.startSession(id, transport, this));
    });
  }

  compete(session: Session): void {
    this.#accept((transport) => {
      if (this.ask.transport !== transport.name) transport.discard();
      else session.compete(transport);
    });
  }

  join(session: Session): void {
    this.#accept((transport) => {
      if (this.ask.transport !== transport.name) transport.discard();
      else session.offerUpgrade(transport);
    });
  }

  #createResponse(): UpgradeResponse {
    const fail = (error: unknown): void => this.#host.onHandlerError(error, "request");
    return new UpgradeResponse(this.request, this.socket, fail);
  }

  #accept(onOpen: (transport: ServerTransport) => void): void {
    this.#host.acceptUpgrade(this, (transport) => {
      this.socket.off("error", destroySocket);
      this.#response?.end();
      onOpen(transport);
    });
  }
}

function destroySocket(this: Duplex): void {
  this.destroy();
}
