/** Several nodes of a Telsiz server as one. */

// Clusters, for the option `cluster` of a server
export { brokerCluster } from "./broker-cluster.ts";
export { memoryCluster } from "./memory-cluster.ts";
export type { PeerOptions } from "./peer-options.ts";
export type { ClusterOptions } from "./timing.ts";

// Brokers
export type { Broker, BrokerSink } from "./broker.ts";
export { MemoryHub } from "./memory-broker.ts";

// Errors
export { ClusterFrameError, ClusterFrameSizeError } from "./errors.ts";
