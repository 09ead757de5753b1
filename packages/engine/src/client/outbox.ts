/** What is to be sent waits here, in order, until the transport takes it: once a turn (performance.md 3.1). */
import { messagePacket, type OutgoingPacket } from "../shared/packet.ts";
import { type SendCallback, SendQueue } from "../shared/send-queue.ts";
import { BlobLane, type LaneItem, type LaneOwner } from "./blob-lane.ts";
import type { Platform } from "./platform/platform.ts";
import type { ClientTransport } from "./transports/transport.ts";

/** Whom the outbox serves. */
export interface OutboxOwner {
  /** The transport, if it may be given packets now. */
  outlet(): ClientTransport | undefined;
  /** A packet has taken its place. */
  onPacketQueued(packet: OutgoingPacket): void;
  /** The waiting packets were handed to the transport. */
  onFlush(): void;
  /** A packet has left that somebody wants to be told of. */
  onSent(callback: SendCallback): void;
  /** A Blob cannot be read, and what follows it will never be sent. */
  onBlobError(error: unknown): void;
}

/** The outgoing half of a client. */
export class Outbox implements LaneOwner {
  readonly #owner: OutboxOwner;
  readonly #platform: Platform;
  readonly #queue = new SendQueue();
  #lane: BlobLane | undefined;
  #flushDue = false;

  constructor(owner: OutboxOwner, platform: Platform) {
    this.#owner = owner;
    this.#platform = platform;
  }

  /** The packets that could leave. */
  get packets(): readonly OutgoingPacket[] {
    return this.#queue.packets;
  }

  /** Their length. */
  get bufferedLength(): number {
    return this.#queue.bufferedLength;
  }

  /** Whether a Blob holds up what follows it. */
  get heldUp(): boolean {
    return this.#lane?.busy === true;
  }

  /** Whether nothing waits. */
  get empty(): boolean {
    return this.#queue.packets.length === 0 && !this.heldUp;
  }

  push(packet: OutgoingPacket, callback?: SendCallback): void {
    if (this.heldUp) this.pushItem({ content: packet, wrap: messagePacket, callback });
    else this.onPacketReady(packet, callback);
  }

  /** Takes in what has to be read before it can be sent. */
  pushItem(item: LaneItem): void {
    (this.#lane ??= new BlobLane(this)).push(item);
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
    const { packets } = this.#queue;
    const transport = packets.length > 0 ? this.#owner.outlet() : undefined;
    if (transport === undefined) return;
    transport.send(this.#queue.take(transport.fitting?.(packets)));
    this.#owner.onFlush();
  };

  /** What was handed over has left; the next may follow. */
  onDrain(): void {
    for (const callback of this.#queue.settle()) this.#owner.onSent(callback);
    this.flush();
  }

  clear(): void {
    this.#lane?.clear();
    this.#queue.clear();
  }

  onPacketReady(packet: OutgoingPacket, callback: SendCallback | undefined): void {
    this.#owner.onPacketQueued(packet);
    this.#queue.push(packet, callback);
    this.flushSoon();
  }

  onBlobError(error: unknown): void {
    this.#owner.onBlobError(error);
  }
}
