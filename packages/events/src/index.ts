/** Typed event maps and the emitter of Telsiz. */

// Event maps
export type {
  AnyEvents,
  EventArgs,
  EventMap,
  EventName,
  ListenableName,
  Listener,
  ListenerOf,
} from "./event-map.ts";
export type { IncomingEvent, OutgoingEvent } from "./event-tuple.ts";
export type { AckOf, AckValue, EventNameWithAck, EventNameWithoutAck, PayloadOf } from "./acknowledgement.ts";
export type {
  AckMode,
  Answer,
  EmitArgs,
  Many,
  One,
  OneOrTimeout,
  Rejected,
  RequestArgs,
  SendArgs,
  Unanswered,
} from "./call-args.ts";

// The helper types of Socket.IO, by their names
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
  Last,
  RemoveAcknowledgements,
  ReservedOrUserEventNames,
  ReservedOrUserListener,
  StrictEventEmitter,
} from "./compat.ts";

// Emitters
export { Emitter } from "./emitter.ts";
export { Listenable } from "./listenable.ts";

// Functions of the application
export { callGuarded, type HandlerErrors, isThenable, printHandlerError, throwUncaught } from "./guard.ts";
export { checkedMiddleware, type MiddlewareOutcome, type Next, runMiddleware } from "./middleware.ts";
export { startDeadline } from "./deadline.ts";
export { type Rate, TokenBucket } from "./token-bucket.ts";

// Errors and options
export { OptionError, TelsizError } from "./errors.ts";
export {
  checkBooleans,
  checkChoice,
  checkCounts,
  checkDurations,
  checkFunctions,
  checkStrings,
} from "./option-checks.ts";
