/** A plain HTTP request on its way to a session. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import type { Exchange, SessionStarter } from "./exchange.ts";
import { type Ask, readAsk } from "./handshake.ts";
import { type CookieOptions, sessionCookie } from "./http/cookie.ts";
import { answerRejection, type Rejection } from "./rejection.ts";
import { type EngineRequest, withQuery } from "./request-query.ts";
import type { Session } from "./session.ts";
import type { SessionDirectory } from "./session-directory.ts";
import { answerStatus } from "./transports/http-answer.ts";
import { PollingTransport } from "./transports/polling.ts";

/** What HTTP requests need of the server. */
export interface HttpHost extends SessionStarter {
  /** A transport for a new session. */
  createPolling(): PollingTransport;
  /** No session is opened any more. */
  readonly closed: boolean;
  /** The cookie of handshakes. */
  readonly cookie: CookieOptions | undefined;
}

/** One HTTP request and its answer. */
export class HttpExchange implements Exchange {
  readonly ask: Ask;
  readonly request: EngineRequest;
  readonly response: ServerResponse;
  readonly #host: HttpHost;

  constructor(host: HttpHost, request: IncomingMessage, response: ServerResponse) {
    this.#host = host;
    this.request = withQuery(request);
    this.response = response;
    this.ask = readAsk(this.request, false);
  }

  get gone(): boolean {
    return this.response.destroyed || this.response.writableEnded;
  }

  reject(rejection: Rejection): void {
    answerRejection(this.response, rejection);
  }

  forward(directory: SessionDirectory, id: string): boolean | Promise<boolean> {
    return directory.forwardRequest(id, this.request, this.response);
  }

  open(id: string): void {
    const { closed } = this.#host;
    // A connection that was kept alive would keep the http server from closing.
    if (closed) return answerStatus(this.response, 503, { Connection: "close" });
    this.#setCookie(id);
    const transport = this.#host.createPolling();
    const session = this.#host.startSession(id, transport, this);
    transport.receive(this.request, this.response);
    this.#host.announce(session);
  }

  compete(session: Session): void {
    this.#setCookie(session.id);
    const transport = this.#host.createPolling();
    session.compete(transport);
    transport.receive(this.request, this.response);
  }

  join(session: Session): void {
    const transport = session.settleOn("polling");
    // The transports match, or the request would have been refused.
    if (transport instanceof PollingTransport) transport.receive(this.request, this.response);
  }

  #setCookie(id: string): void {
    const { cookie } = this.#host;
    if (cookie === undefined) return;
    const onTls = (this.request.socket as Partial<TLSSocket>).encrypted === true; // plain sockets have no such field
    this.response.appendHeader("Set-Cookie", sessionCookie(cookie, id, onTls));
  }
}
