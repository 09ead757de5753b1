/** A server as a node of the cluster: hands what comes to the adapters of its namespaces. */
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type {
  AdapterNamespace,
  BroadcastOptions,
  ClusteredEngine,
  ClusterGap,
  ClusterReports,
  ClusterSessions,
  NamespaceAdapter,
  Room,
  RecoveryLimits,
  ServerCluster,
  SocketId,
} from "@telsiz/adapter";
import type { Broker } from "./broker.ts";
import { channelOfNode, isRoomChannel } from "./channel.ts";
import { type Clock, systemClock } from "./clock.ts";
import { Cluster, type ClusterListener } from "./cluster.ts";
import type { KeptSessions } from "./kept-sessions.ts";
import { ClusteredAdapter } from "./clustered-adapter.ts";
import type { ChannelGap } from "./gap.ts";
import { decodeHeader, decodeMessage, encodeMessage, type ItemHeader, ItemKind } from "./item.ts";
import type { NodeId } from "./node-id.ts";
import { PeerDoor, type PeerDoorOwner } from "./peer-door.ts";
import { type PeerOptions, resolvePeer } from "./peer-options.ts";
import { Peers } from "./peers.ts";
import { RecoveringAdapter } from "./recovering-adapter.ts";
import type { RecoveryNode } from "./recovery-node.ts";
import type { Way } from "./relay.ts";
import { SessionForwarder, type SessionForwarderOwner } from "./session-forwarder.ts";
import { newSocketId, ownerIn } from "./socket-id.ts";
import { type ClusterOptions, type Timing, timingOf } from "./timing.ts";
import type { Tunnel } from "./tunnel.ts";
import { Tunnels, type TunnelsOwner } from "./tunnels.ts";

const NO_CARD: Uint8Array = new Uint8Array(0);

/** A room that sockets of this node are in. */
interface FollowedRoom {
  readonly adapter: ClusteredAdapter;
  readonly room: Room;
  /** The room alone, as a broadcast selects it. */
  readonly options: BroadcastOptions;
}

