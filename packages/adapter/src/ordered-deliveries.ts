/** Hands packets to sockets in the order of their offsets: a client has everything up to the one that it got last. */
import type { AdapterSocket, Delivery } from "./adapter.ts";

/** A packet and whom it is for. */
interface Consignment {
  readonly delivery: Delivery;
  readonly sockets: readonly AdapterSocket[];
}

/** Those packets wait, too, that a listener for outgoing events sends while another is delivered. */
export class OrderedDeliveries {
  #waiting: Consignment[] = [];

  /** Sends a packet, behind those that are being sent. */
  deliver(delivery: Delivery, sockets: readonly AdapterSocket[]): void {
    this.#waiting.push({ delivery, sockets });
    if (this.#waiting.length > 1) return; // a call further up is at it
    try {
      for (const next of this.#waiting) for (const socket of next.sockets) socket._deliver(next.delivery);
    } finally {
      this.#waiting = [];
    }
  }
}
