/** What the entries of the client have in common; each adds its `io` and its `Manager`. */

// Connections and sockets
export type { ContractIoOptions, Io } from "./lookup.ts";
export { type DisconnectDescription, Socket, type SocketMaker, type SocketReservedEvents } from "./socket.ts";
export type { ManagerEvents as ManagerReservedEvents } from "./manager-base.ts";
export type { DeliveryOptions, Gap } from "./delivery-window.ts";
export type {
  Auth,
  ClientContractOptions,
  ContractSocketOptions,
  IoOptions,
  ManagerOptions,
  SocketOptions,
} from "./options.ts";

/** The revision of the Socket.IO protocol that this client speaks. */
export const protocol = 5;

// Transports, for the option `transports`
export { Fetch, NodeWebSocket, NodeXHR, WebSocket, WebTransport, XHR } from "@telsiz/engine/client";

// Errors and reasons
export { BufferFullError, ConnectError, ConnectTimeoutError, TooLargeError } from "./errors.ts";
export {
  AckNotRequestedError,
  AckTimeoutError,
  type ClientDisconnectReason as DisconnectReason,
  DisconnectedError,
  type ExtendedError,
  HandlerExistsError,
  NotSentError,
  ReservedEventError,
  TooManyAcksError,
} from "@telsiz/socket";
export {
  AckError,
  type HandlerContext,
  type InvalidAnswerError,
  type InvalidEventError,
  type Issue,
  OptionError,
  TelsizError,
} from "@telsiz/events";
export { EncodeError } from "@telsiz/parser";
export { OptionConflictError, TransportError } from "@telsiz/engine/client";

// Event maps
export type { DefaultEventsMap, IncomingEvent, OutgoingEvent } from "@telsiz/events";
