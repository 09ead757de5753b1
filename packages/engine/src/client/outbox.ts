/** What is to be sent waits here, in order, until the transport takes it: once a turn (performance.md 3.1). */
import type { Message, OutgoingPacket } from "../shared/packet.ts";
import { type SendCallback, SendQueue } from "../shared/send-queue.ts";
import { type BlobLike, isBlob } from "./binary.ts";
import type { ResolvedOptions } from "./options.ts";
import type { Platform } from "./platform/platform.ts";
import type { ClientTransport } from "./transports/transport.ts";

/** Whom the outbox serves. */
export interface OutboxOwner {
  readonly opts: Pick<ResolvedOptions, "flush">;
  /** The transport, if it may be given packets now. */
  outlet(): ClientTransport | undefined;
  /** A packet has taken its place. */
  onPacketQueued(packet: OutgoingPacket): void;
  /** The waiting packets were handed to the transport. */
  onFlush(): void;
  /** A Blob cannot be read, and what follows it will never be sent. */
  onBlobError(error: unknown): void;
}

/** The outgoing half of a client. */
export class Outbox extends SendQueue {
  readonly #owner: OutboxOwner;
  readonly #platform: Platform;
  #flushDue = false;
  /** Settles when the Blobs that were given so far have been read. */
  #reading: Promise<void> | undefined;
  /** How much has no place yet: Blobs that are being read, and what stands behind them. */
  #unread = 0;

  constructor(owner: OutboxOwner, platform: Platform) {
    super();
    this.#owner = owner;
    this.#platform = platform;
  }

  /** Whether a Blob holds up what follows it. */
  get heldUp(): boolean {
    return this.#unread > 0;
  }

  /** Sends a packet, or a Blob, which becomes one by `wrap` when it has been read. */
  send(
    content: OutgoingPacket | BlobLike,
    wrap: (message: Message) => OutgoingPacket,
    callback?: SendCallback,
  ): void {
    if (!this.heldUp && !isBlob(content)) return this.#enqueue(content, callback);
    this.#unread++;
    const turn = async (): Promise<void> => {
      const packet = isBlob(content) ? wrap(new Uint8Array(await content.arrayBuffer())) : content;
      if (!this.heldUp) return; // all was given up
      this.#unread--;
      this.#enqueue(packet, callback);
    };
    this.#reading = (this.#reading ?? Promise.resolve()).then(turn);
    this.#reading.catch((error: unknown) => this.heldUp && this.#owner.onBlobError(error));
  }

  /** Flushes at the end of this turn. */
  flushSoon(): void {
    if (this.#flushDue) return;
    this.#flushDue = true;
    this.#platform.afterTurn(this.flush);
  }

  /** Hands over as much as the transport takes. */
  readonly flush = (): void => {
    this.#flushDue = false;
    const transport = this.packets.length > 0 ? this.#owner.outlet() : undefined;
    if (transport === undefined) return;
    transport.send(this.take(transport.fitting?.(this.packets)));
    this.#owner.onFlush();
  };

  override clear(): void {
    super.clear();
    this.#unread = 0;
  }

  #enqueue(packet: OutgoingPacket, callback: SendCallback | undefined): void {
    this.#owner.onPacketQueued(packet);
    this.push(packet, callback);
    if (this.#owner.opts.flush === "immediate") this.flush();
    else this.flushSoon();
  }
}
