/** One node among others: what it publishes reaches them in order and once, or a gap is reported. */
import type { Broker, BrokerSink } from "./broker.ts";
import { channelOfNode, EVERYBODY, NO_CHANNEL } from "./channel.ts";
import { type Cancel, type Clock, systemClock } from "./clock.ts";
import {
  decodeFrame,
  decodeNumber,
  encodeFrame,
  encodeHead,
  forEachItem,
  type Frame,
  FrameKind,
} from "./frame.ts";
import type { ChannelGap } from "./gap.ts";
import { Inbound, type InboundOwner } from "./inbound.ts";
import { Members, type MembersOwner } from "./members.ts";
import { newNodeId, nextIncarnation, type NodeId } from "./node-id.ts";
import { Publisher, type PublisherOwner } from "./publisher.ts";
import { Subscriptions, type SubscriptionsOwner } from "./subscriptions.ts";
import { type ClusterOptions, type Timing, timingOf } from "./timing.ts";

/** What is asked of a node that is not open waits until it is. */
const NEVER = new Promise<void>(() => {
  // nothing settles it
});

/** Who uses a node of the cluster. */
export interface ClusterListener {
  /** An item that another node published to a channel that this one listens to. */
  onItem(node: NodeId, channel: string, item: Buffer): void;
  /** Something that another node published is lost, or may be. */
  onGap(gap: ChannelGap): void;
  /** A node has gone. */
  onNodeDown(node: NodeId): void;
  /** What the broker reports, and frames that are none. */
  onError(error: unknown): void;
}

/** A node of a cluster. One for each process is enough. */
export class Cluster implements BrokerSink, PublisherOwner, InboundOwner, SubscriptionsOwner, MembersOwner {
  readonly clock: Clock;
  readonly #broker: Broker;
  readonly #timing: Timing;
  readonly #listener: ClusterListener;
  #node: NodeId;
  #publisher: Publisher;
  #inbound: Inbound;
  #members: Members;
  #subscriptions: Subscriptions;
  /** Set while it is open, or wants to be. */
  #opened: Promise<void> | undefined;
  /** Whether the broker is. */
  #isOpen = false;
  #timer: Cancel | undefined;

  /** @throws OptionError */
  constructor(
    broker: Broker,
    listener: ClusterListener,
    options: ClusterOptions = {},
    clock: Clock = systemClock,
  ) {
    this.clock = clock;
    this.#broker = broker;
    this.#listener = listener;
    this.#timing = timingOf(options);
    this.#node = newNodeId();
    this.#publisher = this.#newPublisher();
    this.#inbound = new Inbound(this);
    this.#members = this.#newMembers();
    this.#subscriptions = this.#newSubscriptions();
  }

  /** Its own id; another one after it was closed and opened again. */
  get node(): NodeId {
    return this.#node;
  }

  /** The other nodes that are not known to be gone. */
  get others(): NodeId[] {
    return this.#members.present;
  }

  /** The bytes of what it published that it keeps. */
  get keptBytes(): number {
    return this.#publisher.keptBytes;
  }

  /** Resolves when the broker is connected. */
  get opened(): Promise<void> {
    return this.#opened ?? NEVER;
  }

