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

// Errors and options
export { OptionError, TelsizError } from "./errors.ts";
export { checkBooleans, checkCounts, checkDurations, checkFunctions, checkStrings } from "./option-checks.ts";
