/** Keeps packets in order while a Blob among them is being read, which takes time. */
import type { OutgoingPacket } from "../shared/packet.ts";
import type { SendCallback } from "../shared/send-queue.ts";
import type { BlobLike } from "./binary.ts";

/** Something on its way to the send queue. */
export interface LaneItem {
  /** Either a Blob, which becomes a packet by `wrap`, or a packet. */
  readonly content: BlobLike | OutgoingPacket;
  readonly wrap: (bytes: Uint8Array) => OutgoingPacket;
  readonly callback: SendCallback | undefined;
}

/** Whom the lane leads to. */
export interface LaneOwner {
  onPacketReady(packet: OutgoingPacket, callback: SendCallback | undefined): void;
  /** A Blob cannot be read. What follows it stays in the lane. */
  onBlobError(error: unknown): void;
}

/** First in, first out; idle unless a Blob is being read. */
export class BlobLane {
  readonly #owner: LaneOwner;
  #items: LaneItem[] = [];

  constructor(owner: LaneOwner) {
    this.#owner = owner;
  }

  /** Whether something waits, so that what comes next has to wait behind it. */
  get busy(): boolean {
    return this.#items.length > 0;
  }

  push(item: LaneItem): void {
    this.#items.push(item);
    if (this.#items.length === 1) void this.#advance();
  }

  clear(): void {
    this.#items = [];
  }

  async #advance(): Promise<void> {
    for (let item = this.#items[0]; item !== undefined; item = this.#items[0]) {
      const packet = await this.#read(item);
      if (packet === undefined || this.#items[0] !== item) return;
      this.#items.shift();
      this.#owner.onPacketReady(packet, item.callback);
    }
  }

  async #read({ content, wrap }: LaneItem): Promise<OutgoingPacket | undefined> {
    if (typeof content === "string" || !("arrayBuffer" in content)) return content;
    try {
      return wrap(new Uint8Array(await content.arrayBuffer()));
    } catch (error) {
      this.#owner.onBlobError(error);
      return undefined;
    }
  }
}