/** The place of one server in a cluster. */
export class ClusterNode
  implements ServerCluster, ClusterListener, RecoveryNode, SessionForwarderOwner, TunnelsOwner, PeerDoorOwner
{
  readonly clock: Clock;
  readonly #cluster: Cluster;
  readonly #adapters = new Map<string, ClusteredAdapter>();
  /** By their channels. */
  readonly #rooms = new Map<string, FollowedRoom>();
  readonly #tunnels: Tunnels = new Tunnels(this);
  readonly #sessions: SessionForwarder = new SessionForwarder(this);
  readonly #peers: Peers = new Peers();
  readonly #peerOptions: Required<PeerOptions> | undefined;
  /** While it is open, if others are to reach it without the broker. */
  #door: PeerDoor | undefined;
  readonly #broker: Broker;
  readonly #timing: Timing;
  /** Until the others can have heard of this node, or it has tried for a while. */
  #joining: Promise<void> | undefined;
  /** Until this node can have heard of the others. */
  #meeting: Promise<void> | undefined;
  #reports: ClusterReports | undefined;

  /** @throws OptionError */
  constructor(broker: Broker, options: ClusterOptions = {}, clock: Clock = systemClock) {
    this.clock = clock;
    this.#broker = broker;
    this.#timing = timingOf(options);
    this.#peerOptions = options.peer && resolvePeer(options.peer);
    this.#cluster = new Cluster(broker, this, options, clock);
  }

  get id(): NodeId {
    return this.#cluster.node;
  }

  get others(): NodeId[] {
    return this.#cluster.others;
  }

  // For recovery

  get heartbeatMs(): number {
    return this.#timing.heartbeat;
  }

  get deadAfterMs(): number {
    return this.#timing.deadAfter;
  }

  get ringBytes(): number {
    return this.#timing.ringBytes;
  }

  get met(): Promise<void> | undefined {
    return this.#meeting;
  }

  onForgotten(namespace: string, lost: number | undefined): void {
    this.#reports?.onGap({ node: this.id, namespace, room: undefined, lost, reason: "history" });
  }

  // For the server

  open(reports: ClusterReports): void {
    this.#reports = reports;
    this.#door = this.#peerOptions && new PeerDoor(this.#peerOptions, this);
    this.#door?.open();
    const joined = this.#cluster.open().catch((error: unknown) => this.onError(error));
    const joining = (this.#joining = Promise.race([joined, this.#heartbeat()]));
    const meeting = (this.#meeting = joining.then(() => this.#heartbeat()));
    void joining.then(() => {
      if (this.#joining === joining) this.#joining = undefined;
    });
    void meeting.then(() => {
      if (this.#meeting === meeting) this.#meeting = undefined;
    });
  }

  close(): Promise<void> {
    this.#sessions.clear();
    this.#tunnels.close();
    this.#peers.close();
    this.#door?.close();
    return this.#cluster.close();
  }

  adapterOf(nsp: AdapterNamespace, recovery?: RecoveryLimits): NamespaceAdapter {
    const { log, kv } = this.#broker;
    if (recovery === undefined || log === undefined || kv === undefined)
      return new ClusteredAdapter(nsp, this);
    return new RecoveringAdapter(nsp, this, log, kv, recovery);
  }

  newSocketId(): SocketId {
    return newSocketId(this.id);
  }

  connect(engine: ClusteredEngine): ClusterSessions {
    this.#sessions.add(engine);
    return this.#sessions;
  }

  // For sessions that are elsewhere

  newSessionId(): string | Promise<string> {
    return this.#joining?.then(() => newSocketId(this.id)) ?? newSocketId(this.id);
  }

  findPresent(id: string): NodeId | undefined | Promise<NodeId | undefined> {
    const own = ownerIn(id);
    if (own === undefined || this.id.startsWith(own)) return undefined;
    const find = (): NodeId | undefined => this.#cluster.findPresent(own);
    return find() ?? this.#meeting?.then(find);
  }

  wayTo(node: NodeId): Way {
    const peer = this.#peers.find(node);
    if (peer !== undefined) return { agent: peer.agent };
    return { createConnection: () => this.#tunnels.open(node) };
  }

  async connectTo(node: NodeId): Promise<Duplex | undefined> {
    const socket = await this.#peers
      .find(node)
      ?.dial()
      .catch(() => undefined);
    return socket ?? this.#tunnels.connect(node);
  }

  get card(): Uint8Array {
    return this.#door?.card ?? NO_CARD;
  }

  onCard(node: NodeId, card: Buffer): void {
    this.#peers.learn(node, card);
  }

  onTunnel(tunnel: Tunnel): void {
    this.#sessions.take(tunnel);
  }

  onGuest(socket: Socket): void {
    this.#sessions.take(socket);
  }

  // For the adapters

  now(): number {
    return this.clock.now();
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
      if (header.kind === ItemKind.TUNNEL) this.#tunnels.receive(node, item.subarray(header.bodyAt));
      else if (header.kind === ItemKind.BROADCAST) this.#receiveBroadcast(channel, item, header);
      else this.#receiveMessage(node, item, header);
    } catch (error) {
      this.onError(error); // of an item that is none; those behind it are good
    }
  }

  onGap({ node, channel, lost, reason }: ChannelGap): void {
    if (channel === undefined || channel === channelOfNode(this.id)) this.#tunnels.abandon(node);
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
    this.#tunnels.abandon(node);
    this.#peers.forget(node);
    for (const adapter of this.#adapters.values()) adapter.forgetNode(node);
  }

  onError(error: unknown): void {
    this.#reports?.onError(error);
  }

  #heartbeat(): Promise<void> {
    return new Promise((resolve) => this.clock.after(this.heartbeatMs, resolve));
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
      if (header.kind === ItemKind.RELEASE) this.#answerReleased(node, header.nsp, String(value));
    } else if (header.kind === ItemKind.RESPONSE) adapter.onResponse(value);
    else if (header.kind === ItemKind.ABSENT) adapter.forgetRequest(node, String(value));
    else if (header.kind === ItemKind.RELEASE) this.#answerRelease(node, adapter, String(value));
    else if (header.kind === ItemKind.RELEASED) sessionsOf(adapter)?.onReleased(node, String(value));
    else adapter.onMessage(value);
  }

  #answerAbsent(node: NodeId, { nsp }: ItemHeader, value: unknown): void {
    const { data } = value as { readonly data?: { readonly requestId?: unknown } };
    this.publish(channelOfNode(node), encodeMessage(ItemKind.ABSENT, nsp, data?.requestId));
  }
  #answerRelease(node: NodeId, adapter: ClusteredAdapter, pid: string): void {
    const sessions = sessionsOf(adapter);
    if (sessions === undefined) return this.#answerReleased(node, adapter.nsp.name, pid);
    void sessions.release(pid).then(() => this.#answerReleased(node, adapter.nsp.name, pid));
  }

  #answerReleased(node: NodeId, nsp: string, pid: string): void {
    this.publish(channelOfNode(node), encodeMessage(ItemKind.RELEASED, nsp, pid));
  }
}

function sessionsOf(adapter: ClusteredAdapter): KeptSessions | undefined {
  return adapter instanceof RecoveringAdapter ? adapter.sessions : undefined;
}
