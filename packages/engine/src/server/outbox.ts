/** The sending half of a session. */
import { lengthOf, type OutgoingPacket, wireOf } from "../shared/packet.ts";
import { SendQueue } from "../shared/send-queue.ts";
import type { Transport } from "../shared/transport.ts";
import type { WatchedOutput } from "./backpressure.ts";
import { type Flushable, Flusher } from "./flusher.ts";
import { LatestValues } from "./latest-values.ts";

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
  /** Whether what is sent does not wait for the end of the loop turn. */
  readonly flushesAtOnce: boolean;
  /** All of `packets` is about to be sent. */
  onFlush(packets: readonly OutgoingPacket[]): void;
  /** The packets cannot be encoded: one is too long for a string, above all. */
  onSendFailure(error: unknown): void;
  /** So many bytes were added, and the transport cannot take more now. */
  onHeldUp(bytes: number): void;
}

/** Packets of more than this length do not wait for the end of the loop turn. */
const EAGER_FLUSH_LENGTH = 65_536;

/** The transport is handed about so much at once: it joins what it gets, so that all of a long queue would be held twice. */
const SLICE_LENGTH = 262_144;

/** From this length on, the texts at the head of a queue that cannot leave are kept as bytes. */
const CONDENSE_LENGTH = 16_384;

const flusher = new Flusher();

/**
 * What is sent waits here for the end of the loop turn, unless it is to leave at once, and until the transport can take it; then it
 * leaves together.
 */
export class Outbox extends SendQueue<SendCallback> implements Flushable, WatchedOutput {
  readonly #owner: OutboxOwner;
  /** Whether {@link Outbox.flush} is going to be called at the end of the turn. */
  #flushScheduled = false;
  /** Whether nothing leaves before the end of the turn. */
  #held = false;
  /** Whether the transport was handed something that it has not sent yet. */
  #inFlight = false;
  #drains = 0;
  /** How many packets the transport keeps. */
  #condensed = 0;
  /** How many bytes it was ever given to keep. */
  #keptBytes = 0;
  /** Made when the first has to wait. */
  #latest: LatestValues | undefined;
  /** Whether the transport could take nothing when the first of what waits was added. */
  #heldUp = false;

  constructor(owner: OutboxOwner) {
    super();
    this.#owner = owner;
  }

  /** How often the transport has sent all that it was handed. */
  get drains(): number {
    return this.#drains;
  }

  /** Grows when the network takes something of that which the transport was handed. */
  get progress(): number {
    return this.#keptBytes - this.#owner.transport.bufferedBytes;
  }

