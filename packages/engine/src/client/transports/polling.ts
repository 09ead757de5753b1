/**
 * HTTP long-polling over any requests there are: a GET that waits for packets, and a POST at a time that carries them
 * (protocol.md A.3, A.8, A.9).
 */
import { LONGEST_TIMER_MS } from "@telsiz/events";
import type { PacketReceiver } from "../../shared/codec.ts";
import { TransportError } from "../../shared/errors.ts";
import {
  type ControlType,
  controlPacket,
  type Message,
  type OutgoingPacket,
  TYPE_DIGIT,
} from "../../shared/packet.ts";
import { encodePayload, PayloadReader } from "../../shared/payload.ts";
import type { TransportHandler } from "../../shared/transport.ts";
import { type Handshake, parseHandshake } from "../handshake.ts";
import { Upgrade } from "../upgrade.ts";
import { cacheBuster, requestUrl } from "../url.ts";
import { fittingCount } from "./batch.ts";
import { receive } from "./receive.ts";
import {
  type ClientTransport,
  deafHandler,
  end,
  type Greeting,
  type TransportContext,
  transportQuery,
  type TransportUpgrade,
  type UpgradeOwner,
} from "./transport.ts";

/** One HTTP request. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  /** Text, sent as `text/plain;charset=UTF-8`. */
  readonly body: string | undefined;
  /** Ends the request, which then rejects. */
  readonly signal: AbortSignal;
  /** Whether it has to arrive even if the page goes away. */
  readonly keepalive: boolean;
}

/** The answer to a request. The names are those of `XMLHttpRequest`, since users find it in an error's `context`. */
export interface HttpResponse {
  readonly status: number;
  readonly responseText: string;
}

/** How a class of transports makes its requests. Resolves with any answer, whatever its status; rejects where there is none. */
export type SendRequest = (request: HttpRequest, context: TransportContext) => Promise<HttpResponse>;

/** How long each of the requests that end a session may take. Nobody waits for it, but it keeps a process alive. */
const CLOSE_TIMEOUT_MS = 5000;

/** What `XMLHttpRequest` shows where no answer came. */
const noAnswer: HttpResponse = { status: 0, responseText: "" };

/** The part that does not depend on the platform. */
export class PollingTransport implements ClientTransport, PacketReceiver {
  /** By which `transports` may ask for it, too. */
  static readonly transportName = "polling";
  /** What it is in the query of its requests. */
  readonly name = "polling";
  readonly bufferedBytes = 0;
  handler: TransportHandler = deafHandler;
  writable = false;
  readonly #context: TransportContext;
  readonly #sendRequest: SendRequest;
  readonly #query: Record<string, string>;
  readonly #running = new Set<AbortController>();
  #maxPayload = Infinity;
  #getting = false;
  #posting = false;
  /** While the transport pauses: what waits until no request runs. */
  #onPaused: (() => void) | undefined;
  #closed = false;
  /** The session that goes on without it. */
  #keptSid: string | undefined;
  /** Of the handshake of a closed transport. */
  #handshakeTimer: unknown = undefined;

  constructor(context: TransportContext, sendRequest: SendRequest) {
    this.#context = context;
    this.#sendRequest = sendRequest;
    this.#query = transportQuery("polling", context, context.options.timestampRequests !== false);
  }

  get query(): Readonly<Record<string, string>> {
    return this.#query;
  }

  open(greeting?: Greeting): void {
    this.#get(greeting);
  }

  onHandshake({ sid, maxPayload = Infinity }: Handshake): void {
    delete this.#query["b64"]; // said once, the server remembers it
    this.#query["sid"] = sid;
    this.#maxPayload = maxPayload;
    this.writable = true;
  }

