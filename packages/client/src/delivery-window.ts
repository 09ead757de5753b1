/**
 * Events that were sent and may not have arrived: they are sent again when a lost connection is recovered
 * (docs/wire.md, "Delivery"). The server counts the events of a session that come; positions here are its counts.
 */
import { checkObject } from "@telsiz/engine/client";
import { checkCounts, checkDurations } from "@telsiz/events";
import type { Encoded } from "@telsiz/parser";
import type { EmitFlags } from "@telsiz/socket";
import { lengthOf } from "./message-size.ts";

/** Within which bounds no event is lost or doubled, if the server is Telsiz and recovers connections. */
export interface DeliveryOptions {
  /** How long the connection may be lost, in milliseconds. @default 120_000 */
  window?: number;
  /** Events that are kept at most until they are known to have arrived. @default 10_000 */
  maxEvents?: number;
  /** Their length in all, in characters and bytes. @default 4_194_304 */
  maxBytes?: number;
}

/** What is known of events that were lost, or may be. */
export interface Gap {
  /** How many events of this client the server has not got, at most; they are not sent again. */
  readonly lost: number;
  /** Whether events of the server may be missing, too, as `recovered` is `false`. */
  readonly missed: boolean;
}

/** So many events are kept before the server is asked whether they have come: what is young takes the least time to forget. */
const ASK_AT = 500;

/** An event as it was sent. */
interface SentEvent {
  readonly position: number;
  readonly encoded: Encoded;
  readonly flags: EmitFlags;
}

/** What a new connection begins with. */
interface Resumption {
  readonly again: readonly SentEvent[];
  readonly gap: Gap | undefined;
}

/**
 * ```
 *           onConnect() of a server that counts          onLost()
 *   Closed ────────────────────────────────────▶ Open ─────────────▶ Lost
 *     ▲  ▲                                       │  ▲                 │
 *     │  └──────────────── end() ────────────────┘  └── onConnect() ──┤
 *     └───────────── onConnect() of a server that does not count ─────┘
 * ```
 */
export class DeliveryWindow {
  readonly #windowMs: number;
  readonly #maxEvents: number;
  readonly #maxBytes: number;
  /** In order, behind some that are kept no more. */
  #events: (SentEvent | undefined)[] = [];
  /** How many those are. */
  #start = 0;
  #bytes = 0;
  /** The position of the latest event, if the server counts. */
  #head: number | undefined;
  /** Up to here, all have arrived. */
  #arrived = 0;
  /** Up to here, all were sent before the latest ping was answered: they have arrived if another one comes. */
  #answered = 0;
  /** Up to here, some are not kept any more though they may not have arrived. */
  #forgotten = 0;
  /** Whether the server was asked for a sign that all has come. */
  #asking = false;
  #lostAtMs: number | undefined;

  constructor({ window = 120_000, maxEvents = 10_000, maxBytes = 4_194_304 }: DeliveryOptions = {}) {
    this.#windowMs = window;
    this.#maxEvents = maxEvents;
    this.#maxBytes = maxBytes;
  }

  /** An event was sent. @param isKept whether it is to be sent again if need be */
  onSent(encoded: Encoded, flags: EmitFlags, isKept: boolean): void {
    if (this.#head === undefined) return;
    this.#head++;
    if (!isKept) return;
    this.#events.push({ position: this.#head, encoded: own(encoded), flags });
    this.#bytes += lengthOf(encoded);
    while (this.#events.length - this.#start > this.#maxEvents || this.#bytes > this.#maxBytes) {
      this.#forgotten = this.#forgetFirst();
    }
  }

  /** Whether it is time to ask the server for a sign that all has come. */
  get shouldAsk(): boolean {
    return !this.#asking && this.#events.length - this.#start >= ASK_AT;
  }

  /** The server is asked, behind what was sent so far. @returns to be called when it answers, or cannot any more */
  onAsked(): (answered: boolean) => void {
    const position = this.#head ?? 0;
    this.#asking = true;
    return (answered) => {
      this.#asking = false;
      if (answered) this.#onArrived(position);
    };
  }

  /** The server pings only who has answered its ping before, behind all that was sent by then. */
  onPing(): void {
    this.#onArrived(this.#answered);
    this.#answered = this.#head ?? 0;
    this.#asking = false; // a rate limit may have withheld the question
  }

  /** The connection was lost. */
  onLost(nowMs: number): void {
    this.#lostAtMs ??= nowMs;
  }

  /** The connection was ended: what was sent is not asked for any more. */
  end(): void {
    this.#begin(undefined);
  }

  /**
   * The server has answered.
   * @param recovered whether the session is the one from before
   * @param received how many events of the session have come, from servers that count
   */
  onConnect(recovered: boolean, received: unknown, nowMs: number): Resumption {
    const count = Number.isSafeInteger(received) ? (received as number) : undefined;
    const head = this.#head;
    if (head === undefined) {
      this.#begin(count);
      return { again: [], gap: undefined };
    }
    const inTime = nowMs - (this.#lostAtMs ?? nowMs) <= this.#windowMs;
    let lost = head - this.#arrived;
    let again: readonly SentEvent[] = [];
    if (recovered && count !== undefined) {
      this.#onArrived(count);
      lost = Math.max(0, (inTime ? this.#forgotten : head) - count);
      if (inTime) again = this.#events.slice(this.#start) as SentEvent[]; // only those before have gone
    }
    this.#begin(count);
    return { again, gap: recovered && lost === 0 ? undefined : { lost, missed: !recovered } };
  }

  /** @param head how many events the server has counted */
  #begin(head: number | undefined): void {
    this.#events = [];
    this.#start = this.#bytes = 0;
    this.#head = head;
    this.#arrived = this.#answered = this.#forgotten = head ?? 0;
    this.#lostAtMs = undefined;
    this.#asking = false;
  }

  #onArrived(last: number): void {
    this.#arrived = Math.max(this.#arrived, last);
    while ((this.#events[this.#start]?.position ?? Infinity) <= last) this.#forgetFirst();
  }

  /** @returns its position */
  #forgetFirst(): number {
    const { position, encoded } = this.#events[this.#start]!;
    this.#events[this.#start++] = undefined;
    this.#bytes -= lengthOf(encoded);
    // Not each time: what is behind has to move.
    if (this.#start * 2 > this.#events.length) {
      this.#events = this.#events.slice(this.#start);
      this.#start = 0;
    }
    return position;
  }
}

/** The application may use its bytes again for something else. */
function own(encoded: Encoded): Encoded {
  if (typeof encoded === "string" || encoded instanceof Uint8Array) return encoded;
  return encoded.map((message) => (message instanceof Uint8Array ? new Uint8Array(message) : message));
}

/** @throws OptionError */
export function checkDeliveryOptions(delivery: DeliveryOptions | false | undefined): void {
  if (delivery === undefined || delivery === false) return;
  checkObject("delivery", delivery, "an object, or false");
  checkDurations(delivery, "window");
  checkCounts(delivery, "maxEvents", "maxBytes");
}
