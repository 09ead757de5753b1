/** The sending half of a session. */
import { type OutgoingPacket } from "../shared/packet.ts";
import { SendQueue } from "../shared/send-queue.ts";
import type { Transport } from "../shared/transport.ts";
import { type Flushable, Flusher } from "./flusher.ts";

/** How a message is sent. */
export interface SendOptions {
  /** Whether it may be compressed. @default true */
  compress?: boolean | undefined;
}

/** Called when the message has been handed to the network, with the transport that did it. */
export type SendCallback = (transport: Transport) => void;

/** Whom an outbox serves: the session. */
export interface OutboxOwner {
  /** What carries the session now. */
  readonly transport: Transport;
  /** All of `packets` is about to be sent. */
  onFlush(packets: readonly OutgoingPacket[]): void;
  /** The packets cannot be encoded: one is too long for a string, above all. */
  onSendFailure(error: unknown): void;
}

/** Packets of more than this length do not wait for the end of the loop turn. */
const EAGER_FLUSH_LENGTH = 65_536;

const flusher = new Flusher();

/** What is sent waits here for the end of the loop turn, and until the transport can take it; then it leaves together. */
export class Outbox extends SendQueue<SendCallback> implements Flushable {
  readonly #owner: OutboxOwner;
  /** Whether {@link Outbox.flush} is going to be called at the end of the turn. */
  #flushScheduled = false;
  /** Whether the transport was handed something that it has not sent yet. */
  #inFlight = false;

  constructor(owner: OutboxOwner) {
    super();
    this.#owner = owner;
  }

  /** Sends a packet with the others of this turn. */
  send(packet: OutgoingPacket, callback: SendCallback | undefined): void {
    this.push(packet, callback);
    if (this.bufferedLength > EAGER_FLUSH_LENGTH) this.flush();
    else if (!this.#flushScheduled) {
      this.#flushScheduled = true;
      flusher.schedule(this);
    }
  }

  /** Hands what waits to the transport, if that can take it. */
  flush(): void {
    this.#flushScheduled = false;
    if (this.canFlush()) this.#owner.onFlush(this.packets);
    if (!this.canFlush()) return; // a listener has closed the session
    this.#inFlight = true;
    try {
      this.#owner.transport.send(this.take());
    } catch (error) {
      this.#owner.onSendFailure(error);
    }
  }

  /** The transport can take more: tells whether it had been handed something, which has left now. */
  onDrain(): boolean {
    const sent = this.#inFlight;
    this.#inFlight = false;
    return sent;
  }

  private canFlush(): boolean {
    return this.packets.length > 0 && this.#owner.transport.writable;
  }
}
