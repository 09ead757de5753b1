/** An upgrade request on its way to a session, new or present. */
import { type IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Duplex, Writable } from "node:stream";
import type { Exchange, SessionStarter } from "./exchange.ts";
import { type Ask, readAsk } from "./handshake.ts";
import { answerRejectedUpgrade, type Rejection } from "./rejection.ts";
import type { Session } from "./session.ts";
import type { SessionDirectory } from "./session-directory.ts";
import type { ServerTransport } from "./transports/server-transport.ts";
import type { AcceptedUpgrade } from "./transports/websocket-acceptor.ts";

/** What upgrade requests need of the server. */
export interface UpgradeHost extends SessionStarter {
  /** Answers with 101. */
  acceptUpgrade(upgrade: UpgradeExchange, onOpen: (transport: ServerTransport) => void): void;
}

/** One upgrade request. */
export class UpgradeExchange implements Exchange, AcceptedUpgrade {
  readonly ask: Ask;
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly #host: UpgradeHost;
  #response: ServerResponse | undefined;

  constructor(host: UpgradeHost, request: IncomingMessage, socket: Duplex, head: Buffer) {
    this.#host = host;
    this.request = request;
    this.socket = socket;
    this.head = head;
    this.ask = readAsk(request, true);
    // Until the WebSocket takes the socket over, a reset must not be an uncaught error (CVE-2022-41940).
    socket.on("error", destroySocket);
  }

  get gone(): boolean {
    return !this.socket.readable || !this.socket.writable;
  }

  get textOnly(): boolean {
    return this.ask.textOnly;
  }

  get initial(): boolean {
    return this.ask.sid === undefined;
  }

  /** Takes the headers that middlewares set. One that ends it ends the connection, as the answer cannot be a 101 then. */
  get response(): ServerResponse {
    return (this.#response ??= this.#createResponse());
  }

  /** The headers that middlewares have set. */
  get responseHeaders(): OutgoingHttpHeaders {
    return this.#response?.getHeaders() ?? {};
  }

  reject(rejection: Rejection): void {
    answerRejectedUpgrade(this.socket, rejection);
  }

  forward(directory: SessionDirectory, id: string): boolean | Promise<boolean> {
    return directory.forwardUpgrade(id, this.request, this.socket, this.head);
  }

  open(id: string): void {
    this.#accept((transport) => {
      // Accepted although it asked for another transport, and closed at once, as in Socket.IO.
      if (this.ask.transport !== transport.name) return transport.discard();
      this.#host.announce(this.#host.startSession(id, transport, this.request));
    });
  }

  join(session: Session): void {
    this.#accept((transport) => {
      if (this.ask.transport !== transport.name) transport.discard();
      else session.offerUpgrade(transport);
    });
  }

  #createResponse(): ServerResponse {
    const response = new ServerResponse(this.request);
    // Of its socket a response uses nothing but what `Writable` has.
    const sink: unknown = new Writable({ write: (_chunk, _encoding, done) => done() });
    response.assignSocket(sink as Socket);
    response.on("finish", () => this.socket.destroy());
    return response;
  }

  #accept(onOpen: (transport: ServerTransport) => void): void {
    this.#host.acceptUpgrade(this, (transport) => {
      this.socket.off("error", destroySocket);
      onOpen(transport);
    });
  }
}

function destroySocket(this: Duplex): void {
  this.destroy();
}
