/** What an adapter sends to a socket that is in its rooms already, while another part of it looks up what the socket has missed. */
import { startDeadline } from "@telsiz/events";
import type { PreparedDelivery } from "./delivery.ts";

/** How much may be held. */
export interface HoldLimits {
  /** Packets. */
  readonly maxPackets: number;
  /** Their length in all, in bytes. */
  readonly maxBytes: number;
}

/** How long an adapter may be behind with what has been found among the missed, in milliseconds. */
const LAG_MS = 10_000;

/**
 * ```
 *   Holding ── putMissed() ──▶ Ordered ── release() ──▶ Released ── LAG_MS ──▶ forgotten
 *      └── too much ──▶ overflowed
 * ```
 */
export class HeldDeliveries {
  readonly #limits: HoldLimits;
  /** In the order in which they are to be sent. */
  readonly #inOrder: PreparedDelivery[] = [];
  #bytes = 0;
  /** Of the missed: an adapter may bring them once more. */
  #offsets: Set<string> | undefined;
  #overflowed = false;
  #released = false;

  constructor(limits: HoldLimits) {
    this.#limits = limits;
  }

  /** Whether a part of it was given up. */
  get overflowed(): boolean {
    return this.#overflowed;
  }

  /**
   * What came before all that is held, and may be in there, too.
   * @returns all of it; grows with what comes until it is released
   */
  putMissed(missed: readonly PreparedDelivery[]): readonly PreparedDelivery[] {
    const offsets = new Set(missed.map(offsetOf).filter((offset) => offset !== undefined));
    const held = this.#inOrder.filter((delivery) => !forget(offsets, delivery));
    this.#offsets = offsets;
    this.#inOrder.splice(0, Infinity, ...missed, ...held);
    return this.#inOrder;
  }

  /** The socket gets everything by itself from now on. @param onDone called when nothing can come twice any more */
  release(onDone: () => void): void {
    this.#released = true;
    if ((this.#offsets?.size ?? 0) === 0) onDone();
    else startDeadline(onDone, LAG_MS)?.unref();
  }

  /** Takes what is to be sent to the socket. @returns whether it need not be sent now */
  take(delivery: PreparedDelivery): boolean {
    if (this.#offsets !== undefined && forget(this.#offsets, delivery)) return true;
    if (this.#released) return false;
    if (!mayBeLost(delivery)) this.#hold(delivery);
    return true;
  }

  #hold(delivery: PreparedDelivery): void {
    if (this.#overflowed) return;
    this.#bytes += delivery.byteLength;
    this.#inOrder.push(delivery);
    const { maxPackets, maxBytes } = this.#limits;
    if (this.#offsets !== undefined || (this.#inOrder.length <= maxPackets && this.#bytes <= maxBytes))
      return;
    this.#overflowed = true;
    this.#inOrder.length = 0;
  }
}

function mayBeLost({ flags }: PreparedDelivery): boolean {
  return flags.volatile === true || flags.latest !== undefined;
}

/** @returns whether it was there */
function forget(offsets: Set<string>, delivery: PreparedDelivery): boolean {
  const offset = offsetOf(delivery);
  return offset !== undefined && offsets.delete(offset);
}

/** Adapters written for Socket.IO put it behind the arguments. */
function offsetOf({ packet: { data, id } }: PreparedDelivery): string | undefined {
  const last = data.at(-1);
  return id === undefined && typeof last === "string" ? last : undefined;
}