  /** Connects. A broker that cannot be reached is reported, and tried again. Resolves when this node has told the others of itself. */
  async open(): Promise<void> {
    const opened = (this.#opened ??= this.#connect());
    for (const channel of [EVERYBODY, channelOfNode(this.#node)]) {
      void this.subscribe(channel);
      await this.#subscriptions.activeOf(channel);
    }
    if (this.#opened === opened) this.#tick();
  }

  /** Says farewell and disconnects. It may be opened again, as another node. */
  async close(): Promise<void> {
    if (this.#opened === undefined) return;
    this.#opened = undefined;
    this.#timer?.();
    this.#publisher.flush();
    const { beat, heads } = this.#publisher.nextHeartbeat();
    this.sendToAll(encodeFrame(FrameKind.LEAVE, this.#node, "", beat, heads));
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    this.#subscriptions.close();
    this.#inbound.close();
    this.#node = nextIncarnation(this.#node);
    this.#publisher = this.#newPublisher();
    this.#inbound = new Inbound(this);
    this.#members = this.#newMembers();
    this.#subscriptions = this.#newSubscriptions();
    if (wasOpen) await this.#broker.close();
  }

  /** Publishes an item to the nodes that listen to a channel. It leaves at the end of this turn. @throws ClusterFrameSizeError */
  publish(channel: string, item: Uint8Array): void {
    if (this.#opened !== undefined) this.#publisher.publish(channel, item);
  }

  /** Listens to a channel. @returns when what others publish comes for certain; nothing if it does already */
  subscribe(channel: string): Promise<void> | undefined {
    return this.#subscriptions.add(channel);
  }

  /** Listens to a channel no more, after a while. */
  unsubscribe(channel: string): void {
    this.#subscriptions.remove(channel);
  }

  /** Whether it listens to a channel. */
  listensTo(channel: string): boolean {
    return this.#subscriptions.has(channel);
  }

  /** The other node whose id begins so, if it may still be there, or come back. */
  find(beginning: string): NodeId | undefined {
    return this.#members.find(beginning);
  }

  /** The other node whose id begins so, if it is not known to be gone. */
  findPresent(beginning: string): NodeId | undefined {
    const node = this.#members.find(beginning);
    return node !== undefined && this.#members.isPresent(node) ? node : undefined;
  }

  // From the broker

  onFrame(bytes: Uint8Array): void {
    if (!this.#isOpen) return;
    try {
      const frame = decodeFrame(bytes);
      if (frame.node !== this.#node) this.#receive(frame);
    } catch (error) {
      this.#listener.onError(error);
    }
  }

  onError(error: unknown): void {
    this.#listener.onError(error);
  }

  onReturn(): void {
    if (this.#isOpen) this.#sendHeartbeat();
  }

  // From its parts

  send(channel: string, frame: Uint8Array): void {
    if (this.#isOpen) this.#broker.publish(channel, frame);
  }

  sendTo(node: NodeId, frame: Uint8Array): void {
    this.send(channelOfNode(node), frame);
  }

  sendToAll(frame: Uint8Array): void {
    this.send(EVERYBODY, frame);
  }

  flushLater(): void {
    const publisher = this.#publisher;
    this.clock.atTurnEnd(() => publisher.flush());
  }

  follow(channel: string): Promise<void> {
    return this.#inbound.follow(channel);
  }

  unfollow(channel: string): void {
    this.#inbound.unfollow(channel);
  }

  onItem(node: NodeId, channel: string, item: Buffer): void {
    this.#listener.onItem(node, channel, item);
  }

  onGap(gap: ChannelGap): void {
    this.#listener.onGap(gap);
  }

  onMet(node: NodeId, back: boolean): void {
    if (back) this.onGap({ node, channel: undefined, lost: undefined, reason: "return" });
  }

  onSuspect(node: NodeId): void {
    this.#inbound.sync(node); // who lives answers
  }

  onDown(node: NodeId, left: boolean): void {
    this.#inbound.abandon(node);
    if (!left) this.#reportDown(node);
    this.#listener.onNodeDown(node);
  }

  onForgotten(node: NodeId): void {
    this.#inbound.forget(node);
  }

  #receive(frame: Frame): void {
    const { kind, node } = frame;
    if (kind === FrameKind.LEAVE) return this.#onLeave(frame);
    this.#members.hear(node, this.clock.now());
    const isNew = kind === FrameKind.HEARTBEAT && frame.first === 1;
    this.#inbound.meet(node, isNew);
    switch (kind) {
      case FrameKind.DATA:
        return this.#inbound.onData(frame);
      case FrameKind.HEARTBEAT:
        if (isNew) this.#greet(node);
        return this.#inbound.onHeartbeat(frame);
      case FrameKind.ASK:
        return this.#answerAsk(frame);
      case FrameKind.HEADS:
        return this.#inbound.onHeads(frame);
      case FrameKind.SYNC:
        return this.#answerSync(frame);
      case FrameKind.SYNCED:
        return this.#inbound.onSynced(frame);
      case FrameKind.NAK:
        return this.#answerNak(frame);
      case FrameKind.GONE:
        return this.#inbound.onGone(frame);
    }
  }

  #onLeave(frame: Frame): void {
    const { node } = frame;
    const isKnown = this.#inbound.onLeave(frame);
    if (this.#members.leave(node, this.clock.now()) && !isKnown) this.#reportDown(node);
  }

  #reportDown(node: NodeId): void {
    this.onGap({ node, channel: undefined, lost: undefined, reason: "down" });
  }

  #answerAsk(frame: Frame): void {
    const heads: Buffer[] = [encodeHead(NO_CHANNEL, this.#publisher.beat)];
    forEachItem(frame, 0, (item) => {
      const channel = item.toString();
      heads.push(encodeHead(channel, this.#publisher.headOf(channel)));
    });
    this.sendTo(frame.node, encodeFrame(FrameKind.HEADS, this.#node, "", frame.first, heads));
  }

  #answerSync(frame: Frame): void {
    const { beat, heads } = this.#publisher.headsSince(frame.first);
    this.sendTo(frame.node, encodeFrame(FrameKind.SYNCED, this.#node, "", beat, heads));
  }

  #answerNak(frame: Frame): void {
    const { channel, first, node } = frame;
    let to = first;
    forEachItem(frame, 0, (item) => (to = decodeNumber(item)));
    const firstKept = this.#publisher.resend(channel, first, to, channelOfNode(node));
    if (firstKept > first) this.sendTo(node, encodeFrame(FrameKind.GONE, this.#node, channel, firstKept));
  }

  /** Lets a new node know of this one at once: it need not wait for the next heartbeat. */
  #greet(node: NodeId): void {
    this.sendTo(node, encodeFrame(FrameKind.ASK, this.#node, "", 0));
  }

  async #connect(): Promise<void> {
    for (;;) {
      try {
        await this.#broker.open(this);
        break;
      } catch (error) {
        this.#listener.onError(error);
      }
      await new Promise<void>((resolve) => this.clock.after(this.#timing.heartbeat, resolve));
      if (this.#opened === undefined) return;
    }
    if (this.#opened === undefined) await this.#broker.close();
    else this.#isOpen = true;
  }

  #tick(): void {
    this.#sendHeartbeat();
    this.#members.sweep(this.clock.now());
    this.#timer = this.clock.after(this.#timing.heartbeat, () => this.#tick());
  }

  #sendHeartbeat(): void {
    const { beat, heads } = this.#publisher.nextHeartbeat();
    this.sendToAll(encodeFrame(FrameKind.HEARTBEAT, this.#node, "", beat, heads));
  }

  #newPublisher(): Publisher {
    return new Publisher(this.#node, this, this.#timing.ringBytes);
  }

  #newMembers(): Members {
    return new Members(this.#timing, this, this.clock.now());
  }

  #newSubscriptions(): Subscriptions {
    const { linger, heartbeat } = this.#timing;
    return new Subscriptions(this.#broker, this, linger, heartbeat);
  }
}
