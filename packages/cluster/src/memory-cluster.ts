/** A cluster within one process: for tests, and for several servers that share one. */
import type { ClusterFactory } from "@telsiz/adapter";
import { brokerCluster } from "./broker-cluster.ts";
import { MemoryBroker, type MemoryHub } from "./memory-broker.ts";
import type { ClusterOptions } from "./timing.ts";

/**
 * Makes servers of one process one cluster: all those that are given the same hub.
 * @example
 * const hub = new MemoryHub();
 * const a = new Server(3000, { cluster: memoryCluster(hub) });
 * const b = new Server(3001, { cluster: memoryCluster(hub) });
 */
export function memoryCluster(hub: MemoryHub, options?: ClusterOptions): ClusterFactory {
  return brokerCluster(() => new MemoryBroker(hub), options);
}
