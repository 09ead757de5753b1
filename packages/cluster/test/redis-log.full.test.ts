/** Streams and values in a real Redis: they do what those in memory do. */
import { noRedis, RedisServer, until } from "@telsiz/testkit";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LogLimits, LogSlice } from "../src/log.ts";
import { ioRedisLinks } from "../src/redis/ioredis-link.ts";
import { nodeRedisLinks } from "../src/redis/node-redis-link.ts";
import { RedisBroker } from "../src/redis/redis-broker.ts";
import { RedisLog } from "../src/redis/redis-log.ts";
import type { RedisLinkFactory } from "../src/redis/redis-link.ts";

const LIMITS: LogLimits = { maxFrames: 3, maxBytes: 100, maxAgeMs: 60_000 };

const LIBRARIES: Record<string, (url: string) => RedisLinkFactory> = {
  redis: (url) => nodeRedisLinks(createClient({ url })),
  ioredis: (url) => ioRedisLinks(new Redis(url, { lazyConnect: true })),
};

const frames = (...texts: string[]): Buffer[] => texts.map((text) => Buffer.from(text));
const textsOf = ({ frames: found }: LogSlice): string[] =>
  found.map((frame) => Buffer.from(frame).toString());

let redis: RedisServer;
let prefixes = 0;

