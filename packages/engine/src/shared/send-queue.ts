/** Packets that wait for a writable transport, in order, with the callbacks of those who want to know when they left. */
import { lengthOf, type OutgoingPacket } from "./packet.ts";

/** Called when the packet has been handed to the network. */
export type SendCallback = () => void;

const NO_CALLBACKS: readonly never[] = [];

/** The one output queue of a connection. @typeParam C the callbacks of packets */
export class SendQueue<C = SendCallback> {
  #packets: OutgoingPacket[] = [];
  #length = 0;
  /** How many packets were taken since the beginning; the numbering that callbacks refer to. */
  #taken = 0;
  /** In ascending order of `number`. Made when first needed. */
  #callbacks: { readonly number: number; readonly callback: C }[] | undefined;

  /** The waiting packets; not to be changed. */
  get packets(): readonly OutgoingPacket[] {
    return this.#packets;
  }

  /** The total length of the waiting packets, see {@link lengthOf}. */
  get bufferedLength(): number {
    return this.#length;
  }

  push(packet: OutgoingPacket, callback?: C): void {
    this.#packets.push(packet);
    this.#length += this.measure(packet);
    if (callback === undefined) return;
    (this.#callbacks ??= []).push({ number: this.#taken + this.#packets.length, callback });
  }

  /** Takes the first `count` packets out, to be sent now. @default all */
  take(count: number = this.#packets.length): readonly OutgoingPacket[] {
    const packets = this.#packets;
    this.#taken += Math.min(count, packets.length);
    if (count >= packets.length) {
      this.#packets = [];
      this.#length = 0;
      return packets;
    }
    this.#packets = packets.slice(count);
    const taken = packets.slice(0, count);
    for (const packet of taken) this.#length -= this.measure(packet);
    return taken;
  }

  /** What was taken has left. @returns the callbacks that are to be told so, each once */
  settle(): readonly C[] {
    const callbacks = this.#callbacks;
    if (callbacks === undefined) return NO_CALLBACKS;
    const settled = callbacks.filter(({ number }) => number <= this.#taken);
    this.#callbacks = settled.length === callbacks.length ? undefined : callbacks.slice(settled.length);
    return settled.map(({ callback }) => callback);
  }

  /** What a packet counts for. */
  protected measure(packet: OutgoingPacket): number {
    return lengthOf(packet);
  }

  /** Forgets all packets and callbacks. */
  clear(): void {
    this.#packets = [];
    this.#length = 0;
    this.#callbacks = undefined;
  }
}