  /** How many bytes wait, here and in the transport. */
  get bufferedBytes(): number {
    return this.bufferedLength + (this.#latest?.bytes ?? 0) + this.#owner.transport.bufferedBytes;
  }

  /** How many packets wait, and values of {@link sendLatest}. */
  get size(): number {
    return this.packets.length + (this.#latest?.size ?? 0) + this.#condensed;
  }

  /** How many of them the transport keeps. */
  get condensed(): number {
    return this.#condensed;
  }

  /** Sends a packet with the others of this turn. */
  send(packet: OutgoingPacket, callback: SendCallback | undefined): void {
    this.noteHoldUp();
    this.push(packet, callback);
    this.flushInTime();
    if (!this.#owner.transport.writable) this.#owner.onHeldUp(this.measure(packet));
  }

  /** Sends packets that belong together. */
  sendAll(packets: readonly OutgoingPacket[]): void {
    this.noteHoldUp();
    let bytes = 0;
    for (const packet of packets) {
      this.push(packet);
      bytes += this.measure(packet);
    }
    this.flushInTime();
    if (!this.#owner.transport.writable) this.#owner.onHeldUp(bytes);
  }

  /**
   * Sends packets that belong together, as soon as all that waits has left; until then, those that are sent under the
   * same key later take their place.
   * @param now whether they may join the queue, where nothing takes their place
   * @param onDropped called when they are not going to be sent; not when the session ends
   */
  sendLatest(key: string, packets: readonly OutgoingPacket[], now: boolean, onDropped?: () => void): void {
    if (now && this.#latest?.has(key) !== true) return this.sendAll(packets);
    const bytes = packets.reduce((sum, packet) => sum + byteLengthOf(packet), 0);
    (this.#latest ??= new LatestValues()).set(key, { packets, bytes, onDropped });
    this.flushInTime();
    if (!this.#owner.transport.writable) this.#owner.onHeldUp(bytes);
  }

  /** Drops what {@link sendLatest} keeps. */
  dropLatest(): void {
    this.#latest?.drop();
  }

  override clear(): void {
    super.clear();
    this.#condensed = 0;
    this.#latest?.clear();
  }

  /** Hands what waits to the transport, if that can take it. */
  flush(): void {
    this.#flushScheduled = false;
    if (this.#latest !== undefined) this.admitLatest(this.#latest);
    this.condense();
    if (this.canFlush()) this.#owner.onFlush(this.packets);
    if (!this.canFlush()) return; // a listener has closed the session
    this.#inFlight = true;
    try {
      this.#owner.transport.send(this.take(this.countUpTo(SLICE_LENGTH)));
    } catch (error) {
      this.#owner.onSendFailure(error);
    }
  }

  /** Keeps all that is sent in this turn until its end, so that it leaves together. */
  hold(): void {
    this.#held = true;
    flusher.schedule({
      flush: () => {
        this.#held = false;
        this.flush();
      },
    });
  }

  /** The transport can take more: tells whether it had been handed something, which has left now. */
  onDrain(): boolean {
    const sent = this.#inFlight;
    this.#inFlight = false;
    this.#condensed = 0;
    this.#drains++;
    return sent;
  }

  /** Exact where much may wait for long; the text of a turn is not worth being counted. */
  protected override measure(packet: OutgoingPacket): number {
    return this.#heldUp ? byteLengthOf(packet) : lengthOf(packet);
  }

  /** How many of the first packets have this length together, or just more. */
  private countUpTo(length: number): number {
    if (this.bufferedLength <= length) return this.packets.length;
    let sum = 0;
    let count = 0;
    while (sum < length && count < this.packets.length) sum += this.measure(this.packets[count++]!);
    return count;
  }

  /** Once what waited before leaves. */
  private admitLatest(latest: LatestValues): void {
    if (!this.#owner.transport.writable || this.bufferedLength > SLICE_LENGTH) return;
    for (const { packets } of latest.takeAll()) for (const packet of packets) this.push(packet);
  }

  /**
   * Has the transport keep the texts at the head of a long queue as bytes: as thousands of strings they would have to be
   * copied by each collection of garbage, which all other connections wait for. What several connections share stays as it is.
   */
  private condense(): void {
    if (this.canCondense()) this.#owner.onFlush(this.packets.slice(0, this.countTexts()));
    if (!this.canCondense()) return; // a listener has closed the session
    const texts = this.take(this.countTexts()) as readonly string[];
    this.#condensed += texts.length;
    this.#keptBytes += this.#owner.transport.keep!(texts);
  }

  private canCondense(): boolean {
    const { transport } = this.#owner;
    if (transport.keep === undefined || transport.writable || this.#held) return false;
    return this.bufferedLength >= CONDENSE_LENGTH && typeof this.packets[0] === "string";
  }

  /** How many of the first packets are texts that nobody shares. */
  private countTexts(): number {
    const end = this.packets.findIndex((packet) => typeof packet !== "string");
    return end === -1 ? this.packets.length : end;
  }

  private noteHoldUp(): void {
    if (this.packets.length === 0) this.#heldUp = !this.#owner.transport.writable;
  }

  private flushInTime(): void {
    if (this.#owner.flushesAtOnce || this.bufferedLength > EAGER_FLUSH_LENGTH) this.flush();
    else if (!this.#flushScheduled) {
      this.#flushScheduled = true;
      flusher.schedule(this);
    }
  }

  private canFlush(): boolean {
    return this.packets.length > 0 && !this.#held && this.#owner.transport.writable;
  }
}

function byteLengthOf(packet: OutgoingPacket): number {
  const wire = wireOf(packet);
  return typeof wire === "string" ? Buffer.byteLength(wire) : wire.length;
}
