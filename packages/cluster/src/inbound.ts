/** What comes from other nodes: in the order of each publisher, once, and asked for again where it is missing. */
import type { Cancel, Clock } from "./clock.ts";
import { Cursor, type HeldBytes } from "./cursor.ts";
import { NO_CHANNEL } from "./channel.ts";
import { decodeHead, encodeFrame, encodeNumber, forEachItem, type Frame, FrameKind } from "./frame.ts";
import type { ChannelGap } from "./gap.ts";
import type { NodeId } from "./node-id.ts";
import { REPAIR_MS } from "./timing.ts";

/** What is held of all publishers together, in bytes, while something before it is missing. */
const HELD_BYTES = 8 * 1_024 * 1_024;

/** The names of channels that are asked for in one frame. */
const ASK_NAMES = 1_000;

/** One publisher's part of one channel. */
interface Feed {
  readonly publisher: RemotePublisher;
  readonly channel: string;
  readonly cursor: Cursor;
  /** Answers to questions before this one are older than the feed. */
  readonly question: number;
  /** What was asked for again, up to here. */
  askedTo: number;
}

/** Another node, as far as it publishes. */
interface RemotePublisher {
  readonly node: NodeId;
  /** The last heartbeat up to which all heads are known. */
  beat: number | undefined;
  readonly feeds: Map<string, Feed>;
}

/** A channel that is listened to. */
interface Followed {
  /** Publishers that have not said yet where they are. */
  readonly awaited: Set<NodeId>;
  /** Called when none is awaited any more. */
  readonly onReady: () => void;
}

/** What it needs of its node. */
export interface InboundOwner {
  readonly clock: Clock;
  /** The node's own id. */
  readonly node: NodeId;
  /** Sends a frame to one node. */
  sendTo(node: NodeId, frame: Uint8Array): void;
  /** Sends a frame to all nodes. */
  sendToAll(frame: Uint8Array): void;
  /** An item, in its order. */
  onItem(node: NodeId, channel: string, item: Buffer): void;
  /** Something is lost. */
  onGap(gap: ChannelGap): void;
}

/** All publishers but this node. */
export class Inbound {
  readonly #owner: InboundOwner;
  readonly #publishers = new Map<NodeId, RemotePublisher>();
  readonly #followed = new Map<string, Followed>();
  readonly #held: HeldBytes = { bytes: 0, limit: HELD_BYTES };
  /** Channels that all are to be asked for at the end of the turn. */
  #toAsk: string[] = [];
  #question = 0;
  /** Feeds that lack something, or have not begun. */
  readonly #troubled = new Set<Feed>();
  #repair: Cancel | undefined;

  constructor(owner: InboundOwner) {
    this.#owner = owner;
  }

