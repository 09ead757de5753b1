/** The Telsiz realtime server. */

// The server and what it is made of
export { Server } from "./server.ts";
export type { ServerAddress } from "./http-server.ts";
export type { HttpServer } from "@telsiz/engine/server";
export { Namespace, type NamespaceMiddleware } from "./namespace.ts";
export type { NamespaceReservedEvents } from "./namespace-events.ts";
export type { ServerReservedEvents } from "./server-events.ts";
export { ParentNamespace } from "./parent-namespace.ts";
export type { NamespaceMatchFunction, NamespacePattern } from "./dynamic-namespaces.ts";
export { Socket } from "./socket.ts";
export type { Event, PacketMiddleware, SocketReservedEvents } from "./socket-events.ts";
export { BroadcastOperator } from "./broadcast-operator.ts";
export { SocketOperator } from "./socket-operator.ts";
export type { RemoteSocket, TimedRemoteSocket } from "./remote-socket.ts";
export type { Connection } from "./connection.ts";
export type { Handshake } from "./handshake.ts";
export type { HandlerErrorContext } from "./handler-error.ts";
export type { CutOff, ServerDrainOptions, ServerDrainReport } from "./server-drain.ts";
export type { DrainOptions } from "./drain-waits.ts";
export type { Backlog, OverflowAction, OverflowPolicy } from "@telsiz/engine/server";
export type { ServerOptions } from "./options.ts";
export type { ConnectionStateRecoveryOptions } from "./recovery-options.ts";
export type { ServerLimits } from "./limits.ts";
export type { RateLimitAction, RateLimitedContext, RateLimits } from "./rate-limits.ts";
export { type Presets, presets } from "./presets.ts";
export type { NamespaceOptions } from "./terms.ts";

// A server as a node of a cluster
export type { ClusterFactory, ClusterGap, ClusterReports, ServerCluster } from "@telsiz/adapter";

// What tools written for the inside of Socket.IO touch
export type { PacketEncoder } from "./compat.ts";

// Errors and reasons
export {
  BroadcastAckError,
  BroadcastTimeoutRequiredError,
  InvalidServerError,
  ParentNamespaceError,
  RestoredSessionError,
  ServerSideAckError,
  ServerSideEventError,
  StatefulRegExpError,
} from "./errors.ts";
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
  type ServerDisconnectReason as DisconnectReason,
} from "@telsiz/socket";
export {
  AckError,
  type HandlerContext,
  InvalidAnswerError,
  InvalidEventError,
  type Issue,
  OptionError,
  TelsizError,
} from "@telsiz/events";
export { SlowConsumerError } from "@telsiz/engine/server";
export { EncodeError } from "@telsiz/parser";

// Event maps, and the helper types of Socket.IO
export type {
  AllButLast,
  DecorateAcknowledgements,
  DecorateAcknowledgementsWithMultipleResponses,
  DecorateAcknowledgementsWithTimeoutAndMultipleResponses,
  DefaultEventsMap,
  EventNames,
  EventNamesWithAck,
  EventNamesWithError,
  EventNamesWithoutAck,
  EventParams,
  EventsMap,
  FirstNonErrorArg,
  IncomingEvent,
  Last,
  OutgoingEvent,
  RemoveAcknowledgements,
  ReservedOrUserEventNames,
  ReservedOrUserListener,
  StrictEventEmitter,
} from "@telsiz/events";

// Parsers
export { defaultParser, messagePackParser } from "@telsiz/parser";
