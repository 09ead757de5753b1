/** The tunnels of a node: those that it opened, and those that others opened to it. */
import { channelOfNode } from "./channel.ts";
import type { Cancel, Clock } from "./clock.ts";
import type { NodeId } from "./node-id.ts";
import { Tunnel, type TunnelOwner } from "./tunnel.ts";
import { decodePart, encodePart, PartKind } from "./tunnel-part.ts";

/** How long another node may take to accept a tunnel, in milliseconds. */
const ACCEPT_TIMEOUT_MS = 2_000;

/** What tunnels need of their node. */
export interface TunnelsOwner {
  readonly clock: Pick<Clock, "after">;
  /** Publishes an item. */
  publish(channel: string, item: Uint8Array): void;
  /** What a node that opens a tunnel is told of this one; may be empty. */
  readonly card: Uint8Array;
  /** Another node has opened a tunnel. */
  onTunnel(tunnel: Tunnel): void;
  /** What another node tells of itself. @throws ClusterFrameError */
  onCard(node: NodeId, card: Buffer): void;
}

/** All tunnels of a node. */
export class Tunnels implements TunnelOwner {
  readonly #owner: TunnelsOwner;
  /** By the node at the other end. */
  readonly #byNode = new Map<NodeId, Map<string, Tunnel>>();
  #lastNumber = 0;

  constructor(owner: TunnelsOwner) {
    this.#owner = owner;
  }

  /** How many there are. */
  get size(): number {
    let size = 0;
    for (const tunnels of this.#byNode.values()) size += tunnels.size;
    return size;
  }

  /** Opens a tunnel, and resolves with it when the other node has accepted it: `undefined` if it does not. */
  connect(node: NodeId): Promise<Tunnel | undefined> {
    const tunnel = this.open(node);
    return new Promise((resolve) => {
      tunnel.once("connect", () => resolve(tunnel));
      tunnel.once("close", () => resolve(undefined));
    });
  }

  /** Opens a tunnel. What is written before the other node accepts it waits there. */
  open(node: NodeId): Tunnel {
    this.#lastNumber = (this.#lastNumber + 1) >>> 0;
    const tunnel = this.#add(new Tunnel(this, node, this.#lastNumber, true));
    this.sendPart(tunnel, PartKind.OPEN);
    const cancel: Cancel = this.#owner.clock.after(ACCEPT_TIMEOUT_MS, () => tunnel.destroy());
    tunnel.once("connect", cancel).once("close", cancel);
    return tunnel;
  }

  /** A part came from another node. @throws ClusterFrameError */
  receive(node: NodeId, body: Buffer): void {
    const { kind, fromOpener, number, data } = decodePart(body);
    if (kind === PartKind.OPEN) return this.#accept(node, number);
    if (kind === PartKind.ACCEPT && data.length > 0) this.#owner.onCard(node, data);
    this.#byNode.get(node)?.get(keyOf(number, !fromOpener))?.receive(kind, data);
  }

  /** Something that a node sent is lost, or the node is gone: nothing can go on. */
  abandon(node: NodeId): void {
    for (const tunnel of [...(this.#byNode.get(node)?.values() ?? [])]) tunnel.destroy();
  }

  /** Ends all. */
  close(): void {
    for (const node of [...this.#byNode.keys()]) this.abandon(node);
  }

  sendPart({ node, isOpener, number }: Tunnel, kind: PartKind, data?: Uint8Array): void {
    this.#owner.publish(channelOfNode(node), encodePart(kind, isOpener, number, data));
  }

  onClosed({ node, isOpener, number }: Tunnel): void {
    const tunnels = this.#byNode.get(node);
    tunnels?.delete(keyOf(number, isOpener));
    if (tunnels?.size === 0) this.#byNode.delete(node);
  }

  #accept(node: NodeId, number: number): void {
    if (this.#byNode.get(node)?.has(keyOf(number, false)) === true) return;
    const tunnel = this.#add(new Tunnel(this, node, number, false));
    this.sendPart(tunnel, PartKind.ACCEPT, this.#owner.card);
    this.#owner.onTunnel(tunnel);
  }

  #add(tunnel: Tunnel): Tunnel {
    let tunnels = this.#byNode.get(tunnel.node);
    if (tunnels === undefined) this.#byNode.set(tunnel.node, (tunnels = new Map<string, Tunnel>()));
    tunnels.set(keyOf(tunnel.number, tunnel.isOpener), tunnel);
    return tunnel;
  }
}

/** Both nodes count from one. */
function keyOf(number: number, isOpener: boolean): string {
  return isOpener ? `+${number}` : `-${number}`;
}