  /** A node is there. @param fresh whether it has only begun: it has published nothing that this node could have missed */
  meet(node: NodeId, fresh: boolean): void {
    if (this.#publishers.has(node)) return;
    const publisher: RemotePublisher = { node, beat: fresh ? 0 : undefined, feeds: new Map() };
    this.#publishers.set(node, publisher);
    for (const [channel, followed] of this.#followed) {
      const feed = this.#addFeed(publisher, channel);
      if (fresh) feed.cursor.begin(0);
      else {
        followed.awaited.add(node);
        this.#troubled.add(feed);
      }
    }
    if (!fresh) this.#askAgain();
  }

  /** Listens to a channel from now on. Resolves when all nodes that are known have said where they are. */
  follow(channel: string): Promise<void> {
    return new Promise((resolve) => {
      const awaited = new Set(this.#publishers.keys());
      this.#followed.set(channel, { awaited, onReady: resolve });
      if (awaited.size === 0) return resolve();
      for (const publisher of this.#publishers.values()) {
        this.#troubled.add(this.#addFeed(publisher, channel));
      }
      if (this.#toAsk.length === 0) this.#owner.clock.atTurnEnd(() => this.#askAll());
      this.#toAsk.push(channel);
    });
  }

  /** Listens to a channel no more. */
  unfollow(channel: string): void {
    const followed = this.#followed.get(channel);
    this.#followed.delete(channel);
    for (const { feeds } of this.#publishers.values()) this.#removeFeed(feeds, channel);
    followed?.onReady();
  }

  /** A node does not answer any more: nobody waits for it. */
  abandon(node: NodeId): void {
    for (const followed of this.#followed.values()) this.#settle(followed, node);
  }

  /** A node will not go on: what is missing of it is lost. */
  forget(node: NodeId): void {
    const publisher = this.#publishers.get(node);
    if (publisher === undefined) return;
    this.#publishers.delete(node);
    for (const feed of publisher.feeds.values()) {
      feed.cursor.beginHere();
      this.#reportLost(feed, feed.cursor.giveUp(), "down");
      this.#removeFeed(publisher.feeds, feed.channel);
    }
    this.abandon(node);
  }

  /** Items came. */
  onData(frame: Frame): void {
    const feed = this.#feedOf(frame);
    if (feed === undefined) return; // what was listened to is still on its way
    feed.cursor.receive(frame);
    this.#check(feed);
  }

  /** A node tells how far it is in channels that it published to since its last heartbeat. */
  onHeartbeat(frame: Frame): void {
    const publisher = this.#publishers.get(frame.node);
    if (publisher === undefined) return;
    this.#learnHeads(publisher, frame);
    if (publisher.beat === undefined) return; // met in the middle: the answer to what is asked of it tells
    if (frame.first === publisher.beat + 1) publisher.beat = frame.first;
    else if (frame.first > publisher.beat) this.sync(frame.node);
  }

  /** A node tells its last heads. @returns whether all before them are known, so that what is missing is known, too */
  onLeave(frame: Frame): boolean {
    const publisher = this.#publishers.get(frame.node);
    if (publisher === undefined) return true; // nothing of it was awaited
    this.#learnHeads(publisher, frame);
    return publisher.beat === frame.first - 1 && !this.#awaits(publisher);
  }

  /** Asks a node for its heads since the last heartbeat that came. */
  sync(node: NodeId): void {
    const beat = this.#publishers.get(node)?.beat ?? 0;
    this.#owner.sendTo(node, encodeFrame(FrameKind.SYNC, this.#owner.node, "", beat));
  }

  /** A node answers {@link sync}. */
  onSynced(frame: Frame): void {
    const publisher = this.#publishers.get(frame.node);
    if (publisher === undefined) return;
    this.#learnHeads(publisher, frame);
    publisher.beat = Math.max(publisher.beat ?? 0, frame.first);
  }

  /** A node says where it is in channels that were asked for. */
  onHeads(frame: Frame): void {
    const publisher = this.#publishers.get(frame.node);
    if (publisher === undefined) return;
    forEachItem(frame, 0, (item) => {
      const { channel, seq } = decodeHead(item);
      if (channel === NO_CHANNEL) publisher.beat ??= seq;
      const feed = publisher.feeds.get(channel);
      if (feed === undefined || frame.first < feed.question) return;
      feed.cursor.begin(seq);
      this.#settle(this.#followed.get(channel), frame.node);
      this.#check(feed);
    });
  }

  /** What is before a number is not kept any more. */
  onGone(frame: Frame): void {
    const feed = this.#feedOf(frame);
    if (feed === undefined) return;
    this.#reportLost(feed, feed.cursor.skipTo(frame.first), "overrun");
    this.#check(feed);
  }

  /** Ends all that waits. */
  close(): void {
    this.#repair?.();
    this.#repair = undefined;
    this.#troubled.clear();
    for (const channel of [...this.#followed.keys()]) this.unfollow(channel);
    this.#publishers.clear();
  }

  /** Whether it is not known where a publisher is in some channel. */
  #awaits({ feeds }: RemotePublisher): boolean {
    for (const { cursor } of feeds.values()) if (!cursor.begun) return true;
    return false;
  }

  #feedOf({ node, channel }: Frame): Feed | undefined {
    return this.#publishers.get(node)?.feeds.get(channel);
  }

  #addFeed(publisher: RemotePublisher, channel: string): Feed {
    const { node } = publisher;
    const deliver = (frame: Frame, from: number): void => {
      forEachItem(frame, from, (item) => this.#owner.onItem(node, channel, item));
    };
    const cursor = new Cursor(this.#held, deliver);
    const feed: Feed = { publisher, channel, cursor, question: this.#question + 1, askedTo: 0 };
    publisher.feeds.set(channel, feed);
    return feed;
  }

  #removeFeed(feeds: Map<string, Feed>, channel: string): void {
    const feed = feeds.get(channel);
    if (feed === undefined) return;
    feed.cursor.close();
    feeds.delete(channel);
    this.#troubled.delete(feed);
  }

  #learnHeads(publisher: RemotePublisher, frame: Frame): void {
    forEachItem(frame, 0, (item) => {
      const { channel, seq } = decodeHead(item);
      const feed = publisher.feeds.get(channel);
      if (feed === undefined) return;
      feed.cursor.learnHead(seq);
      this.#check(feed);
    });
  }

  /** Asks for what is missing of a feed, once at once and then from time to time. */
  #check(feed: Feed): void {
    const { missing, begun } = feed.cursor;
    if (missing === undefined) {
      if (begun) this.#troubled.delete(feed);
      return;
    }
    if (missing.to > feed.askedTo) this.#askFor(feed, missing.from, missing.to);
    this.#troubled.add(feed);
    this.#repairLater();
  }

  #askFor(feed: Feed, from: number, to: number): void {
    feed.askedTo = to;
    const { node } = this.#owner;
    const items = [encodeNumber(to)];
    this.#owner.sendTo(feed.publisher.node, encodeFrame(FrameKind.NAK, node, feed.channel, from, items));
  }

  #reportLost({ publisher, channel }: Feed, lost: number, reason: ChannelGap["reason"]): void {
    if (lost > 0) this.#owner.onGap({ node: publisher.node, channel, lost, reason });
  }

  #settle(followed: Followed | undefined, node: NodeId): void {
    if (followed?.awaited.delete(node) === true && followed.awaited.size === 0) followed.onReady();
  }

  /** All nodes are asked where they are in channels that are new here. */
  #askAll(): void {
    const channels = this.#toAsk;
    this.#toAsk = [];
    this.#ask(channels, (frame) => this.#owner.sendToAll(frame));
    this.#repairLater();
  }