  fitting(packets: readonly OutgoingPacket[]): number {
    return fittingCount(packets, this.#maxPayload);
  }

  send(packets: readonly OutgoingPacket[]): void {
    this.writable = false;
    this.#posting = true;
    const body = encodePayload(packets, this.#context.platform.base64);
    this.#request("POST", body).then(
      (response) => this.#onPosted(response),
      (error: unknown) => this.#onPosted(noAnswer, error),
    );
  }

  upgradeTo(candidate: ClientTransport, owner: UpgradeOwner): TransportUpgrade {
    return new Upgrade(this, candidate, owner);
  }

  /** Lets the running requests come to their end, starts no other GET, and then calls `onPaused`. */
  pause(onPaused: () => void): void {
    this.#onPaused = onPaused;
    this.#settle();
  }

  /** Takes up what {@link pause} ended. */
  resume(): void {
    this.#onPaused = undefined;
    if (!this.#getting && !this.#closed) this.#get();
  }

  close(sid?: string): void {
    if (this.#closed) return;
    this.#keptSid = sid;
    const known = this.#query["sid"] !== undefined;
    // A second POST beside a running one would be an error; the server notices that the requests break off.
    if (known && !this.#posting) this.#sayClose();
    else if (!known && this.#getting) this.#awaitHandshake();
    else this.#abort();
    this.#end();
  }

  onMessage(message: Message): void {
    this.handler.onMessage(message);
  }

  onControl(type: ControlType, data: string): void {
    if (type !== "close") return this.handler.onControl(type, data);
    this.#abort();
    this.#end({ description: "transport closed by the server" });
  }

  #get(greeting?: Greeting): void {
    this.#getting = true;
    this.#request("GET", undefined, false, greeting).then(
      (response) => this.#onPolled(response),
      (error: unknown) => this.#onPolled(noAnswer, error),
    );
  }

  #onPolled(response: HttpResponse, cause?: unknown): void {
    this.#getting = false;
    if (this.#closed) return this.#onPolledLate(response);
    if (response.status !== 200) return this.#fail("xhr poll error", response, cause);
    const reader = new PayloadReader(response.responseText);
    for (let packet = reader.next(); packet !== undefined && !this.#isClosed(); packet = reader.next()) {
      const error = receive(packet, this, this.#context.platform.base64);
      if (error !== undefined) return end(this, "transport error", error);
    }
    if (this.#isClosed()) return;
    if (this.#onPaused === undefined) this.#get();
    else this.#settle();
  }

  #onPosted(response: HttpResponse, cause?: unknown): void {
    this.#posting = false;
    if (this.#closed) return;
    if (response.status !== 200) return this.#fail("xhr post error", response, cause);
    this.writable = true;
    this.handler.onDrain();
    this.#settle();
  }

  /** Ends the pause if no request runs. */
  #settle(): void {
    const onPaused = this.#onPaused;
    if (onPaused === undefined || this.#getting || this.#posting) return;
    onPaused();
  }

  #fail(message: string, response: HttpResponse, cause: unknown): void {
    const error = new TransportError(message, response.status, response);
    error.cause = cause;
    end(this, "transport error", error);
  }

  #end(cause?: unknown): void {
    const { handler } = this;
    this.#closed = true;
    this.writable = false;
    this.handler = deafHandler;
    handler.onClose("transport close", cause);
  }

  #sayClose(): void {
    const abort = (): void => this.#abort();
    this.#request("POST", controlPacket("close"), true).then(abort, abort);
  }

  /** Breaks the handshake off only if it takes long: a session that came of it would stay until its ping timeout. */
  #awaitHandshake(): void {
    this.#handshakeTimer = this.#context.platform.clock.setTimeout(() => this.#abort(), CLOSE_TIMEOUT_MS);
  }

  /** If this was the handshake, the session is one that nobody wants any more. */
  #onPolledLate({ responseText }: HttpResponse): void {
    this.#context.platform.clock.clearTimeout(this.#handshakeTimer);
    const sid = this.#query["sid"] === undefined ? sidOf(responseText) : undefined;
    if (sid === undefined || sid === this.#keptSid) return;
    this.#query["sid"] = sid;
    this.#sayClose();
  }

  #abort(): void {
    for (const controller of this.#running) controller.abort();
  }

  /** Also tells after a call that may have closed the transport. */
  #isClosed(): boolean {
    return this.#closed;
  }

  async #request(
    method: "GET" | "POST",
    body?: string,
    last = false,
    greeting?: Greeting,
  ): Promise<HttpResponse> {
    const { options, platform } = this.#context;
    if (options.timestampRequests !== false) this.#query[options.timestampParam] = cacheBuster();
    const url = requestUrl(options, options.secure ? "https" : "http", { ...this.#query, ...greeting });
    const controller = new AbortController();
    const timeoutMs = last ? CLOSE_TIMEOUT_MS : options.requestTimeout;
    const isLimited = timeoutMs > 0 && timeoutMs <= LONGEST_TIMER_MS;
    const timer = isLimited ? platform.clock.setTimeout(() => controller.abort(), timeoutMs) : undefined;
    this.#running.add(controller);
    try {
      return await this.#sendRequest(
        { method, url, body, signal: controller.signal, keepalive: last },
        this.#context,
      );
    } finally {
      this.#running.delete(controller);
      platform.clock.clearTimeout(timer);
    }
  }
}

/** The session that an answer opens, if it opens one. */
function sidOf(payload: string): string | undefined {
  const packet = new PayloadReader(payload).next();
  if (packet?.startsWith(TYPE_DIGIT.open) !== true) return undefined;
  try {
    return parseHandshake(packet.slice(1)).sid;
  } catch {
    return undefined; // whatever it opened has no name
  }
}
