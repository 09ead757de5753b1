/** Servers that share a real Redis, by each of the libraries; and what becomes of them when it goes. */
import { once } from "node:events";
import type { ClusterFactory } from "@telsiz/adapter";
import { Server } from "@telsiz/server";
import { bounded, noRedis, RedisServer, until } from "@telsiz/testkit";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { redis as cluster } from "../src/redis/index.ts";
import { Place } from "./place.ts";

/** Lets a room be left at once. */
const SOON = { linger: 50 };

/** How a server is told of Redis. */
const WAYS: Record<string, (url: string) => ClusterFactory> = {
  "an address": (url) => cluster({ url, ...SOON }),
  "a client of redis": (url) => cluster({ client: createClient({ url }), ...SOON }),
  "a client of ioredis": (url) => cluster({ client: new Redis(url, { lazyConnect: true }), ...SOON }),
};

let redis: RedisServer;
const places: Place[] = [];
const errors: unknown[] = [];
const gaps: unknown[] = [];

async function open(factory: ClusterFactory): Promise<Place> {
  const io = new Server({ cluster: factory });
  io.on("handler_error", (error) => errors.push(error));
  io.on("cluster:gap", (gap) => gaps.push(gap));
  const place = await Place.open(io);
  places.push(place);
  return place;
}

/** Resolves when all servers know of each other. */
async function met(): Promise<void> {
  for (const { io } of places) {
    let known = 0;
    const look = async (): Promise<void> => {
      known = (await io.fetchSockets().catch(() => [])).length;
    };
    await until(() => {
      void look();
      return known === places.length;
    }, "all servers know of each other");
  }
}

/** Asks Redis itself. */
async function ask(...command: string[]): Promise<unknown> {
  const client = await createClient({ url: redis.url })
    .on("error", () => undefined)
    .connect();
  const answer: unknown = await client.sendCommand(command);
  client.destroy();
  return answer;
}

/** Sends numbers to a room, one each millisecond, while `happens`, and some more. @returns how many there were */
async function sendNumbers(from: Place, happens: () => Promise<unknown>): Promise<number> {
  let sent = 0;
  const timer = setInterval(() => from.io.to("flow").emit("number", sent++), 1);
  await until(() => sent > 200, "numbers before");
  await happens();
  const after = sent + 200;
  await until(() => sent > after, "numbers behind");
  clearInterval(timer);
  return sent;
}

/** The numbers that a client got. */
function numbersOf({ got }: Place): number[] {
  return got.filter(([event]) => event === "number").map(([, number]) => number as number);
}

const upTo = (count: number): number[] => [...Array.from({ length: count }).keys()];

