import { describe, expect, it } from "vitest";
import { Cluster, type ClusterListener } from "../src/cluster.ts";
import { ClusterFrameError } from "../src/errors.ts";
import type { ChannelGap } from "../src/gap.ts";
import { MemoryBroker, MemoryHub } from "../src/memory-broker.ts";
import type { NodeId } from "../src/node-id.ts";
import type { ClusterOptions } from "../src/timing.ts";
import { ManualClock } from "./manual-clock.ts";

/** A broker whose frames a test can lose. */
class LossyBroker extends MemoryBroker {
  /** Says of a frame that is to be sent whether it is lost. */
  loses: (channel: string, frame: Uint8Array) => boolean = () => false;
  readonly sent: [channel: string, frame: Uint8Array][] = [];
  /** How often it refuses to open, or to subscribe. */
  refusals = 0;

  override open(...args: Parameters<MemoryBroker["open"]>): Promise<void> {
    return this.refusals-- > 0 ? Promise.reject(new Error("refused")) : super.open(...args);
  }

  override publish(channel: string, frame: Uint8Array): void {
    this.sent.push([channel, frame]);
    if (!this.loses(channel, frame)) super.publish(channel, frame);
  }
}

class Node implements ClusterListener {
  readonly items: string[] = [];
  readonly gaps: ChannelGap[] = [];
  readonly down: NodeId[] = [];
  readonly errors: unknown[] = [];
  readonly broker: LossyBroker;
  readonly cluster: Cluster;

  constructor(hub: MemoryHub, clock: ManualClock, options: ClusterOptions = {}) {
    this.broker = new LossyBroker(hub);
    this.cluster = new Cluster(this.broker, this, options, clock);
  }

  onItem(_node: NodeId, channel: string, item: Buffer): void {
    this.items.push(`${channel} ${item.toString()}`);
  }
  onGap(gap: ChannelGap): void {
    this.gaps.push(gap);
  }
  onNodeDown(node: NodeId): void {
    this.down.push(node);
  }
  onError(error: unknown): void {
    this.errors.push(error);
  }
  publish(channel: string, ...items: string[]): void {
    for (const item of items) this.cluster.publish(channel, Buffer.from(item));
  }
}

async function openNodes(count: number, options: ClusterOptions = {}) {
  const hub = new MemoryHub();
  const clock = new ManualClock();
  const nodes = Array.from({ length: count }, () => new Node(hub, clock, options));
  for (const node of nodes) void node.cluster.open();
  await clock.pass(10);
  return { hub, clock, nodes };
}

/** Loses everything that a node publishes, heartbeats included. */
const everything = (): boolean => true;
/** Loses items alone. */
const data = (_channel: string, frame: Uint8Array): boolean => frame[2] === 1;

