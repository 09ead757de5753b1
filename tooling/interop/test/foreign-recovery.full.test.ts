/** Recovery by the adapters of others that keep sessions, on our servers and between them and stock ones (api-surface.md 7, 12.5). */
import { setImmediate } from "node:timers/promises";
import { createAdapter as createStreamsAdapter } from "@socket.io/redis-streams-adapter";
import { nextEvent, noRedis, RedisServer, until } from "@telsiz/testkit";
import { createClient } from "redis";
import type { Socket as ServerSocket } from "socket.io";
import { SessionAwareAdapter } from "socket.io-adapter";
import type { Socket as ClientSocket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Cluster, openCluster } from "../src/cluster.ts";
import type { Meeting, Pair } from "../src/meeting.ts";
import { ourServer, type ServerKind, stockServer } from "../src/peers.ts";

const options = { connectionStateRecovery: {} };

let cluster: Cluster;

/** A client that is in a room, and has got an event: without one, it has nothing to ask with. */
async function settledPair(node: Meeting): Promise<Pair> {
  const joined = await node.pair({ transports: ["websocket"], reconnectionDelay: 10 });
  joined.socket.data = { name: "Ada" };
  await joined.socket.join("room");
  const welcome = nextEvent(joined.client, "welcome");
  joined.socket.emit("welcome");
  await welcome;
  return joined;
}

/** The connection is lost; the client comes back to `node`. @returns the new socket there */
async function lose(
  { client, socket }: Pair,
  node: Meeting,
  whileAway: () => void = () => undefined,
): Promise<ServerSocket> {
  // The stock manager opens its connections to this address.
  Object.assign(client.io, { uri: node.url });
  socket.once("disconnect", whileAway);
  const back = Promise.all([nextEvent<[ServerSocket]>(node.io, "connection"), nextEvent(client, "connect")]);
  client.io.engine.close();
  const [[next]] = await back;
  return next;
}

/** The events that come, without the offsets that the stock client shows. */
function watch(client: ClientSocket): unknown[][] {
  const events: unknown[][] = [];
  client.onAny((...event: unknown[]) => events.push(event.slice(0, -1)));
  return events;
}

/** What a client finds again. */
async function expectRecovered(pair: Pair, node: Meeting, speaker: Meeting): Promise<void> {
  const { client } = pair;
  const { id } = client;
  const events = watch(client);
  const next = await lose(pair, node, () => {
    pair.socket.emit("missed directly");
    speaker.io.to("room").emit("missed", { n: 1 });
    speaker.io.to("elsewhere").emit("of others");
    speaker.io.emit("missed binary", Buffer.from([5]));
  });
  expect([client.recovered, next.recovered]).toEqual([true, true]);
  expect([client.id, next.id, next.data]).toEqual([id, id, { name: "Ada" }]);
  expect(next.rooms).toEqual(new Set([id, "room"]));
  await until(() => events.length === 3, "what it missed");
  const later = nextEvent(client, "later");
  speaker.io.to("room").emit("later");
  await later;
  // What two servers send at once may come in either order.
  const directly = [["missed directly"]];
  expect(events.filter(([name]) => name === "missed directly")).toEqual(directly);
  expect(events.filter(([name]) => name !== "missed directly")).toEqual([
    ["missed", { n: 1 }],
    ["missed binary", Buffer.from([5])],
    ["later"],
  ]);
}

describe("SessionAwareAdapter of socket.io-adapter on our server", () => {
  beforeEach(async () => {
    cluster = await openCluster([ourServer], () => SessionAwareAdapter, options);
  });
  afterEach(() => cluster.close());

  it("recovers a stock client, time and again", async () => {
    const [node] = cluster.nodes as [Meeting];
    let pair = await settledPair(node);
    for (let round = 0; round < 3; round++) {
      const { client } = pair;
      await expectRecovered(pair, node, node);
      client.offAny();
      pair = { client, socket: node.io.sockets.sockets.get(client.id!)! };
    }
  });

  it("makes a new client of one whose offset it does not know", async () => {
    const [node] = cluster.nodes as [Meeting];
    const pair = await settledPair(node);
    const { id } = pair.client;
    Object.assign(pair.client, { _lastOffset: "nowhere" });
    const next = await lose(pair, node);
    expect([pair.client.recovered, next.recovered, next.id === id]).toEqual([false, false, false]);
  });
});

