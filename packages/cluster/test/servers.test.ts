import { io as connect } from "@telsiz/client";
import { type ClusterGap, OptionError, Server, type Socket } from "@telsiz/server";
import { nextEvent } from "@telsiz/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  brokerCluster,
  type BrokerSink,
  ClusterFrameSizeError,
  memoryCluster,
  MemoryHub,
} from "../src/index.ts";
import { MemoryBroker } from "../src/memory-broker.ts";
import { Place } from "./place.ts";

const closers: (() => unknown)[] = [];
let places: Place[];
let a: Place;
let b: Place;
let c: Place;

async function open(io: Server): Promise<Place> {
  const place = await Place.open(io);
  closers.push(() => place.close());
  return place;
}

/** Resolves when what was sent before, on any server, has reached all clients. */
async function settled(): Promise<void> {
  const marks = places.map(({ client }) =>
    Promise.all(places.map((_, index) => nextEvent(client, `mark ${index}`))),
  );
  places.forEach(({ io }, index) => io.emit(`mark ${index}`));
  await Promise.all(marks);
  for (const { got } of places) {
    const rest = got.filter(([event]) => !String(event).startsWith("mark"));
    got.splice(0, got.length, ...rest);
  }
}

beforeEach(async () => {
  const hub = new MemoryHub();
  const makeServer = (): Server => new Server({ cluster: memoryCluster(hub) });
  places = [];
  for (let count = 0; count < 3; count++) places.push(await open(makeServer()));
  [a, b, c] = places as [Place, Place, Place];
  await settled();
});

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

describe("servers of a cluster", () => {
  it("send a broadcast to the clients of all, with text, binary and what else there is", async () => {
    const values = [1, "two", { three: [Buffer.from([3])] }, null];
    a.io.emit("all", ...values);
    await settled();
    for (const { got } of places) expect(got).toEqual([["all", ...values]]);
  });

  it("send to a room wherever its members are, without those who are excepted", async () => {
    await b.socket.join("room");
    await c.socket.join(["room", "quiet"]);
    a.io.to("room").emit("1");
    a.io.to("room").except("quiet").emit("2");
    b.socket.to("room").emit("3");
    c.io.to(["room", "quiet"]).emit("4");
    await settled();
    expect(places.map(({ got }) => got.flat().sort())).toEqual([[], ["1", "2", "4"], ["1", "3", "4"]]);
  });

  it("send to one socket by its id, and to those who joined the room of that name elsewhere", async () => {
    a.io.to(b.socket.id).emit("direct");
    await settled();
    await c.socket.join(b.socket.id);
    a.io.to(b.socket.id).emit("both");
    b.io.to(b.socket.id).emit("own");
    await settled();
    // Two servers sent them: between these there is no order.
    expect(b.got.flat().sort()).toEqual(["both", "direct", "own"]);
    expect(c.got.flat().sort()).toEqual(["both", "own"]);
    expect(a.got).toEqual([]);
  });

  it("send once to the room of a socket that others of its own server have joined", async () => {
    const second = connect(b.url, { transports: ["websocket"], forceNew: true });
    closers.push(() => second.disconnect());
    const [other] = await nextEvent<[Socket]>(b.io, "connection");
    await other.join(b.socket.id);
    const heard: string[] = [];
    second.on("once", () => heard.push("once"));
    a.io.to(b.socket.id).emit("once");
    await settled();
    await new Promise<void>((resolve) => {
      second.once("end", resolve);
      a.io.to(other.id).emit("end");
    });
    expect(b.got).toEqual([["once"]]);
    expect(heard).toEqual(["once"]);
  });

  it("keep what is local, and the flags of what is not", async () => {
    await b.socket.join("room");
    a.io.local.emit("local");
    a.io.compress(false).latest("key").to("room").emit("latest");
    a.io.volatile.emit("volatile");
    await settled();
    expect(a.got.flat()).toEqual(["local", "volatile"]);
    expect(b.got.flat()).toEqual(["latest", "volatile"]);
    expect(c.got.flat()).toEqual(["volatile"]);
  });

  it("tell those who listen to what leaves a socket what another server sent", async () => {
    const seen: unknown[][] = [];
    b.socket.onAnyOutgoing((event: string, ...args: unknown[]) => {
      if (event === "seen") seen.push([event, ...args]);
    });
    a.io.emit("seen", Buffer.from([1]), { two: 2 });
    await settled();
    expect(seen).toEqual([["seen", Buffer.from([1]), { two: 2 }]]);
  });

  it("collect the acknowledgements of all clients", async () => {
    for (const [index, { client }] of places.entries()) {
      client.on("ask", (_question: string, answer: (value: unknown) => void) => answer({ index }));
    }
    const answers = (await a.io.timeout(10_000).emitWithAck("ask", "?")) as { index: number }[];
    expect(answers.map(({ index }) => index).sort()).toEqual([0, 1, 2]);
  });

  it("find the sockets of all, with their data and rooms", async () => {
    b.socket.data = { name: "b", key: Buffer.from([7]) };
    await b.socket.join("room");
    const all = await a.io.fetchSockets();
    expect(all.map(({ id }) => id).sort()).toEqual(places.map(({ socket }) => socket.id).sort());
    const [found] = await a.io.in("room").fetchSockets();
    expect(found).toMatchObject({ id: b.socket.id, data: { name: "b", key: Buffer.from([7]) } });
    expect(found!.rooms).toEqual(new Set([b.socket.id, "room"]));
    expect(await a.io.local.fetchSockets()).toHaveLength(1);
  });

  it("let sockets of all join and leave rooms, at once for what the same server then sends", async () => {
    a.io.socketsJoin("room");
    a.io.to("room").emit("joined");
    a.io.in(b.socket.id).socketsLeave("room");
    a.io.to("room").emit("left");
    await settled();
    expect(places.map(({ got }) => got.flat())).toEqual([["joined", "left"], ["joined"], ["joined", "left"]]);
  });

  it("disconnect sockets of all", async () => {
    await b.socket.join("room");
    await c.socket.join("room");
    const gone = [b, c].map(({ client }) => nextEvent(client, "disconnect"));
    a.io.in("room").disconnectSockets();
    for (const [reason] of await Promise.all(gone)) expect(reason).toBe("io server disconnect");
    expect(a.client.connected).toBe(true);
  });

  it("raise events on each other, and answer them", async () => {
    b.io.on("load", (reply: (load: number) => void) => reply(2));
    c.io.on("load", (reply: (load: number) => void) => reply(3));
    expect((await a.io.serverSideEmitWithAck("load")).sort()).toEqual([2, 3]);
    const heard = nextEvent(b.io, "news");
    a.io.serverSideEmit("news", Buffer.from([1]), "text");
    expect(await heard).toEqual([Buffer.from([1]), "text"]);
  });

  it("do not wait for a server that has no such namespace", async () => {
    const admin = a.io.of("/admin");
    b.io.of("/admin").on("load", (reply: (load: number) => void) => reply(2));
    expect(await admin.fetchSockets()).toEqual([]);
    expect(await admin.serverSideEmitWithAck("load")).toEqual([2]);
    expect(await admin.timeout(10_000).emitWithAck("ask")).toEqual([]);
  });

  it("do not wait for a server that has closed, and count it no more", async () => {
    await c.io.close();
    expect(await a.io.fetchSockets()).toHaveLength(2);
    expect(await a.io.of("/").adapter.serverCount()).toBe(2);
  });
});

