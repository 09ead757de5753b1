/** The HTTP long-polling transport (protocol.md A.3, A.4, A.8): GETs carry packets to the client, POSTs from it. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TransportCloseReason } from "../../shared/close-reason.ts";
import { receivePacket } from "../../shared/codec.ts";
import { EngineParseError, TransportError } from "../../shared/errors.ts";
import { isCompressible, type OutgoingPacket, TYPE_DIGIT } from "../../shared/packet.ts";
import { encodePayload, PayloadReader } from "../../shared/payload.ts";
import type { Alarm, TimerWheel } from "../../shared/timer-wheel.ts";
import type { TransportHandler } from "../../shared/transport.ts";
import { nodeBase64 } from "../node-platform.ts";
import { answer, type AnswerSettings, answerStatus, answerUnread, TAKEN } from "./http-answer.ts";
import { type BodyFailure, type BodyReceiver, RequestBody } from "./request-body.ts";
import { noHandler, type ServerTransport } from "./server-transport.ts";

/** How long the transport waits for a poll to carry its close packet, in milliseconds. */
const CLOSE_TIMEOUT_MS = 30_000;

/** How long the packets of one body may keep the loop busy before others have their turn, in milliseconds. */
const SLICE_MS = 5;

/** After how many packets the clock is looked at. */
const PACKETS_PER_LOOK = 32;

/** What becomes of a body that did not arrive; who aborted it waits for no answer. */
const BODY_FAILURES: Record<BodyFailure, { readonly status?: number; readonly description: string }> = {
  "too large": { status: 413, description: "payload too large" },
  "too late": { status: 408, description: "payload too late" },
  "read before": { status: 400, description: "data request was read by a middleware" },
  aborted: { description: "data request connection closed prematurely" },
};

/** How polling is done; shared by all sessions of a server. */
export interface PollingSettings extends AnswerSettings {
  readonly maxHttpBufferSize: number;
  /** Longest time for a body to arrive, in milliseconds. */
  readonly bodyTimeoutMs: number;
  /** Whether a body that is too large is the end of the session. */
  readonly largeBodyEndsSession: boolean;
}

/** The requests of one polling session. */
export class PollingTransport implements ServerTransport, BodyReceiver, Alarm {
  readonly name = "polling";
  dueTick = 0;
  handler: TransportHandler = noHandler;
  readonly #wheel: TimerWheel;
  readonly #settings: PollingSettings;
  /** The answer of the GET that waits for packets. */
  #poll: ServerResponse | undefined;
  /** The answer of the POST at work. */
  #post: ServerResponse | undefined;
  /** What the POST at work still has to receive; `undefined` when all is there. */
  #body: RequestBody | undefined;
  /** What the network has not taken, in bytes. */
  bufferedBytes = 0;
  /** The answers that it has not taken, with the lengths of their bodies in bytes. */
  readonly #unsent = new Map<ServerResponse, number>();
  /** No poll has been answered yet. */
  #initial = true;
  /** The next poll is to carry the close packet. */
  #closing = false;
  #closed = false;

  constructor(wheel: TimerWheel, settings: PollingSettings) {
    this.#wheel = wheel;
    this.#settings = settings;
  }

  get writable(): boolean {
    return this.#poll !== undefined;
  }

  /** Takes a request of this session. */
  receive(request: IncomingMessage, response: ServerResponse): void {
    if (request.method === "GET") this.#receivePoll(response);
    else if (request.method === "POST") this.#receivePost(request, response);
    else answerStatus(response, 405, { Allow: "GET, POST" });
  }

