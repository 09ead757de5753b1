/** The broker of nodes that share a Redis or Valkey: each channel is one of theirs. */
import type { Broker, BrokerSink } from "../broker.ts";
import { decodeSlice, SLICE_MARK } from "./log-slice.ts";
import { RedisKv, type RedisKvOwner } from "./redis-kv.ts";
import type { RedisLinkFactory } from "./redis-link.ts";
import { RedisLog, type RedisLogOwner } from "./redis-log.ts";
import { RedisPair, type RedisPairOwner } from "./redis-pair.ts";
import type { RedisConnection } from "./redis-script.ts";

/** Time before a lost connection is opened again, in milliseconds: at first, and at most. */
const RETRY_MS = { first: 100, most: 2_000 };

/**
 * ```
 *            open()              Redis lets it in
 *   closed ─────────▶ opening ───────────────────▶ open
 *                        ▲                           │ the connections are lost
 *                        └───── after a while ───────┘
 * ```
 */
export class RedisBroker implements Broker, RedisPairOwner, RedisLogOwner, RedisKvOwner {
  readonly log: RedisLog;
  readonly kv: RedisKv;
  readonly prefix: string;
  readonly #createLink: RedisLinkFactory;
  readonly #channels = new Set<string>();
  /** `undefined` while it is not open. */
  #sink: BrokerSink | undefined;
  #pair: RedisPair | undefined;
  /** Called when there are connections, or it is closed. */
  #waiting: ((pair: RedisPair | undefined) => void)[] = [];
  #retryMs: number = RETRY_MS.first;
  #retryTimer: NodeJS.Timeout | undefined;
  /** The last error: the same is not reported again until there are connections. */
  #reported: string | undefined;

  constructor(createLink: RedisLinkFactory, prefix: string) {
    this.#createLink = createLink;
    this.prefix = prefix;
    this.log = new RedisLog(this);
    this.kv = new RedisKv(this);
  }

  async open(sink: BrokerSink): Promise<void> {
    const pair = await this.#connect();
    this.#sink = sink;
    this.#use(pair);
  }

  async close(): Promise<void> {
    const pair = this.#pair;
    this.#sink = undefined;
    this.#pair = undefined;
    clearTimeout(this.#retryTimer);
    this.#channels.clear();
    this.#tellWaiting();
    await pair?.close();
  }

  publish(channel: string, frame: Uint8Array): void {
    this.#pair?.publish(channel, frame);
  }

  async subscribe(channel: string): Promise<void> {
    this.#channels.add(channel);
    const pair = this.#pair ?? (await this.#nextPair());
    if (this.#channels.has(channel)) await pair?.subscribe(channel);
  }

  unsubscribe(channel: string): void {
    this.#channels.delete(channel);
    this.#pair?.unsubscribe(channel);
  }

  /** Resolves as soon as there are connections. Rejects if it is closed before. */
  async connection(): Promise<RedisConnection> {
    const pair = this.#pair ?? (await this.#nextPair());
    if (pair === undefined) throw new Error("The connections to Redis are closed.");
    return pair;
  }

  onMessage(message: Uint8Array): void {
    if (message[0] !== SLICE_MARK) this.#sink?.onFrame(message);
    else if (this.#sink !== undefined) this.#receiveSlice(message, this.#sink);
  }

  onLost(error: unknown): void {
    this.#pair = undefined;
    this.#report(error);
    this.#retryLater();
  }

  #receiveSlice(message: Uint8Array, sink: BrokerSink): void {
    try {
      const { stream, slice } = decodeSlice(message);
      this.log.receive(stream, slice);
    } catch (error) {
      sink.onError(error);
    }
  }

  #connect(): Promise<RedisPair> {
    return RedisPair.open(this.#createLink, this.prefix, this.#channels, this);
  }

  #use(pair: RedisPair): void {
    this.#pair = pair;
    this.#retryMs = RETRY_MS.first;
    this.#reported = undefined;
    this.#tellWaiting();
  }

  #nextPair(): Promise<RedisPair | undefined> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #tellWaiting(): void {
    for (const resolve of this.#waiting.splice(0)) resolve(this.#pair);
  }

  #retryLater(): void {
    this.#retryTimer = setTimeout(() => void this.#retry(), Math.random() * this.#retryMs).unref();
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS.most);
  }

  async #retry(): Promise<void> {
    try {
      const pair = await this.#connect();
      if (this.#sink === undefined) {
        await pair.close();
        return;
      }
      this.#use(pair);
      this.#sink.onReturn();
    } catch (error) {
      if (this.#sink === undefined) return;
      this.#report(error);
      this.#retryLater();
    }
  }

  #report(error: unknown): void {
    const text = String(error);
    if (text === this.#reported) return;
    this.#reported = text;
    this.#sink?.onError(error);
  }
}