  /** Nodes that have not said where they are, and those of which something is missing, are asked again. */
  #askAgain(): void {
    const unknown = new Map<NodeId, string[]>();
    for (const feed of this.#troubled) {
      const { publisher, channel, cursor } = feed;
      if (cursor.begun) {
        const { missing } = cursor;
        if (missing === undefined) this.#troubled.delete(feed);
        else this.#askFor(feed, missing.from, missing.to);
      } else {
        const channels = unknown.get(publisher.node);
        if (channels === undefined) unknown.set(publisher.node, [channel]);
        else channels.push(channel);
      }
    }
    for (const [node, channels] of unknown) this.#ask(channels, (frame) => this.#owner.sendTo(node, frame));
    this.#repairLater();
  }

  #ask(channels: readonly string[], send: (frame: Uint8Array) => void): void {
    for (let at = 0; at < channels.length; at += ASK_NAMES) {
      const names = channels.slice(at, at + ASK_NAMES).map((name) => Buffer.from(name));
      send(encodeFrame(FrameKind.ASK, this.#owner.node, "", ++this.#question, names));
    }
  }

  #repairLater(): void {
    if (this.#troubled.size === 0) return;
    this.#repair ??= this.#owner.clock.after(REPAIR_MS, () => {
      this.#repair = undefined;
      this.#askAgain();
    });
  }
}
