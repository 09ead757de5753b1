/** Several nodes of a Telsiz server as one. */

// Clusters, for the option `cluster` of a server
export { brokerCluster } from "./broker-cluster.ts";
export { memoryCluster } from "./memory-cluster.ts";
export type { PeerOptions } from "./peer-options.ts";
export type { ClusterOptions } from "./timing.ts";

// Brokers
export type { Broker, BrokerSink } from "./broker.ts";
export type { Kv } from "./kv.ts";
export type { Log, LogLimits, LogSlice, Producer } from "./log.ts";
export { MemoryHub } from "./memory-broker.ts";

// Errors
export { ClusterFrameError, ClusterFrameSizeError, ClusterLogFullError } from "./errors.ts";
