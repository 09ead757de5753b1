/** The two connections that a node has to Redis, since one that subscribes can do nothing else: there together, lost together. */
import { randomUUID } from "node:crypto";
import { asBuffer } from "./bytes.ts";
import type { RedisCall, RedisConnection } from "./redis-script.ts";
import type { RedisLink, RedisLinkFactory, RedisLinkOwner } from "./redis-link.ts";

/** Whom a pair serves. */
export interface RedisPairOwner {
  /** A message came. */
  onMessage(message: Uint8Array): void;
  /** The pair is lost. Called once, and nothing is called after it; never after {@link RedisPair.close}. */
  onLost(error: unknown): void;
}

/** What Redis has not taken may have so many bytes; what is published then is dropped. */
const MAX_UNANSWERED_BYTES = 16 * 1_024 * 1_024;

/** How long Redis may take to let both in. */
const OPEN_TIMEOUT_MS = 5_000;

/** How often Redis is asked to bring an empty message back, by which both connections show that they live. */
const PROBE_MS = 1_000;

/** After so many that have not come back, the pair is given up, though nothing was said of its end. */
const MAX_PROBES = 5;

/** How long is waited for Redis to take what was published, before the connections are dropped. */
const CLOSE_TIMEOUT_MS = 2_000;

const PROBE = Buffer.alloc(0);

/**
 * ```
 *   opening ──both are there, channels come──▶ open ──close()──▶ closed
 *      └─────── error, timeout ────▶ lost ◀─ error, silence ┘
 * ```
 */
export class RedisPair implements RedisLinkOwner, RedisConnection {
  readonly #publisher: RedisLink;
  readonly #subscriber: RedisLink;
  readonly #prefix: string;
  readonly #probeChannel: string;
  /** Empty where Redis does not tell it. */
  runId = "";
  /** `undefined` when it is lost or closed. */
  #owner: RedisPairOwner | undefined;
  #unansweredBytes = 0;
  /** Probes that have not come back. */
  #probes = 0;
  #probeTimer: NodeJS.Timeout | undefined;

  private constructor(createLink: RedisLinkFactory, prefix: string, owner: RedisPairOwner) {
    this.#owner = owner;
    this.#prefix = prefix;
    this.#probeChannel = `${prefix}?${randomUUID()}`;
    this.#publisher = createLink(this);
    this.#subscriber = createLink(this);
  }

  /** Connects, and resolves when messages of `channels` come. Rejects where Redis cannot be reached. */
  static open(
    createLink: RedisLinkFactory,
    prefix: string,
    channels: Iterable<string>,
    owner: RedisPairOwner,
  ): Promise<RedisPair> {
    return new Promise((resolve, reject) => {
      // Until it is there, nobody but the caller is told that it is lost.
      const pair = new RedisPair(createLink, prefix, {
        onMessage: (message) => owner.onMessage(message),
        onLost: reject,
      });
      const timer = setTimeout(() => pair.onLost(new Error("Redis does not answer.")), OPEN_TIMEOUT_MS);
      pair
        .#connect(channels)
        .then(() => resolve(pair.#start(owner)))
        .catch((error: unknown) => pair.onLost(error))
        .finally(() => clearTimeout(timer));
    });
  }

  /** Sends a message, or drops it while Redis takes too little. */
  publish(channel: string, frame: Uint8Array): void {
    const { length } = frame;
    if (this.#owner === undefined || this.#unansweredBytes > MAX_UNANSWERED_BYTES) return;
    const onAnswer = (): void => void (this.#unansweredBytes -= length);
    this.#unansweredBytes += length;
    // What is refused is dropped: that the connection is lost is told by itself.
    this.#publisher.publish(this.#prefix + channel, asBuffer(frame)).then(onAnswer, onAnswer);
  }

  /** Sends a command, and resolves with the answer. */
  readonly call: RedisCall = (command, args) => this.#publisher.call(command, args);

  /** Resolves when messages of a channel come. */
  async subscribe(channel: string): Promise<void> {
    await this.#subscriber.subscribe([this.#prefix + channel]);
  }

  unsubscribe(channel: string): void {
    this.#subscriber.unsubscribe(this.#prefix + channel).catch(ignore);
  }

  /** Resolves when Redis has taken what was published, or takes too long. */
  async close(): Promise<void> {
    this.#owner = undefined;
    clearInterval(this.#probeTimer);
    const closed = Promise.all([this.#publisher.close(), this.#subscriber.close()]).catch(ignore);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise((resolve) => (timer = setTimeout(resolve, CLOSE_TIMEOUT_MS)));
    await Promise.race([closed, timeout]);
    clearTimeout(timer);
    this.#destroy();
  }

  onMessage(message: Uint8Array): void {
    if (message.length === 0) this.#probes = 0;
    else this.#owner?.onMessage(message);
  }

  onLost(error: unknown): void {
    const owner = this.#owner;
    this.#owner = undefined;
    clearInterval(this.#probeTimer);
    this.#destroy();
    owner?.onLost(error);
  }

  async #connect(channels: Iterable<string>): Promise<void> {
    await Promise.all([this.#publisher.connect(), this.#subscriber.connect()]);
    const [, runId = ""] = /^run_id:(\w+)/m.exec(String(await this.call("INFO", ["server"]))) ?? [];
    this.runId = runId;
    const wanted = [...channels].map((channel) => this.#prefix + channel);
    await this.#subscriber.subscribe([this.#probeChannel, ...wanted]);
  }

  #start(owner: RedisPairOwner): this {
    if (this.#owner === undefined) return this; // it was lost meanwhile, and the caller knows
    this.#owner = owner;
    this.#probeTimer = setInterval(() => this.#probe(), PROBE_MS).unref();
    return this;
  }

  #probe(): void {
    if (this.#probes === MAX_PROBES) return this.onLost(new Error("Redis brings nothing back."));
    this.#probes++;
    this.#publisher.publish(this.#probeChannel, PROBE).catch(ignore);
  }

  #destroy(): void {
    this.#publisher.destroy();
    this.#subscriber.destroy();
  }
}

function ignore(): void {
  // that a connection is lost is told by itself
}
