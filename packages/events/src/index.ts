/** Typed event maps and the emitter of Telsiz. */

// Event maps
export type {
  AckMode,
  AckOf,
  AckValue,
  Answer,
  AnyEvents,
  EmitArgs,
  EventArgs,
  EventMap,
  EventName,
  EventNameWithAck,
  EventNameWithoutAck,
  ListenableName,
  Listener,
  ListenerOf,
  Many,
  One,
  OneOrTimeout,
  PayloadOf,
  RequestArgs,
} from "./event-map.ts";

// Emitters
export { Emitter } from "./emitter.ts";
export { Listenable } from "./listenable.ts";

// Functions of the application
export { callGuarded, type HandlerErrors, isThenable, printHandlerError, throwUncaught } from "./guard.ts";
export { checkedMiddleware, type MiddlewareOutcome, type Next, runMiddleware } from "./middleware.ts";
export { startDeadline } from "./deadline.ts";

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
