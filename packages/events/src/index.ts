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

// What handlers get and answer
export type { AnyErrors, HandlerContext, HandlerOf } from "./handler.ts";
export {
  AckError,
  type AckErrorOptions,
  asValues,
  internalError,
  isAckError,
  isAnswer,
} from "./ack-error.ts";

// Contracts
export {
  type AnyContract,
  type Contract,
  defineContract,
  type Negotiation,
  type ServerContract,
} from "./contract/contract.ts";
export type {
  ContractDefinition,
  ContractLimits,
  ErrorDefinitions,
  EventDefinition,
  EventDefinitions,
} from "./contract/definition.ts";
export { type } from "./contract/type-marker.ts";
export type {
  AckErrorOf,
  AuthOf,
  BuiltInAckError,
  ClientAuthOf,
  ClientEmitOf,
  ClientListenOf,
  ContractAck,
  Defined,
  EventNameOf,
  ServerEmitOf,
  ServerListenOf,
  ServerSideOf,
  SocketDataOf,
  UntypedAuth,
} from "./contract/types.ts";
export type {
  InputOf,
  OutputOf,
  StandardIssue,
  StandardResult,
  StandardSchemaProps,
  StandardSchemaV1,
  Validator,
} from "./contract/standard-schema.ts";
export { BUILT_IN_MESSAGES, type BuiltInCode } from "./contract/codes.ts";
export { InvalidAnswerError, InvalidEventError } from "./contract/errors.ts";
export type { Issue } from "./contract/issues.ts";

// What applies a contract, on either side
export {
  checkContractOptions,
  type ContractOptions,
  type Side,
  type UnknownEvents,
} from "./contract/options.ts";
export type { Acknowledge, Gate, GatedSocket } from "./contract/gate.ts";
export type { AnswerCallback, Rules } from "./contract/rules.ts";
export { asEnvelope, decodeAnswer, decoding, encodeAnswer } from "./contract/envelope.ts";
export { hasAbilities, knowsEnvelopes, withAbilities, withoutAbilities } from "./contract/negotiation.ts";

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
export {
  callGuarded,
  checkFunction,
  type HandlerErrors,
  isThenable,
  printHandlerError,
  throwUncaught,
} from "./guard.ts";
export { checkedMiddleware, type MiddlewareOutcome, type Next, runMiddleware } from "./middleware.ts";
export { LONGEST_TIMER_MS, startDeadline } from "./deadline.ts";
export { type Rate, TokenBucket } from "./token-bucket.ts";

// Logs
export { createLogs, type Log, type Logs } from "./logs.ts";

// Errors and options
export { OptionError, TelsizError } from "./errors.ts";
export {
  checkBooleans,
  checkChoice,
  checkContract,
  checkCounts,
  checkDurations,
  checkFunctions,
  checkStrings,
} from "./option-checks.ts";
