/** A server as a node of the cluster: hands what comes to the adapters of its namespaces. */
import type {
  AdapterNamespace,
  BroadcastOptions,
  ClusterGap,
  ClusterReports,
  NamespaceAdapter,
  Room,
  ServerCluster,
  SocketId,
} from "@telsiz/adapter";
import type { Broker } from "./broker.ts";
import { channelOfNode, isRoomChannel } from "./channel.ts";
import { type Clock, systemClock } from "./clock.ts";
import { Cluster, type ClusterListener } from "./cluster.ts";
import { type AdapterNode, ClusteredAdapter } from "./clustered-adapter.ts";
import type { ChannelGap } from "./gap.ts";
import { decodeHeader, decodeMessage, encodeMessage, type ItemHeader, ItemKind } from "./item.ts";
import type { NodeId } from "./node-id.ts";
import { newSocketId, ownerIn } from "./socket-id.ts";
import type { ClusterOptions } from "./timing.ts";

/** A room that sockets of this node are in. */
interface FollowedRoom {
  readonly adapter: ClusteredAdapter;
  readonly room: Room;
  /** The room alone, as a broadcast selects it. */
  readonly options: BroadcastOptions;
}

/** The place of one server in a cluster. */
export class ClusterNode implements ServerCluster, ClusterListener, AdapterNode {
  readonly #clock: Clock;
  readonly #cluster: Cluster;
  readonly #adapters = new Map<string, ClusteredAdapter>();
  /** By their channels. */
  readonly #rooms = new Map<string, FollowedRoom>();
  #reports: ClusterReports | undefined;

  /** @throws OptionError */
  constructor(broker: Broker, options: ClusterOptions = {}, clock: Clock = systemClock) {
    this.#clock = clock;
    this.#cluster = new Cluster(broker, this, options, clock);
  }

  get id(): NodeId {
    return this.#cluster.node;
  }

  get others(): NodeId[] {
    return this.#cluster.others;
  }

  // For the server

  open(reports: ClusterReports): void {
    this.#reports = reports;
    this.#cluster.open().catch((error: unknown) => this.onError(error));
  }

  close(): Promise<void> {
    return this.#cluster.close();
  }

  adapterOf(nsp: AdapterNamespace): NamespaceAdapter {
    return new ClusteredAdapter(nsp, this);
  }

  newSocketId(): SocketId {
    return newSocketId(this.id);
  }

  // For the adapters

  now(): number {
    return this.#clock.now();
  }

  owns(id: SocketId): boolean {
    const own = ownerIn(id);
    return own !== undefined && this.id.startsWith(own);
  }

  ownerOf(id: SocketId): NodeId | undefined {
    const own = ownerIn(id);
    return own === undefined ? undefined : this.#cluster.find(own);
  }

  attach(adapter: ClusteredAdapter): void {
    this.#adapters.set(adapter.nsp.name, adapter);
  }

  detach(adapter: ClusteredAdapter): void {
    if (this.#adapters.get(adapter.nsp.name) === adapter) this.#adapters.delete(adapter.nsp.name);
  }

  publish(channel: string, item: Uint8Array): void {
    this.#cluster.publish(channel, item);
  }

  follow(channel: string, adapter: ClusteredAdapter, room: Room): Promise<void> | undefined {
    if (this.#rooms.get(channel)?.adapter !== adapter) {
      this.#rooms.set(channel, { adapter, room, options: { rooms: new Set([room]) } });
    }
    return this.#cluster.subscribe(channel);
  }

  unfollow(channel: string): void {
    if (this.#rooms.delete(channel)) this.#cluster.unsubscribe(channel);
  }

  // From the cluster

  onItem(node: NodeId, channel: string, item: Buffer): void {
    try {
      const header = decodeHeader(item);
      if (header.kind === ItemKind.BROADCAST) this.#receiveBroadcast(channel, item, header);
      else this.#receiveMessage(node, item, header);
    } catch (error) {
      this.onError(error); // of an item that is none; those behind it are good
    }
  }

  onGap({ node, channel, lost, reason }: ChannelGap): void {
    const followed = channel === undefined ? undefined : this.#rooms.get(channel);
    if (channel !== undefined && isRoomChannel(channel) && followed === undefined) return; // nobody here waits for it
    const gap: ClusterGap = {
      node,
      namespace: followed?.adapter.nsp.name,
      room: followed?.room,
      lost,
      reason,
    };
    this.#reports?.onGap(gap);
  }

  onNodeDown(node: NodeId): void {
    for (const adapter of this.#adapters.values()) adapter.forgetNode(node);
  }

  onError(error: unknown): void {
    this.#reports?.onError(error);
  }

  #receiveBroadcast(channel: string, item: Buffer, header: ItemHeader): void {
    if (header.nsp !== "") return this.#adapters.get(header.nsp)?.receiveBroadcast(item, header);
    const followed = this.#rooms.get(channel); // none while the channel lingers
    followed?.adapter.receiveBroadcast(item, header, followed.options);
  }

  #receiveMessage(node: NodeId, item: Buffer, header: ItemHeader): void {
    const adapter = this.#adapters.get(header.nsp);
    const value = decodeMessage(item, header);
    if (adapter === undefined) {
      if (header.kind === ItemKind.REQUEST) this.#answerAbsent(node, header, value);
    } else if (header.kind === ItemKind.RESPONSE) adapter.onResponse(value);
    else if (header.kind === ItemKind.ABSENT) adapter.forgetRequest(node, String(value));
    else adapter.onMessage(value);
  }

  #answerAbsent(node: NodeId, { nsp }: ItemHeader, value: unknown): void {
    const { data } = value as { readonly data?: { readonly requestId?: unknown } };
    this.publish(channelOfNode(node), encodeMessage(ItemKind.ABSENT, nsp, data?.requestId));
  }
}