describe("a node", () => {
  it("knows the others at once, and forgets those who leave", async () => {
    const { clock, nodes } = await openNodes(3);
    const ids = nodes.map(({ cluster }) => cluster.node);
    expect(new Set(nodes[0]!.cluster.others)).toEqual(new Set(ids.slice(1)));
    expect(nodes[2]!.cluster.others).toHaveLength(2);
    await nodes[1]!.cluster.close();
    await clock.pass(1);
    expect(nodes[0]!.cluster.others).toEqual([ids[2]]);
    expect(nodes[0]!.down).toEqual([ids[1]]);
    expect(nodes[0]!.gaps).toEqual([]);
  });

  it("is another node when it is opened again", async () => {
    const { clock, nodes } = await openNodes(2);
    const { cluster } = nodes[0]!;
    const before = cluster.node;
    await cluster.close();
    nodes[0]!.publish("*", "while closed");
    void cluster.open();
    await clock.pass(10);
    expect(cluster.node.slice(0, 12)).toBe(before.slice(0, 12));
    expect(nodes[1]!.cluster.others).toEqual([cluster.node]);
    nodes[0]!.publish("*", "again");
    await clock.pass(1);
    expect(nodes[1]!.items).toEqual(["* again"]);
  });

  it("is gone for the others after five seconds of silence, and may come back", async () => {
    const { clock, nodes } = await openNodes(2);
    const { broker, cluster } = nodes[0]!;
    broker.loses = everything;
    await clock.pass(4_500);
    expect(nodes[1]!.down).toEqual([]);
    nodes[0]!.publish("*", "meanwhile");
    await clock.pass(2_000);
    expect(nodes[1]!.down).toEqual([cluster.node]);
    expect(nodes[1]!.gaps).toMatchObject([{ node: cluster.node, reason: "down" }]);
    broker.loses = () => false;
    await clock.pass(1_500);
    expect(nodes[1]!.cluster.others).toEqual([cluster.node]);
    expect(nodes[1]!.items).toEqual(["* meanwhile"]);
  });

  it("reports a gap when it hears a node that it has forgotten", async () => {
    const { clock, nodes } = await openNodes(2);
    nodes[0]!.broker.loses = everything;
    await clock.pass(70_000);
    nodes[0]!.broker.loses = () => false;
    await clock.pass(2_000);
    expect(nodes[1]!.gaps.map(({ reason }) => reason)).toEqual(["down", "return"]);
    nodes[0]!.publish("*", "back");
    await clock.pass(500);
    expect(nodes[1]!.items).toEqual(["* back"]);
  });

  it("misses nothing of a node that it has only met, though the heartbeats that tell of it are lost", async () => {
    const { hub, clock, nodes } = await openNodes(1);
    const elder = nodes[0]!;
    await clock.pass(5_500);
    const newcomer = new Node(hub, clock);
    void newcomer.cluster.open();
    await clock.pass(10);
    elder.broker.loses = everything;
    elder.publish("*", "lost");
    await clock.pass(1_000);
    elder.broker.loses = () => false;
    await clock.pass(2_000);
    expect(newcomer.items).toEqual(["* lost"]);
  });

  it("takes nobody for gone because it was held up itself", async () => {
    const { clock, nodes } = await openNodes(2);
    nodes[0]!.broker.loses = everything;
    await clock.pass(2_000);
    clock.jump(60_000);
    await clock.pass(1_000);
    nodes[0]!.broker.loses = () => false;
    await clock.pass(1_500);
    expect(nodes[1]!.down).toEqual([]);
  });

  it("opens when the broker is there at last, and then delivers what was published before", async () => {
    const hub = new MemoryHub();
    const clock = new ManualClock();
    const [a, b] = [new Node(hub, clock), new Node(hub, clock)];
    void b.cluster.open();
    await clock.pass(1);
    a.broker.refusals = 2;
    void a.cluster.open();
    a.publish("*", "early");
    await clock.pass(500);
    expect(a.errors).toMatchObject([{ message: "refused" }]);
    await clock.pass(2_000);
    expect(a.errors).toHaveLength(2);
    expect(b.items).toEqual(["* early"]);
  });

  it("reports what is no frame, and goes on", async () => {
    const { clock, hub, nodes } = await openNodes(2);
    hub._publish("*", Buffer.from("nonsense"));
    nodes[0]!.publish("*", "sense");
    await clock.pass(1);
    expect(nodes[1]!.errors).toMatchObject([{ code: "TELSIZ_CLUSTER_FRAME" }]);
    expect(nodes[1]!.errors[0]).toBeInstanceOf(ClusterFrameError);
    expect(nodes[1]!.items).toEqual(["* sense"]);
  });
});