describe.skipIf(noRedis)("@socket.io/redis-streams-adapter (needs redis-server)", () => {
  let redis: RedisServer;
  /** One for each server. */
  let clients: ReturnType<typeof createClient>[];
  beforeAll(async () => {
    redis = await RedisServer.start();
    clients = [createClient({ url: redis.url }), createClient({ url: redis.url })];
    await Promise.all(clients.map((client) => client.connect()));
  });
  afterEach(() => cluster.close());
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await redis.stop();
  });

  async function open(...kinds: ServerKind[]): Promise<[Meeting, Meeting]> {
    await clients[0]!.flushAll();
    const unused = [...clients].reverse();
    cluster = await openCluster(
      kinds,
      () => createStreamsAdapter(unused.pop()!, { heartbeatInterval: 200, readCount: 10 }),
      options,
    );
    return cluster.nodes as [Meeting, Meeting];
  }

  it.each([
    ["the server that it was on", 0],
    ["another server", 1],
  ])("recovers a stock client that comes back to %s", async (_where, target) => {
    const nodes = await open(ourServer, ourServer);
    const pair = await settledPair(nodes[0]);
    await expectRecovered(pair, nodes[target]!, nodes[1]);
    await expectRecovered(
      { client: pair.client.offAny(), socket: nodes[target]!.io.sockets.sockets.get(pair.client.id!)! },
      nodes[1 - target]!,
      nodes[0],
    );
  });

  it.each([
    ["ours to a stock one", ourServer, stockServer],
    ["a stock one to ours", stockServer, ourServer],
  ])("recovers a stock client that goes from %s", async (_way, from, to) => {
    const [elder, younger] = await open(from, to);
    await expectRecovered(await settledPair(elder), younger, elder);
  });

  it("loses and doubles nothing of what servers send all the time", async () => {
    const nodes = await open(ourServer, ourServer);
    const witnesses = await Promise.all(nodes.map(settledPair));
    const pair = await settledPair(nodes[0]);
    const [numbers, ...witnessed] = [pair, ...witnesses].map(({ client }) => {
      const heard: unknown[] = [];
      client.on("number", (number: unknown) => heard.push(number));
      return heard;
    }) as [unknown[], ...unknown[][]];
    let sent = 0;
    let speaking = false;
    let spoken = Promise.resolve();
    const speak = (): void => {
      speaking = true;
      spoken = (async () => {
        while (speaking) {
          nodes[1].io.to("room").emit("number", sent++);
          await setImmediate();
        }
      })();
    };
    // A server that is behind brings once more what the client has got on the other.
    const fallSilent = async (): Promise<void> => {
      speaking = false;
      await spoken;
      await until(() => witnessed.every(({ length }) => length === sent), "both servers to have brought all");
    };
    speak();
    let { socket } = pair;
    for (const node of [nodes[0], nodes[1], nodes[0]]) {
      const heard = numbers.length;
      await until(() => numbers.length > heard + 20, "twenty more");
      await fallSilent();
      socket = await lose({ client: pair.client, socket }, node, speak);
      expect([pair.client.recovered, socket.recovered]).toEqual([true, true]);
    }
    await fallSilent();
    await until(() => numbers.length >= sent, "all of them");
    const odd = numbers.map((number, index) => [index, number]).filter(([index, number]) => index !== number);
    expect(odd.slice(0, 10)).toEqual([]);
    expect(numbers).toHaveLength(sent);
  });

  it("makes a new client of one that comes back too late, without a report", async () => {
    const [node] = await open(ourServer);
    const reports: unknown[] = [];
    node.io.on("handler_error" as "connection", (error: unknown) => void reports.push(error));
    const pair = await settledPair(node);
    const next = await lose(pair, node, () => {
      // Ahead of the client: what the server asks next goes over the same connection.
      void clients[0]!.flushAll();
    });
    expect([pair.client.recovered, next.recovered]).toEqual([false, false]);
    expect(reports).toEqual([]);
  });
});
