/** Lets through what one connection sends, as much as it may send (docs/security.md, "Rate limits"). */
import type { Message } from "@telsiz/engine/server";
import { TokenBucket } from "@telsiz/events";
import { type EventHeader, isEventMessage, readEventHeader } from "@telsiz/parser";
import type { RateLimits } from "./rate-limits.ts";

/** Whom a gate serves: the connection. */
export interface RateGateOwner {
  /** Whether the connection is in this namespace. */
  isJoined(nsp: string): boolean;
  /** A message that may pass. */
  onPassed(message: Message): void;
  /** An event is in excess, and passes later or never. */
  onExcess(header: EventHeader, retryAfterMs: number): void;
  /** More waits than may. */
  onOverflow(): void;
}

/** Bytes of messages that may wait: as many as one packet may have. */
const MAX_DELAYED_BYTES = 10_000_000;

const MAX_DELAYED = 1_000;

/** What is taken for the beginning of all messages of a parser that writes otherwise. */
const UNREAD: EventHeader = { nsp: "", id: undefined, attachments: 0, event: undefined };

/**
 * ```
 *            excess, with action "delay"            the last that waits has passed, close()
 *   Open ───────────────────────────────▶ Waiting ─────────────────────────────────────────▶ Open
 * ```
 * While it waits, all that comes waits behind, so that the order holds. Attachments go the way of their event.
 */
export class RateGate {
  readonly #limits: RateLimits;
  readonly #readsHeaders: boolean;
  readonly #owner: RateGateOwner;
  readonly #bytes: TokenBucket | undefined;
  /** Of namespaces, and of namespaces with the name of an event behind a comma. */
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #waiting: Message[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Attachments that are still to come of an event that does not pass. */
  #skipping = 0;

  /** @param readsHeaders whether messages are in the default format */
  constructor(limits: RateLimits, readsHeaders: boolean, owner: RateGateOwner) {
    this.#readsHeaders = readsHeaders;
    this.#limits = limits;
    this.#owner = owner;
    const { bytesPerSecond = Infinity } = limits;
    if (bytesPerSecond !== Infinity) this.#bytes = bucketOf(bytesPerSecond);
  }

  /** Takes a message. */
  receive(message: Message): void {
    if (this.#waiting.length > 0) this.#wait(message);
    else this.#judge(message);
  }

  /** Forgets what waits. */
  close(): void {
    clearTimeout(this.#timer);
    this.#waiting.length = 0;
  }

  /** @returns whether it has passed, or never will */
  #judge(message: Message): boolean {
    if (typeof message !== "string" && this.#skipping > 0) {
      this.#skipping--;
      return true;
    }
    this.#skipping = 0;
    const header = this.#headerOf(message);
    if (header === undefined) {
      this.#bytes?.spend(performance.now(), message.length);
      this.#owner.onPassed(message);
      return true;
    }
    const waitMs = this.#take(header, message.length);
    if (waitMs === 0) this.#owner.onPassed(message);
    else return this.#exceed(message, header, waitMs);
    return true;
  }

  /** Nothing for what is no event of a socket: only its bytes are counted. */
  #headerOf(message: Message): EventHeader | undefined {
    if (!this.#readsHeaders) return UNREAD;
    if (!isEventMessage(message)) return undefined;
    const header = readEventHeader(message);
    return this.#owner.isJoined(header.nsp) ? header : undefined;
  }

  #exceed(message: Message, header: EventHeader, waitMs: number): boolean {
    const delays = this.#limits.action === "delay";
    if (!delays) this.#skipping = header.attachments;
    const isNew = this.#waiting[0] !== message;
    if (isNew) this.#owner.onExcess(header, waitMs);
    if (!delays) return true;
    this.#timer = setTimeout(() => this.#release(), waitMs);
    if (isNew) this.#wait(message);
    return false;
  }

  #wait(message: Message): void {
    this.#waiting.push(message);
    this.#waitingBytes += message.length;
    const { maxDelayed = MAX_DELAYED } = this.#limits;
    if (this.#waiting.length > maxDelayed || this.#waitingBytes > MAX_DELAYED_BYTES) this.#owner.onOverflow();
  }

  #release(): void {
    while (this.#waiting.length > 0 && this.#judge(this.#waiting[0]!)) {
      this.#waitingBytes -= this.#waiting.shift()?.length ?? 0; // whoever has got it may have closed the gate
    }
  }

  /** Takes tokens for an event from all buckets that concern it. @returns how long to wait, if one of them has none */
  #take({ nsp, event }: EventHeader, length: number): number {
    const now = performance.now();
    const { eventsPerSecond, events } = this.#limits;
    const named = event !== undefined && Object.hasOwn(events ?? {}, event) ? events![event] : undefined;
    const all = this.#bucketOf(nsp, eventsPerSecond);
    const own = this.#bucketOf(`${nsp},${event}`, named);
    const waitMs = Math.max(
      all?.waitMs(now) ?? 0,
      own?.waitMs(now) ?? 0,
      this.#bytes?.waitMs(now, length) ?? 0,
    );
    if (waitMs > 0) return waitMs;
    all?.take(now);
    own?.take(now);
    this.#bytes?.take(now, length);
    return 0;
  }

  #bucketOf(key: string, perSecond: number | undefined): TokenBucket | undefined {
    if (perSecond === undefined || perSecond === Infinity) return undefined;
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) this.#buckets.set(key, (bucket = bucketOf(perSecond)));
    return bucket;
  }
}

function bucketOf(perSecond: number): TokenBucket {
  return new TokenBucket({ perSecond, burst: Math.max(1, perSecond) }, performance.now());
}
