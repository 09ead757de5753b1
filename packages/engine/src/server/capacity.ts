/** Whether there is room for another session: caps, rates and the event loop's delay. Off unless an option turns it on. */
import type { IncomingMessage } from "node:http";
import { TokenBucket } from "@telsiz/events";
import type { Clock } from "../shared/timer-wheel.ts";
import { clientAddress } from "./client-address.ts";
import { LoopDelay } from "./loop-delay.ts";
import type { ResolvedOptions } from "./options.ts";
import { type Rejection, unavailable } from "./rejection.ts";

/** When a client that finds no room had better try again, in seconds, unless it is known. */
const RETRY_AFTER_S = 5;

/** What a capacity sees of a session. */
interface CountedSession {
  readonly id: string;
}

/** Admits sessions while there is room for them. */
export class Capacity {
  readonly #options: Pick<ResolvedOptions, "limits" | "trustProxy">;
  readonly #clock: Clock;
  readonly #handshakes: TokenBucket | undefined;
  readonly #delay: LoopDelay | undefined;
  /** The address of each session, where they are counted. */
  readonly #addresses = new Map<string, string>();
  /** How many sessions each address has. */
  readonly #counts = new Map<string, number>();
  #draining = false;

  constructor(options: Pick<ResolvedOptions, "limits" | "trustProxy">, clock: Clock) {
    const { handshakesPerSecond, maxEventLoopDelay } = options.limits;
    this.#options = options;
    this.#clock = clock;
    if (handshakesPerSecond !== Infinity) {
      const rate = { perSecond: handshakesPerSecond, burst: handshakesPerSecond };
      this.#handshakes = new TokenBucket(rate, clock.now());
    }
    if (maxEventLoopDelay !== Infinity) {
      this.#delay = new LoopDelay(clock);
      this.#delay.start();
    }
  }

  /** Why `request` may not open a session now, if so. @param open how many are open */
  check(request: IncomingMessage, open: number): Rejection | undefined {
    return this.checkRoom(request, open) ?? this.#checkRate();
  }

  /** As {@link check}, for a request that it has let pass before: others may have been faster since. */
  checkRoom(request: IncomingMessage, open: number): Rejection | undefined {
    const { limits } = this.#options;
    if (this.#draining) return unavailable("DRAINING", RETRY_AFTER_S);
    if (open >= limits.maxConnections) return unavailable("MAX_CONNECTIONS", RETRY_AFTER_S, { open });
    const delayMs = this.#delay?.currentMs ?? 0;
    if (delayMs > limits.maxEventLoopDelay)
      return unavailable("EVENT_LOOP_DELAY", RETRY_AFTER_S, { delayMs });
    return this.#checkAddress(request);
  }

  /** A session was opened by `request`. */
  opened({ id }: CountedSession, request: IncomingMessage): void {
    if (!this.#countsAddresses) return;
    const address = this.#addressOf(request);
    this.#addresses.set(id, address);
    this.#counts.set(address, this.#countOf(address) + 1);
  }

  /** A session ended. */
  closed({ id }: CountedSession): void {
    const address = this.#addresses.get(id);
    if (address === undefined) return;
    this.#addresses.delete(id);
    const count = this.#countOf(address) - 1;
    if (count === 0) this.#counts.delete(address);
    else this.#counts.set(address, count);
  }

  /** From now on there is no room. */
  drain(): void {
    this.#draining = true;
  }

  /** Ends its timer. */
  stop(): void {
    this.#delay?.stop();
  }

  get #countsAddresses(): boolean {
    return this.#options.limits.maxConnectionsPerAddress !== Infinity;
  }

  #addressOf(request: IncomingMessage): string {
    return clientAddress(request, this.#options.trustProxy);
  }

  #countOf(address: string): number {
    return this.#counts.get(address) ?? 0;
  }

  #checkAddress(request: IncomingMessage): Rejection | undefined {
    if (!this.#countsAddresses) return undefined;
    const address = this.#addressOf(request);
    if (this.#countOf(address) < this.#options.limits.maxConnectionsPerAddress) return undefined;
    return unavailable("MAX_CONNECTIONS_PER_ADDRESS", RETRY_AFTER_S, { address });
  }

  #checkRate(): Rejection | undefined {
    const now = this.#clock.now();
    if (this.#handshakes === undefined || this.#handshakes.take(now)) return undefined;
    return unavailable("HANDSHAKE_RATE", Math.ceil(this.#handshakes.waitMs(now) / 1000));
  }
}
