/** What a Telsiz Socket is on either side. */

// The common half of both Sockets
export { SocketBase } from "./socket-base.ts";
export type { AnyListener } from "./catch-all.ts";
export { type EmitFlags, NO_FLAGS } from "./emit-flags.ts";
export { EmitOperator, type EmitTarget } from "./emit-operator.ts";

// Parts of it
export { ARRIVAL_EVENT } from "./arrival.ts";
export { type AckCallback, AckRegistry, DEFAULT_MAX_PENDING_ACKS } from "./acks.ts";
export { warnOfAttachments } from "./attachment-warning.ts";

// Errors and reasons
export type { ClientDisconnectReason, ServerDisconnectReason } from "./disconnect-reason.ts";
export {
  AbortedError,
  AckNotRequestedError,
  AckTimeoutError,
  DisconnectedError,
  type ExtendedError,
  HandlerExistsError,
  NotSentError,
  ReservedEventError,
  TooManyAcksError,
} from "./errors.ts";
