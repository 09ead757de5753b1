/** The published adapters for Redis on our servers, which share one Redis with a stock server. */
import { createAdapter, createShardedAdapter } from "@socket.io/redis-adapter";
import { createAdapter as createStreamsAdapter } from "@socket.io/redis-streams-adapter";
import { Emitter } from "@socket.io/redis-emitter";
import { nextEvent, noRedis, RedisServer, until } from "@telsiz/testkit";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCluster } from "../src/cluster.ts";
import { ourServer, stockServer } from "../src/peers.ts";
import { clusterTests, type ClusterMedium } from "./cluster-body.ts";

type RedisClient = ReturnType<typeof createClient>;

let redis: RedisServer;

/** Each server has connections of its own. @param make makes the adapters of one server */
function through(make: (publisher: RedisClient, subscriber: RedisClient) => unknown): ClusterMedium {
  let clients: RedisClient[] = [];
  return {
    async open() {
      clients = Array.from({ length: 6 }, () => createClient({ url: redis.url }));
      await Promise.all(clients.map((client) => client.connect()));
      await clients[0]!.flushAll();
      const unused = [...clients];
      return () => make(unused.pop()!, unused.pop()!);
    },
    async close() {
      await Promise.all(clients.map((client) => client.close())); // not before all commands are answered
    },
  };
}

const classic = through((publisher, subscriber) => createAdapter(publisher, subscriber));
const sharded = through((publisher, subscriber) =>
  createShardedAdapter(publisher, subscriber, { subscriptionMode: "static" }),
);
const streams = through((client) => createStreamsAdapter(client, { heartbeatInterval: 200 }));

describe.skipIf(noRedis)("adapters for Redis (needs redis-server)", () => {
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.stop());

  describe.each([
    ["@socket.io/redis-adapter", classic],
    ["@socket.io/redis-adapter, sharded", sharded],
    ["@socket.io/redis-streams-adapter", streams],
  ])("%s", (_name, medium) => {
    describe("on servers of ours and a stock one", () =>
      clusterTests([ourServer, stockServer, ourServer], medium));
    describe("on a stock server with ours", () => clusterTests([stockServer, ourServer, ourServer], medium));
  });

  it("bring what @socket.io/redis-emitter sends from outside to servers of ours", async () => {
    const cluster = await openCluster([ourServer, ourServer], await classic.open());
    const client = await createClient({ url: redis.url }).connect();
    const emitter = new Emitter(client);
    const pairs = await cluster.pairs();
    const news = pairs.map((pair) => nextEvent(pair.client, "news"));
    emitter.emit("news", 1, Buffer.from([2]));
    expect(await Promise.all(news)).toEqual([
      [1, Buffer.from([2])],
      [1, Buffer.from([2])],
    ]);
    emitter.in(pairs[1]!.socket.id).socketsJoin("a");
    await until(() => pairs[1]!.socket.rooms.has("a"), "it has joined");
    const raised = nextEvent(cluster.io, "hello");
    emitter.serverSideEmit("hello", "you");
    expect(await raised).toEqual(["you"]);
    const gone = nextEvent(pairs[0]!.client, "disconnect");
    emitter.except("a").disconnectSockets();
    await gone;
    expect(pairs[1]!.client.connected).toBe(true);
    await cluster.close();
    await client.close();
    await classic.close();
  });
});
