/** What a node sends: items are numbered by channel, batched by turn of the loop, and kept for those who miss them. */
import { ClusterFrameSizeError } from "./errors.ts";
import { encodeFrame, encodeHead, FRAME_OVERHEAD, FrameKind, ITEM_OVERHEAD } from "./frame.ts";
import { Fifo } from "./fifo.ts";
import type { NodeId } from "./node-id.ts";
import { type SentFrame, SentFrames } from "./sent-frames.ts";

/** A batch is sent when it has so many bytes, and not before the end of the turn otherwise. */
const BATCH_BYTES = 64 * 1_024;

/** Above that, what a broker or a peer would have to take at once is refused: it would be lost there. */
const MAX_ITEM_BYTES = 16 * 1_024 * 1_024;

/** What is sent again at one request, at most; who misses more asks again. */
const RESEND_BYTES = 1_024 * 1_024;

/** Channels of which the number is known. Beyond it, the one that was silent for longest is forgotten. */
const MAX_CHANNELS = 65_536;

/** What was published to a channel. */
interface OutgoingChannel {
  readonly name: string;
  /** The number of the last item that has been sent. */
  head: number;
  /** The heartbeat that tells the others of `head`. */
  beat: number;
  /** Not sent yet. */
  items: Uint8Array[];
  itemBytes: number;
  /** What can be sent again, without holes, up to `head`. */
  readonly sent: Fifo<SentFrame>;
}

/** What a publisher needs of its node. */
export interface PublisherOwner {
  /** Hands a frame to the broker. */
  send(channel: string, frame: Uint8Array): void;
  /** Calls {@link Publisher.flush} at the end of this turn. */
  flushLater(): void;
}

/** All channels that one node publishes to. */
export class Publisher {
  readonly #node: NodeId;
  readonly #owner: PublisherOwner;
  readonly #sent: SentFrames;
  readonly #maxChannels: number;
  /** In the order in which they were published to last. */
  readonly #channels = new Map<string, OutgoingChannel>();
  /** Those with items that are not sent yet, in the order of their first item. */
  #waiting: OutgoingChannel[] = [];
  /** The highest number of a channel that was forgotten: one that comes back begins behind it. */
  #forgotten = 0;
  #beat = 0;

  constructor(node: NodeId, owner: PublisherOwner, ringBytes: number, maxChannels: number = MAX_CHANNELS) {
    this.#node = node;
    this.#owner = owner;
    this.#sent = new SentFrames(ringBytes);
    this.#maxChannels = maxChannels;
  }

  /** The bytes that are kept to be sent again. */
  get keptBytes(): number {
    return this.#sent.bytes;
  }

  /** The last heartbeat. */
  get beat(): number {
    return this.#beat;
  }

  /** Publishes an item. It is sent with others, at the end of this turn at the latest. @throws ClusterFrameSizeError */
  publish(name: string, item: Uint8Array): void {
    if (item.length > MAX_ITEM_BYTES) throw new ClusterFrameSizeError(item.length, MAX_ITEM_BYTES);
    const channel = this.#channels.get(name) ?? this.#add(name);
    const size = item.length + ITEM_OVERHEAD;
    if (channel.itemBytes > 0 && channel.itemBytes + size > BATCH_BYTES - FRAME_OVERHEAD) this.flush();
    if (channel.items.length === 0) {
      if (this.#waiting.length === 0) this.#owner.flushLater();
      this.#waiting.push(channel);
    }
    channel.items.push(item);
    channel.itemBytes += size;
  }

  /** Sends what waits. */
  flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const channel of waiting) this.#send(channel);
  }

  /** The heads that a heartbeat tells: those of channels that were published to since the last one. @returns its number, too */
  nextHeartbeat(): { readonly beat: number; readonly heads: Uint8Array[] } {
    const heads = this.#headsSince(this.#beat);
    return { beat: ++this.#beat, heads };
  }

  /** The heads of channels that were published to after a heartbeat. */
  headsSince(beat: number): { readonly beat: number; readonly heads: Uint8Array[] } {
    return { beat: this.#beat, heads: this.#headsSince(beat) };
  }

  /** The number of the last item of a channel. */
  headOf(name: string): number {
    return this.#channels.get(name)?.head ?? this.#forgotten;
  }

  /** Sends items again, as many as there is room for in one answer. @returns the first number that is still kept */
  resend(name: string, from: number, to: number, target: string): number {
    const sent = this.#channels.get(name)?.sent;
    const firstKept = sent?.at(0)?.first ?? this.headOf(name) + 1;
    let bytes = 0;
    for (let index = sent === undefined ? 0 : indexOf(sent, from); bytes < RESEND_BYTES; index++) {
      const frame = sent?.at(index);
      if (frame === undefined || frame.first > to) break;
      this.#owner.send(target, frame.bytes);
      bytes += frame.bytes.length;
    }
    return firstKept;
  }

  #send(channel: OutgoingChannel): void {
    const { name, items } = channel;
    const first = channel.head + 1;
    const bytes = encodeFrame(FrameKind.DATA, this.#node, name, first, items);
    channel.head += items.length;
    channel.beat = this.#beat + 1;
    channel.items = [];
    channel.itemBytes = 0;
    this.#channels.delete(name); // behind all others
    this.#channels.set(name, channel);
    this.#sent.add({ ofChannel: channel.sent, first, last: channel.head, bytes });
    this.#owner.send(name, bytes);
  }

  #headsSince(beat: number): Uint8Array[] {
    const heads: Uint8Array[] = [];
    for (const { name, head, beat: changed } of this.#channels.values()) {
      if (changed > beat) heads.push(encodeHead(name, head));
    }
    return heads;
  }

  #add(name: string): OutgoingChannel {
    if (this.#channels.size >= this.#maxChannels) this.#forgetOne();
    const channel: OutgoingChannel = {
      name,
      // Who heard of it before must not take new items for old ones; a gap is reported there, though perhaps none is.
      head: this.#forgotten,
      beat: 0,
      items: [],
      itemBytes: 0,
      sent: new Fifo(),
    };
    this.#channels.set(name, channel);
    return channel;
  }

  #forgetOne(): void {
    for (const [name, channel] of this.#channels) {
      if (channel.items.length > 0) continue;
      this.#channels.delete(name);
      this.#forgotten = Math.max(this.#forgotten, channel.head);
      return;
    }
  }
}

/** The place of the first frame that has items from a number on. By halves: a ring has many. */
function indexOf(sent: Fifo<SentFrame>, from: number): number {
  let low = 0;
  let high = sent.size;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sent.at(middle)!.last < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
