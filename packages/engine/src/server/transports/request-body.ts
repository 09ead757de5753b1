/** The body of one polling POST: bounded in bytes and in time. */
import type { IncomingMessage } from "node:http";
import type { Alarm, TimerWheel } from "../../shared/timer-wheel.ts";

/** How a body can fail to arrive. */
export type BodyFailure = "too large" | "too late" | "aborted" | "read before";

/** Whom a body is for. Exactly one of its methods is called, once, unless the body was {@link RequestBody.abort}ed. */
export interface BodyReceiver {
  onBody(text: string): void;
  onBodyFailure(failure: BodyFailure): void;
}

/** What a body may take. */
export interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** Collects a request's body. */
export class RequestBody implements Alarm {
  dueTick = 0;
  readonly #request: IncomingMessage;
  readonly #receiver: BodyReceiver;
  readonly #wheel: TimerWheel;
  readonly #limits: BodyLimits;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #settled = false;

  constructor(request: IncomingMessage, receiver: BodyReceiver, wheel: TimerWheel, limits: BodyLimits) {
    this.#request = request;
    this.#receiver = receiver;
    this.#wheel = wheel;
    this.#limits = limits;
  }

  start(): void {
    if (this.#request.readableEnded) return this.#fail("read before");
    if (Number(this.#request.headers["content-length"]) > this.#limits.maxBytes)
      return this.#fail("too large");
    this.#wheel.set(this, this.#limits.timeoutMs);
    this.#request
      .on("data", (chunk: Buffer) => this.#add(chunk))
      .on("end", () => this.#complete())
      .on("close", () => this.#fail("aborted"))
      .on("error", () => this.#fail("aborted"));
  }

  /** Gives the body up, and the connection with it. */
  abort(): void {
    if (this.#settle()) this.#request.destroy();
  }

  onAlarm(): void {
    this.#fail("too late");
  }

  #add(chunk: Buffer): void {
    if (this.#settled) return;
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limits.maxBytes) return this.#fail("too large");
    this.#chunks.push(chunk);
  }

  #complete(): void {
    if (!this.#settle()) return;
    const bytes = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    this.#receiver.onBody(bytes.toString());
  }

  #fail(failure: BodyFailure): void {
    if (!this.#settle()) return;
    this.#chunks.length = 0;
    this.#receiver.onBodyFailure(failure);
  }

  /** Tells whether it was not settled yet. */
  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#wheel.clear(this);
    return true;
  }
}
