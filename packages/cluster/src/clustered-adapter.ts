/** The adapter of a namespace on a node of the cluster. What it does with others is the ClusterAdapter's; how it reaches them, the node's. */
import {
  type AdapterNamespace,
  type BroadcastFlags,
  type BroadcastOptions,
  ClusterAdapter,
  type ClusterMessage,
  type ClusterResponse,
  type Room,
  type ServerId,
  type SocketId,
} from "@telsiz/adapter";
import type { EventPacket } from "@telsiz/parser";
import { channelOfNode, channelOfRoom, EVERYBODY } from "./channel.ts";
import type { NodeId } from "./node-id.ts";
import {
  decodeBroadcast,
  encodeBroadcast,
  encodeMessage,
  type ItemHeader,
  ItemKind,
  type Messages,
} from "./item.ts";

/** How long the other nodes may take to answer, in milliseconds. */
const REQUEST_TIMEOUT_MS = 2_000;

/**
 * How long other nodes may take to listen to a room that their sockets were put into from here, in milliseconds. Until
 * then it gets its broadcasts as the order to join came: behind it, by the channel of all.
 */
const JOINING_MS = 5_000;

/** What is published to a room's channel needs no rooms. */
const NO_ROOMS: ReadonlySet<Room> = new Set();

/** What an adapter sees of its node. */
export interface AdapterNode {
  /** Its id. */
  readonly id: NodeId;
  /** The other nodes that are not known to be gone. */
  readonly others: NodeId[];
  /** What time it is, in milliseconds. */
  now(): number;
  /** Whether a socket with this id is one of this node. */
  owns(id: SocketId): boolean;
  /** The other node that a socket of this id is on, if it may still be there. */
  ownerOf(id: SocketId): NodeId | undefined;
  /** An adapter begins. */
  attach(adapter: ClusteredAdapter): void;
  /** An adapter ends. */
  detach(adapter: ClusteredAdapter): void;
  /** Publishes an item to a channel. @throws ClusterFrameSizeError */
  publish(channel: string, item: Uint8Array): void;
  /** A room has a first member here. @returns when what others send to it comes for certain; nothing if it does already */
  follow(channel: string, adapter: ClusteredAdapter, room: Room): Promise<void> | undefined;
  /** A room has no member here any more. */
  unfollow(channel: string): void;
}

/** Rooms and delivery of one namespace on all nodes. */
export class ClusteredAdapter extends ClusterAdapter {
  readonly #node: AdapterNode;
  /** Rooms that sockets of other nodes were put into from here, and until when to go around their channels. */
  readonly #joining = new Map<Room, number>();

  constructor(nsp: AdapterNamespace, node: AdapterNode) {
    super(nsp, { uid: node.id, requestTimeout: REQUEST_TIMEOUT_MS });
    this.#node = node;
  }

  override init(): void {
    this.#node.attach(this);
  }

  override close(): void {
    this.#node.detach(this);
    for (const room of this.rooms.keys()) this.#unfollow(room);
    void super.close();
  }

