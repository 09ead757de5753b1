/** What a node has published, as long as there is room for it: others may ask for it again. */
import { Fifo } from "./fifo.ts";

/** A frame of data that was published. */
export interface SentFrame {
  /** Where it is kept beside others of its channel. */
  readonly ofChannel: Fifo<SentFrame>;
  /** The number of its first item. */
  readonly first: number;
  /** The number of its last item. */
  readonly last: number;
  /** The frame. */
  readonly bytes: Uint8Array;
}

/** A ring: when it is full, the oldest frames go, of whichever channel. */
export class SentFrames {
  readonly #maxBytes: number;
  readonly #frames = new Fifo<SentFrame>();
  #bytes = 0;

  /** @param maxBytes of all frames together; the last frame is kept even if it is larger */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The bytes that it keeps. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps a frame. */
  add(frame: SentFrame): void {
    this.#frames.push(frame);
    frame.ofChannel.push(frame);
    this.#bytes += frame.bytes.length;
    while (this.#bytes > this.#maxBytes && this.#frames.size > 1) this.#dropOldest();
  }

  #dropOldest(): void {
    const oldest = this.#frames.shift()!;
    oldest.ofChannel.shift(); // in both queues the order is that of publishing
    this.#bytes -= oldest.bytes.length;
  }
}