describe("the option cluster", () => {
  it("gives sockets ids that name their server", () => {
    expect(a.socket.id).toMatch(/^[\w-]{28}$/);
    expect(a.socket.id.slice(0, 8)).not.toBe(b.socket.id.slice(0, 8));
  });

  it("excludes an adapter, and accepts nothing but what makes a cluster", () => {
    const cluster = memoryCluster(new MemoryHub());
    expect(() => new Server({ cluster: "redis" as never })).toThrow(OptionError);
    expect(() => new Server({ cluster, adapter: (() => undefined) as never })).toThrow(OptionError);
    expect(() => memoryCluster(new MemoryHub(), { heartbeat: -1 })).toThrow(OptionError);
    expect(() => memoryCluster(new MemoryHub(), { ringBytes: 0.5 })).toThrow(OptionError);
  });

  it("lets a server be opened again", async () => {
    await c.io.close();
    places = [a, b, await open(c.io)];
    a.io.emit("again");
    await settled();
    expect(places[2]!.got).toEqual([["again"]]);
  });

  it("reports what is too large for the others", async () => {
    const failed = nextEvent(a.io, "handler_error");
    a.io.to("nobody").emit("large", Buffer.alloc(17 * 1_024 * 1_024));
    const [error, context] = await failed;
    expect(error).toBeInstanceOf(ClusterFrameSizeError);
    expect(context).toMatchObject({ event: "broadcast" });
  });
});

/** A broker that a test can turn off. */
class SwitchedBroker extends MemoryBroker {
  sink: BrokerSink | undefined;
  isOff = false;

  override open(sink: BrokerSink): Promise<void> {
    this.sink = sink;
    return super.open(sink);
  }

  override publish(channel: string, frame: Uint8Array): void {
    if (!this.isOff) super.publish(channel, frame);
  }
}

describe("a broker that loses", () => {
  it("makes no difference when the server that published has kept it, and a gap when it has not", async () => {
    const hub = new MemoryHub();
    const broker = new SwitchedBroker(hub);
    const sender = new Server({ cluster: brokerCluster(() => broker, { ringBytes: 1_000 }) });
    closers.push(() => sender.close());
    const { io, client, got } = await open(new Server({ cluster: memoryCluster(hub) }));
    sender.emit("ready");
    await nextEvent(client, "ready");
    broker.isOff = true;
    sender.emit("kept");
    await new Promise(setImmediate);
    broker.isOff = false;
    const kept = nextEvent(client, "kept");
    broker.sink!.onReturn();
    await kept;

    broker.isOff = true;
    for (let count = 0; count < 10; count++) {
      sender.emit("lost", "x".repeat(400));
      await new Promise(setImmediate);
    }
    broker.isOff = false;
    const reported = nextEvent<[ClusterGap]>(io, "cluster:gap");
    broker.sink!.onReturn();
    const [gap] = await reported;
    expect(gap).toMatchObject({ namespace: undefined, room: undefined, reason: "overrun" });
    sender.emit("end");
    await nextEvent(client, "end");
    expect(got.filter(([event]) => event === "lost").length + gap.lost!).toBe(10);
  });

  it("brings what is no frame, or no item: it is reported, and nothing else happens", async () => {
    const hub = new MemoryHub();
    const { io, client } = await open(new Server({ cluster: memoryCluster(hub) }));
    const failed = nextEvent(io, "handler_error");
    hub._publish("*", Buffer.from("nonsense"));
    expect(await failed).toMatchObject([{ code: "TELSIZ_CLUSTER_FRAME" }, { event: "cluster" }]);
    io.emit("still here");
    await nextEvent(client, "still here");
  });
});