  override serverCount(): Promise<number> {
    return Promise.resolve(1 + this.#node.others.length);
  }

  /** Resolves when what other nodes send to the rooms comes for certain. */
  override addAll(id: SocketId, rooms: ReadonlySet<Room>): Promise<void> | void {
    let ready: Promise<void>[] | undefined;
    for (const room of rooms) {
      const followed = this.#follow(room);
      if (followed !== undefined) (ready ??= []).push(followed);
    }
    void super.addAll(id, rooms);
    if (ready !== undefined) return Promise.all(ready).then(() => undefined);
  }

  override del(id: SocketId, room: Room): Promise<void> | void {
    void super.del(id, room);
    if (!this.rooms.has(room)) this.#unfollow(room);
  }

  override delAll(id: SocketId): void {
    const rooms = [...(this.socketRooms(id) ?? [])];
    void super.delAll(id);
    for (const room of rooms) if (!this.rooms.has(room)) this.#unfollow(room);
  }

  override broadcast(packet: EventPacket, options: BroadcastOptions): void {
    const { flags = {} } = options;
    const delivery = this.nsp._prepare(packet, flags); // what cannot be encoded goes nowhere
    this.deliver(delivery, options);
    if (flags.local === true) return;
    try {
      this.publishBroadcast(options, this.nsp._messagesOf(delivery));
    } catch (error) {
      this.report(error, "broadcast"); // the clients of this node have it
    }
  }

  override addSockets(options: BroadcastOptions, rooms: readonly Room[]): Promise<void> | void {
    if (options.flags?.local !== true) this.#expectJoins(rooms);
    return super.addSockets(options, rooms);
  }

  /** Another node broadcasts. @param rooms the room of the channel, if it has one */
  receiveBroadcast(item: Buffer, header: ItemHeader, rooms?: BroadcastOptions): void {
    const { options, flags, messages } = decodeBroadcast(item, header, rooms?.rooms);
    this.deliverForeign(messages, flags, options ?? rooms ?? { rooms: NO_ROOMS });
  }

  /** A node has gone: nobody waits for it. */
  forgetNode(uid: ServerId): void {
    this.onServerGone(uid);
  }

  /** A node has no such namespace: nobody waits for its response. */
  forgetRequest(uid: ServerId, requestId: string): void {
    this.onServerAbsent(uid, requestId);
  }

  protected override knownServers(): Iterable<ServerId> {
    return this.#node.others;
  }

  protected override doPublish(message: ClusterMessage): Promise<void> {
    const isRequest = "data" in message && "requestId" in message.data;
    const kind = isRequest ? ItemKind.REQUEST : ItemKind.MESSAGE;
    this.#node.publish(EVERYBODY, encodeMessage(kind, this.nsp.name, message));
    return Promise.resolve();
  }

  protected override doPublishResponse(requester: ServerId, response: ClusterResponse): void {
    const item = encodeMessage(ItemKind.RESPONSE, this.nsp.name, response);
    this.#node.publish(channelOfNode(requester), item);
  }

  /** Hands a broadcast of another node to the clients of this one. */
  protected deliverForeign(messages: Messages, flags: BroadcastFlags, options: BroadcastOptions): void {
    this.deliver(this.nsp._restore(messages, flags), options);
  }

  /** To those who may have members of the rooms: those who listen to the room, if it is one. @throws ClusterFrameSizeError */
  protected publishBroadcast(options: BroadcastOptions, messages: Messages): void {
    const channel = this.#channelFor(options.rooms);
    if (channel === undefined) {
      return this.#node.publish(EVERYBODY, encodeBroadcast(this.nsp.name, options, messages));
    }
    this.#node.publish(channel, encodeBroadcast("", { ...options, rooms: NO_ROOMS }, messages));
    // The room of a socket has no channel where the socket is. Elsewhere others may be in it all the same.
    const [room] = options.rooms;
    const owner = this.#node.ownerOf(room!);
    if (owner === undefined) return;
    this.#node.publish(channelOfNode(owner), encodeBroadcast(this.nsp.name, options, messages));
  }

  #channelFor(rooms: ReadonlySet<Room>): string | undefined {
    if (rooms.size !== 1) return undefined;
    const [room] = rooms;
    return this.#isJoining(room!) ? undefined : channelOfRoom(this.nsp.name, room!);
  }

  #expectJoins(rooms: readonly Room[]): void {
    const now = this.#node.now();
    for (const [room, until] of this.#joining) {
      if (until > now) break; // those behind it are newer
      this.#joining.delete(room);
    }
    for (const room of rooms) {
      this.#joining.delete(room);
      this.#joining.set(room, now + JOINING_MS);
    }
  }

  #isJoining(room: Room): boolean {
    if (this.#joining.size === 0) return false;
    const until = this.#joining.get(room);
    if (until === undefined || until > this.#node.now()) return until !== undefined;
    this.#joining.delete(room);
    return false;
  }

  #follow(room: Room): Promise<void> | undefined {
    if (this.#node.owns(room)) return undefined; // what is for it comes by the channel of this node
    const channel = channelOfRoom(this.nsp.name, room);
    return channel === undefined ? undefined : this.#node.follow(channel, this, room);
  }

  #unfollow(room: Room): void {
    const channel = channelOfRoom(this.nsp.name, room);
    if (channel !== undefined) this.#node.unfollow(channel);
  }
}
