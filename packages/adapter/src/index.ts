/** Rooms and delivery of the Telsiz server. */

// The seam
export type {
  AdapterFactory,
  AdapterNamespace,
  AdapterSocket,
  AnswerCallback,
  ClientCountCallback,
  BroadcastFlags,
  BroadcastOptions,
  Delivery,
  NamespaceAdapter,
  Room,
  RoomEvents,
  ServerAnswersCallback,
  SocketDetails,
  SocketId,
} from "./adapter.ts";

// Implementations, and the parts for others
export { InMemoryAdapter, InMemoryAdapter as Adapter } from "./in-memory-adapter.ts";
export { ClusterAdapter, type ClusterAdapterOptions } from "./cluster-adapter.ts";
export { ClusterAdapterWithHeartbeat, type HeartbeatOptions } from "./cluster-adapter-with-heartbeat.ts";
export { RoomIndex } from "./room-index.ts";
export { forEachSelected } from "./select.ts";

// What servers of a cluster tell each other
export {
  type ClusterMessage,
  type ClusterMessageBody,
  type ClusterResponse,
  type ClusterResponseBody,
  encodeOptions,
  type Envelope,
  isClusterMessage,
  MessageType,
  type Offset,
  type ServerId,
  type WireOptions,
  type WireSocket,
} from "./cluster-message.ts";
export { ClusterBusyError, ClusterMessageError, ClusterTimeoutError } from "./errors.ts";

// A server as a node of a cluster
export type {
  ClusteredEngine,
  ClusterFactory,
  ClusterGap,
  ClusterReports,
  ClusterSessions,
  ServerCluster,
} from "./server-cluster.ts";

// Connection state recovery
export type { PersistedSession, RestoredSession } from "./persisted-session.ts";
export {
  isRecoveryStore,
  type LostSession,
  type RecoveryStore,
  type ResumedSession,
} from "./recovery-store.ts";
export { type RecoveryLimits, SessionAwareAdapter } from "./session-aware-adapter.ts";
export { OrderedDeliveries } from "./ordered-deliveries.ts";
export { Membership, type MembershipSnapshot, type Stays, wasFor } from "./membership.ts";
export { type LogLimits, PacketLog } from "./packet-log.ts";
