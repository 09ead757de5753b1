/** Rooms and delivery of the Telsiz server. */

// The seam
export type {
  AdapterFactory,
  AdapterNamespace,
  AdapterSocket,
  AnswerCallback,
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
export { RoomIndex } from "./room-index.ts";
export { forEachSelected } from "./select.ts";

// Connection state recovery
export {
  isRecoveryStore,
  type LostSession,
  type RecoveryStore,
  type ResumedSession,
} from "./recovery-store.ts";
export { type RecoveryLimits, SessionAwareAdapter } from "./session-aware-adapter.ts";
export { Membership } from "./membership.ts";
export { type LogLimits, PacketLog } from "./packet-log.ts";