describe.skipIf(noRedis)("a cluster over Redis (needs redis-server)", { timeout: 60_000 }, () => {
  beforeAll(async () => (redis = await RedisServer.start()));
  afterAll(() => redis.stop());
  afterEach(async () => {
    await Promise.all(places.splice(0).map((place) => place.close()));
    errors.length = 0;
    gaps.length = 0;
  });

  describe.each(Object.entries(WAYS))("told of by %s", (_way, factoryOf) => {
    let a: Place;
    let b: Place;
    let c: Place;

    beforeEach(async () => {
      [a, b, c] = [
        await open(factoryOf(redis.url)),
        await open(factoryOf(redis.url)),
        await open(factoryOf(redis.url)),
      ];
      await met();
    });

    it("takes text and bytes to rooms, wherever their members are", async () => {
      await b.socket.join("news");
      await c.socket.join(["news", "quiet"]);
      const values = ["text", Buffer.from([1, 2, 3]), { deep: [Buffer.from("merhaba")] }];
      a.io
        .to("news")
        .except("quiet")
        .emit("said", ...values);
      a.io.emit("end");
      await until(() => places.every(({ got }) => got.length > 0), "the end is there");
      await until(() => b.got.length > 1, "what was said is there");
      expect(b.got.find(([event]) => event === "said")).toEqual(["said", ...values]);
      expect([a, c].map(({ got }) => got)).toEqual([[["end"]], [["end"]]]);
    });

    it("collects acknowledgements, asks servers, and moves sockets", async () => {
      for (const [index, { client, io }] of places.entries()) {
        client.on("name", (reply: (index: number) => void) => reply(index));
        io.on("square", (number: number, reply: (result: number) => void) => reply(number * number));
      }
      expect(((await a.io.timeout(5_000).emitWithAck("name")) as number[]).sort()).toEqual([0, 1, 2]);
      expect(await a.io.serverSideEmitWithAck("square", 7)).toEqual([49, 49]);
      a.io.in(b.socket.id).socketsJoin("moved");
      await until(() => b.socket.rooms.has("moved"), "it is in the room");
      expect((await c.io.in("moved").fetchSockets()).map(({ id }) => id)).toEqual([b.socket.id]);
      c.io.in("moved").disconnectSockets(true);
      await until(() => b.client.disconnected, "it is disconnected");
    });

    it("listens to a room only while a member of it is there", async () => {
      const listeners = async (): Promise<unknown> =>
        ((await ask("PUBSUB", "NUMSUB", "telsiz:1/#news")) as unknown[])[1];
      expect(await listeners()).toBe(0);
      await b.socket.join("news");
      expect(await listeners()).toBe(1);
      await b.socket.leave("news");
      let left: unknown;
      while (left !== 0) left = await bounded(listeners(), "an answer");
    });

    it.each(["SIGTERM", "SIGKILL"] as const)(
      "loses nothing when Redis gets %s, and comes back after a second",
      async (signal) => {
        await b.socket.join("flow");
        await c.socket.join("flow");
        const count = await sendNumbers(a, async () => {
          await redis.stop(signal);
          await new Promise((resolve) => setTimeout(resolve, 1_000));
          await redis.start();
        });
        await until(() => [b, c].every((place) => numbersOf(place).length >= count), "all have come", 30_000);
        expect([b, c].map(numbersOf)).toEqual([upTo(count), upTo(count)]);
        expect(gaps).toEqual([]);
        // Each of three servers tells of the end, and why it could not connect again at once.
        expect(errors.length).toBeGreaterThanOrEqual(3);
        expect(errors.length).toBeLessThanOrEqual(9);
      },
    );

    it("loses nothing when Redis drops those who listen", async () => {
      await b.socket.join("flow");
      const count = await sendNumbers(a, () => ask("CLIENT", "KILL", "TYPE", "pubsub"));
      await until(() => numbersOf(b).length >= count, "all have come", 30_000);
      expect(numbersOf(b)).toEqual(upTo(count));
      expect(gaps).toEqual([]);
    });
  });

  it("loses nothing where Redis lets listeners fall behind by little", async () => {
    await ask("CONFIG", "SET", "client-output-buffer-limit", "pubsub 256kb 64kb 1");
    const [a, b] = [await open(cluster({ url: redis.url })), await open(cluster({ url: redis.url }))];
    await met();
    await b.socket.join("flow");
    const text = "x".repeat(10_000);
    for (let number = 0; number < 300; number++) a.io.to("flow").emit("number", number, text);
    await until(() => numbersOf(b).length >= 300, "all have come", 30_000);
    expect(numbersOf(b)).toEqual(upTo(300));
    expect(gaps).toEqual([]);
    await ask("CONFIG", "SET", "client-output-buffer-limit", "pubsub 32mb 8mb 60");
  });

  it("notices a Redis that has frozen, and goes on with it", async () => {
    const [a, b] = [await open(cluster({ url: redis.url })), await open(cluster({ url: redis.url }))];
    await met();
    await b.socket.join("flow");
    const count = await sendNumbers(a, async () => {
      redis.signal("SIGSTOP");
      await until(() => errors.length > 0, "it is noticed");
      redis.signal("SIGCONT");
    });
    expect(String(errors[0])).toContain("Redis brings nothing back.");
    await until(() => numbersOf(b).length >= count, "all have come", 30_000);
    expect(numbersOf(b)).toEqual(upTo(count));
  });

  it("serves its own clients while Redis is not there, and finds the others when it is", async () => {
    const late = await RedisServer.prepare();
    const [a, b] = [await open(cluster({ url: late.url })), await open(cluster({ url: late.url }))];
    const heard = once(a.client as unknown as NodeJS.EventEmitter, "hello");
    a.io.emit("hello");
    await bounded(heard, "hello");
    await until(() => errors.length > 0, "it is reported");
    expect((errors[0] as NodeJS.ErrnoException).code).toBe("ECONNREFUSED");
    await late.start();
    await met();
    await b.socket.join("room");
    a.io.to("room").emit("to both");
    await until(() => b.got.some(([event]) => event === "to both"), "it has come");
    await late.stop();
  });

  it("keeps clusters apart by their prefixes", async () => {
    const [a, b] = ["one:", "two:"].map((prefix) => cluster({ url: redis.url, prefix }));
    const [one, two] = [await open(a!), await open(b!)];
    one.io.emit("hello");
    two.io.emit("end");
    await until(() => two.got.length > 0, "the end is there");
    expect(await one.io.fetchSockets()).toHaveLength(1);
    expect(two.got).toEqual([["end"]]);
  });
});