describe("an item", () => {
  it("reaches the nodes that listen to its channel, and is not given back", async () => {
    const { clock, nodes } = await openNodes(3);
    void nodes[1]!.cluster.subscribe("room");
    await clock.pass(10);
    nodes[0]!.publish("room", "1", "2");
    nodes[1]!.publish("room", "3");
    await clock.pass(10);
    expect(nodes.map(({ items }) => items)).toEqual([[], ["room 1", "room 2"], []]);
  });

  it("shares a frame with the others of its turn", async () => {
    const { clock, nodes } = await openNodes(2);
    const { broker } = nodes[0]!;
    broker.sent.length = 0;
    nodes[0]!.publish("*", "1", "2", "3");
    await clock.pass(1);
    expect(broker.sent.filter(([, frame]) => frame[2] === 1)).toHaveLength(1);
    nodes[0]!.publish("*", "x".repeat(40_000), "y".repeat(40_000));
    await clock.pass(1);
    expect(broker.sent.filter(([, frame]) => frame[2] === 1)).toHaveLength(3);
    expect(nodes[1]!.items).toHaveLength(5);
  });

  it("that is lost is asked for again, and comes in its order", async () => {
    const { clock, nodes } = await openNodes(2);
    nodes[0]!.publish("*", "1");
    await clock.pass(1);
    nodes[0]!.broker.loses = data;
    nodes[0]!.publish("*", "2");
    await clock.pass(1);
    nodes[0]!.broker.loses = () => false;
    nodes[0]!.publish("*", "3");
    await clock.pass(1);
    expect(nodes[1]!.items).toEqual(["* 1", "* 2", "* 3"]);
  });

  it("that is lost as the last is known by the heartbeat", async () => {
    const { clock, nodes } = await openNodes(2);
    nodes[0]!.broker.loses = data;
    nodes[0]!.publish("*", "last");
    await clock.pass(10);
    nodes[0]!.broker.loses = () => false;
    await clock.pass(1_000);
    expect(nodes[1]!.items).toEqual(["* last"]);
  });

  it("that is lost with the heartbeats that told of it is known when one comes", async () => {
    const { clock, nodes } = await openNodes(2);
    nodes[0]!.broker.loses = everything;
    nodes[0]!.publish("*", "unheard of");
    await clock.pass(3_000);
    nodes[0]!.broker.loses = () => false;
    await clock.pass(1_000);
    expect(nodes[1]!.items).toEqual(["* unheard of"]);
  });

  it("that is not kept any more is a gap, which is reported", async () => {
    const { clock, nodes } = await openNodes(2, { ringBytes: 1_000 });
    nodes[0]!.broker.loses = data;
    for (let count = 0; count < 20; count++) {
      nodes[0]!.publish("*", `${count}`.repeat(100));
      await clock.pass(1);
    }
    nodes[0]!.broker.loses = () => false;
    await clock.pass(2_000);
    const [gap] = nodes[1]!.gaps;
    expect(gap).toMatchObject({ node: nodes[0]!.cluster.node, channel: "*", reason: "overrun" });
    expect(gap!.lost! + nodes[1]!.items.length).toBe(20);
    expect(nodes[0]!.cluster.keptBytes).toBeLessThanOrEqual(1_000);
  });

  it("comes for certain once the channel is ready, though none came before", async () => {
    const { clock, nodes } = await openNodes(2);
    let ready = false;
    nodes[0]!.publish("room", "before");
    await clock.pass(1);
    void nodes[1]!.cluster.subscribe("room")!.then(() => (ready = true));
    await clock.pass(1);
    expect(ready).toBe(true);
    expect(nodes[1]!.cluster.subscribe("room")).toBeUndefined();
    nodes[0]!.broker.loses = data;
    nodes[0]!.publish("room", "after");
    await clock.pass(1);
    nodes[0]!.broker.loses = () => false;
    await clock.pass(1_000);
    expect(nodes[1]!.items).toEqual(["room after"]);
  });

  it("comes for a while after the channel is left, and then no more", async () => {
    const { clock, nodes } = await openNodes(2, { linger: 1_000 });
    void nodes[1]!.cluster.subscribe("room");
    await clock.pass(10);
    nodes[1]!.cluster.unsubscribe("room");
    await clock.pass(500);
    nodes[0]!.publish("room", "1");
    await clock.pass(600);
    nodes[0]!.publish("room", "2");
    await clock.pass(10);
    expect(nodes[1]!.items).toEqual(["room 1"]);
    expect(nodes[1]!.cluster.listensTo("room")).toBe(false);
  });
});
