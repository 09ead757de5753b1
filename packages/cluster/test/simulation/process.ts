/** One process of a simulation, and what it saw. */
import { Cluster, type ClusterListener } from "../../src/cluster.ts";
import type { ChannelGap } from "../../src/gap.ts";
import type { NodeId } from "../../src/node-id.ts";
import type { ClusterOptions } from "../../src/timing.ts";
import type { SimulatedBroker, SimulatedNetwork } from "./simulated-network.ts";
import { ProcessClock, type VirtualTime } from "./virtual-time.ts";

/** An item that was published. */
export interface Published {
  readonly channel: string;
  readonly seq: number;
  readonly at: number;
}

/** An item that was delivered. */
export interface Delivered {
  readonly node: NodeId;
  readonly channel: string;
  readonly seq: number;
  readonly at: number;
}

/** A gap that was reported. */
export interface Reported extends ChannelGap {
  readonly at: number;
}

/** From when a channel was listened to for certain, and of whom. */
export interface Listening {
  readonly since: number;
  readonly known: ReadonlySet<NodeId>;
}

export class SimulatedProcess implements ClusterListener {
  readonly cluster: Cluster;
  readonly node: NodeId;
  readonly published: Published[] = [];
  readonly delivered: Delivered[] = [];
  readonly gaps: Reported[] = [];
  readonly errors: unknown[] = [];
  /** By channel; `undefined` while it is not certain. */
  readonly listening: Map<string, Listening | undefined> = new Map();
  state: "running" | "crashed" | "closed" = "running";
  readonly #time: VirtualTime;
  readonly #clock: ProcessClock;
  readonly #broker: SimulatedBroker;
  readonly #seqs = new Map<string, number>();

  constructor(time: VirtualTime, network: SimulatedNetwork, place: number, options: ClusterOptions) {
    this.#time = time;
    this.#clock = new ProcessClock(time);
    this.#broker = network.connect(place, this.#clock);
    this.cluster = new Cluster(this.#broker, this, options, this.#clock);
    this.node = this.cluster.node;
    void this.cluster.open();
    this.join("*");
  }

  onItem(node: NodeId, channel: string, item: Buffer): void {
    this.delivered.push({ node, channel, seq: Number.parseInt(item.toString(), 10), at: this.#time.now });
  }

  onGap(gap: ChannelGap): void {
    this.gaps.push({ ...gap, at: this.#time.now });
  }

  onNodeDown(): void {
    // gaps tell it
  }

  onError(error: unknown): void {
    this.errors.push(error);
  }

  publish(channel: string, count: number): void {
    this.#clock.run(() => {
      for (let index = 0; index < count && this.state === "running"; index++) {
        const seq = (this.#seqs.get(channel) ?? 0) + 1;
        this.#seqs.set(channel, seq);
        this.published.push({ channel, seq, at: this.#time.now });
        this.cluster.publish(channel, Buffer.from(`${seq}`.padEnd(60, ".")));
      }
    });
  }

  join(channel: string): void {
    if (this.listening.has(channel)) return;
    this.listening.set(channel, undefined);
    const certain = (): void => {
      if (!this.listening.has(channel) || this.listening.get(channel) !== undefined) return;
      this.listening.set(channel, { since: this.#time.now, known: new Set(this.cluster.others) });
    };
    const ready = this.cluster.subscribe(channel);
    if (ready === undefined) certain();
    else void ready.then(certain);
  }

  leave(channel: string): void {
    if (channel === "*" || !this.listening.delete(channel)) return;
    this.cluster.unsubscribe(channel);
  }

  freeze(ms: number): void {
    this.#clock.stop(ms);
  }

  crash(): void {
    if (this.state !== "running") return;
    this.state = "crashed";
    this.#broker.kill();
  }

  close(): void {
    this.#clock.run(() => {
      if (this.state !== "running") return;
      this.state = "closed";
      void this.cluster.close();
    });
  }
}