describe.skipIf(noRedis)("streams and values in Redis (needs redis-server)", { timeout: 30_000 }, () => {
  beforeAll(async () => (redis = await RedisServer.start()));
  afterAll(() => redis.stop());

  describe.each(Object.entries(LIBRARIES))("by the package %s", (_name, linksTo) => {
    let one: RedisBroker;
    let two: RedisBroker;
    let errors: unknown[];

    async function open(prefix: string): Promise<RedisBroker> {
      const broker = new RedisBroker(linksTo(redis.url), prefix);
      await broker.open({ onFrame() {}, onError: (error) => errors.push(error), onReturn() {} });
      return broker;
    }

    beforeEach(async () => {
      errors = [];
      const prefix = `test-${prefixes++}:`;
      [one, two] = [await open(prefix), await open(prefix)];
    });
    afterEach(() => Promise.all([one.close(), two.close()]));

    it("bring what is appended to who follows, each frame once, however often it is appended", async () => {
      const slices: LogSlice[] = [];
      await two.log.follow("s", (slice) => slices.push(slice));
      await one.log.append("s", frames("1", "2"), { id: "a", seq: 1 }, LIMITS);
      await one.log.append("s", frames("2", "3"), { id: "a", seq: 2 }, LIMITS);
      await one.log.append("s", frames("3"), { id: "a", seq: 3 }, LIMITS);
      await two.log.append("s", frames("4", "\u0000\u00ffbytes"), { id: "b", seq: 1 }, LIMITS);
      await until(() => slices.flatMap(textsOf).length >= 5, "all have come");
      expect(slices.flatMap(textsOf)).toEqual(["1", "2", "3", "4", "\u0000\u00ffbytes"]);
      expect(slices.map(({ first, head }) => [first, head])).toEqual([[1, 2], [3, 3], [4, 5]]); // prettier-ignore
      two.log.unfollow("s");
      await one.log.append("s", frames("6"), { id: "a", seq: 4 }, LIMITS);
      const { epoch, head } = await two.log.read("s", Number.MAX_SAFE_INTEGER, 0);
      expect([epoch, head]).toEqual([slices[0]!.epoch, 6]);
      expect(slices).toHaveLength(3);
      expect(errors).toEqual([]);
    });

    it("tell by the first position what they have forgotten, and keep the newest in any case", async () => {
      const { log } = one;
      await log.append("s", frames("1", "2", "3", "4"), { id: "a", seq: 1 }, LIMITS);
      const slice = await log.read("s", 0, 2);
      expect({ ...slice, frames: textsOf(slice) }).toMatchObject({ first: 2, frames: ["2", "3"], head: 4 });
      await new Promise((resolve) => setTimeout(resolve, 20));
      await log.append("s", frames("5"), { id: "a", seq: 5 }, { ...LIMITS, maxAgeMs: 10 });
      expect(textsOf(await log.read("s", 0, 10))).toEqual(["5"]);
      await log.append("big", frames("x".repeat(1_000)), { id: "a", seq: 1 }, LIMITS);
      expect((await log.read("big", 0, 10)).frames).toHaveLength(1);
      expect(await log.read("none", 7, 10)).toMatchObject({ frames: [], head: 0 });
    });

    it("remember those who append, but not without end", async () => {
      const { log } = one;
      for (let producer = 0; producer < 1_001; producer++) {
        await log.append("s", frames("x"), { id: `p${producer}`, seq: 1 }, LIMITS);
      }
      await log.append("s", frames("x"), { id: "p1000", seq: 1 }, LIMITS);
      expect((await log.read("s", 0, 0)).head).toBe(1_001);
    });

    it("forget streams whose time is over, and those that are removed", async () => {
      const { log } = one;
      const head = async (stream: string): Promise<number> => (await log.read(stream, 0, 0)).head;
      for (const stream of ["old", "touched", "removed"]) {
        await log.append(stream, frames("1"), { id: "a", seq: 1 }, { ...LIMITS, ttlMs: 500 });
      }
      await log.touch("touched", 60_000);
      await log.remove("removed");
      expect(await head("removed")).toBe(0);
      let old = 1;
      while (old > 0) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        old = await head("old");
      }
      expect(await head("touched")).toBe(1);
    });

    it("have another epoch when Redis has forgotten everything", async () => {
      await one.log.append("s", frames("1"), { id: "a", seq: 1 }, LIMITS);
      const before = await one.log.read("s", 0, 10);
      const client = await createClient({ url: redis.url }).connect();
      await client.flushAll();
      client.destroy();
      const after = await two.log.read("s", 0, 10);
      expect(after.epoch).not.toBe(before.epoch);
      expect(after.head).toBe(0);
      await one.log.append("s", frames("2"), { id: "a", seq: 2 }, LIMITS);
      expect(await one.log.read("s", 0, 10)).toMatchObject({ epoch: after.epoch, head: 1 });
    });

    it("begin anew when Redis has started again with a part of what it had", async () => {
      await one.log.append("s", frames("1", "2"), { id: "a", seq: 1 }, LIMITS);
      const before = await one.log.read("s", 0, 10);
      const { call } = await one.connection();
      const restarted = new RedisLog({
        prefix: one.prefix,
        connection: () => Promise.resolve({ runId: "another", call }),
        subscribe: () => Promise.resolve(),
        unsubscribe() {},
      });
      const after = await restarted.read("s", 0, 10);
      expect([after.epoch === before.epoch, after.frames, after.head]).toEqual([false, [], 0]);
      await restarted.append("s", frames("3"), { id: "a", seq: 3 }, LIMITS);
      const next = await restarted.read("s", 0, 10);
      expect([next.epoch, textsOf(next), next.head]).toEqual([after.epoch, ["3"], 1]);
    });

    it("give a value to one who takes it, and to nobody once its time is over", async () => {
      const { kv } = one;
      const [value, other] = [Buffer.from([0, 255, 1]), Buffer.from("other")];
      await kv.put("a", value, 60_000);
      expect(await two.kv.get("a")).toEqual(value);
      expect(await kv.take("a", other)).toBe(false);
      expect([await two.kv.take("a", value), await kv.take("a", value)]).toEqual([true, false]);
      await kv.put("short", value, 50);
      await kv.put("long", value, 50);
      await kv.touch("long", Infinity);
      await kv.put("ever", value, Infinity);
      let short: unknown = value;
      while (short !== undefined) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        short = await kv.get("short");
      }
      expect([await kv.get("long"), await kv.get("ever")]).toEqual([value, value]);
      await kv.remove("long");
      expect(await kv.get("long")).toBeUndefined();
    });
  });
});
