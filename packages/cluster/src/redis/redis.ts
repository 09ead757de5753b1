/** A cluster over Redis or Valkey. */
import { createRequire } from "node:module";
import type { ClusterFactory } from "@telsiz/adapter";
import { checkStrings, OptionError } from "@telsiz/events";
import { brokerCluster } from "../broker-cluster.ts";
import { ClusterClientError } from "../errors.ts";
import type { ClusterOptions } from "../timing.ts";
import { type IoRedisClient, ioRedisLinks } from "./ioredis-link.ts";
import { type NodeRedisClient, nodeRedisLinks } from "./node-redis-link.ts";
import { RedisBroker } from "./redis-broker.ts";
import type { RedisLinkFactory } from "./redis-link.ts";

/** How Redis is reached, and what may be set of a cluster. */
export interface RedisOptions extends ClusterOptions {
  /** Where it is; the package `redis` connects. @default "redis://localhost:6379" */
  url?: string | undefined;
  /**
   * A client of `redis` (from 5 on) or of `ioredis` (from 5 on) to connect like, in place of `url`. The cluster makes connections of
   * its own; this one need not be connected, and is left alone.
   */
  client?: NodeRedisClient | IoRedisClient | undefined;
  /** What all channels begin with: servers are one cluster where they share a Redis and this. @default "telsiz:" */
  prefix?: string | undefined;
}

/**
 * Makes servers one cluster: all those that share a Redis, or Valkey, and a prefix.
 * @throws OptionError, ClusterClientError if the package `redis` is not installed
 * @example const io = new Server(3000, { cluster: redis({ url: "redis://localhost:6379" }) });
 */
export function redis(options: RedisOptions = {}): ClusterFactory {
  const { url, client, prefix = "telsiz:", ...clusterOptions } = options;
  checkStrings(options, "prefix");
  if (client !== undefined && url !== undefined) {
    throw new OptionError("url", "left out where there is a client", url);
  }
  const createLink = client === undefined ? linksTo(url ?? "redis://localhost:6379") : linksLike(client);
  return brokerCluster(() => new RedisBroker(createLink, prefix), clusterOptions);
}

function linksTo(url: string): RedisLinkFactory {
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url)) {
    throw new OptionError("url", "an address that begins with redis:// or rediss://", url);
  }
  return nodeRedisLinks(loadRedis().createClient({ url }));
}

/** Programs of JavaScript may give anything. */
function linksLike(client: NodeRedisClient | IoRedisClient | null): RedisLinkFactory {
  if (typeof client?.duplicate !== "function") {
    throw new OptionError("client", "a client of the package redis or ioredis", client);
  }
  return "status" in client ? ioRedisLinks(client) : nodeRedisLinks(client);
}

/** Only who uses it has to have it. */
function loadRedis(): { createClient(options: { url: string }): NodeRedisClient } {
  try {
    return createRequire(import.meta.url)("redis") as ReturnType<typeof loadRedis>;
  } catch (error) {
    throw new ClusterClientError("redis", error);
  }
}
