/** A cluster over Redis or Valkey. */
export { redis, type RedisOptions } from "./redis.ts";
export type { NodeRedisClient } from "./node-redis-link.ts";
export type { IoRedisClient } from "./ioredis-link.ts";
export { ClusterClientError } from "../errors.ts";