  send(packets: readonly OutgoingPacket[]): void {
    this.#answerPoll(this.#closing ? [...packets, TYPE_DIGIT.close] : packets);
    if (this.#closing) this.#end("transport close");
    else this.handler.onDrain();
  }

  release(): void {
    if (this.#poll !== undefined) this.#answerPoll([TYPE_DIGIT.noop]);
  }

  close(): void {
    if (this.#closed || this.#closing) return;
    if (this.#poll !== undefined) return this.#end("transport close");
    this.#closing = true;
    this.#wheel.set(this, CLOSE_TIMEOUT_MS);
  }

  discard(): void {
    this.handler = noHandler;
    this.#end("transport close");
  }

  destroy(): void {
    this.discard();
    for (const response of this.#unsent.keys()) response.destroy();
  }

  /** No poll came for the close packet. */
  onAlarm(): void {
    this.#end("transport close");
  }

  onBody(text: string): void {
    this.#body = undefined;
    this.#deliver(new PayloadReader(text));
  }

  onBodyFailure(failure: BodyFailure): void {
    this.#body = undefined;
    const post = this.#post;
    this.#post = undefined;
    const { status, description } = BODY_FAILURES[failure];
    if (post !== undefined && status !== undefined) answerUnread(post, status);
    if (failure === "too large" && !this.#settings.largeBodyEndsSession) return;
    this.#fail(description);
  }

  #receivePoll(response: ServerResponse): void {
    if (this.#closed) return answerStatus(response, 400);
    if (this.#poll !== undefined) {
      this.#fail("overlap from client");
      return answerStatus(response, 400);
    }
    this.#poll = response;
    response.on("finish", () => this.#onSent(response));
    response.on("close", () => this.#onPollClosed(response));
    this.handler.onDrain();
    if (this.#closing && this.#poll === response) this.send([TYPE_DIGIT.noop]);
  }

  /** The network has taken the answer of a poll: fewer bytes wait now. */
  #onSent(response: ServerResponse): void {
    if (this.#forgetUnsent(response) && !this.#closed) this.handler.onDrain();
  }

  /** What was in an answer that did not get through is lost, so that the session cannot go on. */
  #onPollClosed(response: ServerResponse): void {
    const waits = this.#poll === response;
    if (waits) this.#poll = undefined;
    if (this.#forgetUnsent(response) || waits) this.#fail("poll connection closed prematurely");
  }

  #forgetUnsent(response: ServerResponse): boolean {
    this.bufferedBytes -= this.#unsent.get(response) ?? 0;
    return this.#unsent.delete(response);
  }

  #receivePost(request: IncomingMessage, response: ServerResponse): void {
    if (this.#closed) return answerStatus(response, 400);
    if (this.#post !== undefined) {
      this.#fail("data request overlap from client");
      return answerStatus(response, 400);
    }
    if (request.headers["content-type"] === "application/octet-stream") {
      this.#fail("invalid content");
      return answerStatus(response, 400);
    }
    this.#post = response;
    this.#body = new RequestBody(request, this, this.#wheel, {
      maxBytes: this.#settings.maxHttpBufferSize,
      timeoutMs: this.#settings.bodyTimeoutMs,
    });
    this.#body.start();
  }

  /** Delivers packets for a while, and the rest in later turns; then answers the POST. */
  #deliver(packets: PayloadReader): void {
    const start = performance.now();
    for (let count = 1; !this.#closed; count++) {
      const packet = packets.next();
      if (packet === undefined) break;
      this.#deliverOne(packet);
      if (count % PACKETS_PER_LOOK === 0 && performance.now() - start > SLICE_MS) {
        return void setImmediate(() => this.#deliver(packets));
      }
    }
    const post = this.#post;
    this.#post = undefined;
    if (post !== undefined) answer(post, TAKEN, this.#settings);
  }

  #deliverOne(packet: string): void {
    if (packet.startsWith(TYPE_DIGIT.close)) return this.#receiveClose();
    try {
      receivePacket(packet, this.handler, nodeBase64);
    } catch (error) {
      if (!(error instanceof EngineParseError)) throw error; // thrown by a listener of the application
      this.#end("parse error", error);
    }
  }

  #receiveClose(): void {
    this.release();
    this.#end("transport close");
  }

  #answerPoll(packets: readonly OutgoingPacket[]): void {
    const poll = this.#poll!;
    this.#poll = undefined;
    const body = encodePayload(packets, nodeBase64);
    const compress = packets.some(isCompressible);
    const initial = this.#initial;
    this.#initial = false;
    const bytes = Buffer.byteLength(body);
    this.#unsent.set(poll, bytes);
    this.bufferedBytes += bytes;
    answer(poll, { contentType: "text/plain; charset=UTF-8", body, compress, initial }, this.#settings);
  }

  #fail(description: string): void {
    this.#end("transport error", new TransportError(description));
  }

  /** Tells the peer and the handler the end, once. */
  #end(reason: TransportCloseReason, cause?: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#wheel.clear(this);
    if (this.#poll !== undefined) this.#answerPoll([TYPE_DIGIT.close]);
    this.#body?.abort();
    this.handler.onClose(reason, cause);
  }
}
