/** What an application says in a contract, and whether it can be meant. */
import { OptionError } from "../errors.ts";
import { checkCounts } from "../option-checks.ts";
import { BUILT_IN_CODES, type BuiltInCode } from "./codes.ts";
import { isValidator, type Validator } from "./standard-schema.ts";

/** How much an event may bring. */
export interface ContractLimits {
  /** How deep arrays and objects may nest within an argument; a plain value has depth 0, `[1]` has 1. @default not checked */
  readonly maxDepth?: number;
  /** Of all arguments: each value counts 1, texts and property names their length, binary its bytes. @default not checked */
  readonly maxSize?: number;
}

/** The errors that may come in place of an answer: by name, a validator for their `data`, or `null` if they have none. */
export type ErrorDefinitions = { readonly [code: string]: Validator | null } & {
  readonly [K in BuiltInCode]?: never;
};

/** What a contract says of an event. */
export interface EventDefinition {
  /** A validator for each argument; one alone may stand without brackets. @default no arguments */
  readonly args?: Validator | readonly Validator[];
  /** What answers the event. @default it has no answer */
  readonly ack?: Validator;
  /** Errors that may come in place of the answer. */
  readonly errors?: ErrorDefinitions;
  /** Instead of those of the contract. */
  readonly limits?: ContractLimits;
}

/** Events by name. */
export interface EventDefinitions {
  readonly [event: string]: EventDefinition;
}

/** What `defineContract` takes. */
export interface ContractDefinition {
  /** The events that clients send. */
  readonly clientToServer?: EventDefinitions;
  /** The events that the server sends. */
  readonly serverToClient?: EventDefinitions;
  /** The events between servers. Both ends have the types that come out of the validators. */
  readonly serverToServer?: EventDefinitions;
  /** What the client gives as `auth`. */
  readonly auth?: Validator;
  /** The type of `socket.data`, which is not checked. */
  readonly data?: Validator;
  /** What every event may bring. */
  readonly limits?: ContractLimits;
}

/** Names that no event can have, as they are raised by the sockets themselves. */
const RESERVED: ReadonlySet<string> = /* @__PURE__ */ new Set([
  "connect",
  "connect_error",
  "disconnect",
  "disconnecting",
  "newListener",
  "removeListener",
]);

/** @throws OptionError */
export function checkDefinition(definition: ContractDefinition): void {
  if (typeof definition !== "object" || (definition as unknown) === null) {
    throw new OptionError("contract", "an object", definition);
  }
  const { clientToServer, serverToClient, serverToServer, auth, data, limits = {} } = definition;
  for (const [name, events] of Object.entries({ clientToServer, serverToClient, serverToServer })) {
    for (const [event, rule] of Object.entries(events ?? {})) checkEvent(`${name}.${event}`, event, rule);
  }
  if (auth !== undefined) checkValidator("auth", auth);
  if (data !== undefined) checkValidator("data", data);
  checkCounts(limits, "maxDepth", "maxSize");
}

function checkEvent(
  path: string,
  event: string,
  { args = [], ack, errors, limits = {} }: EventDefinition,
): void {
  if (RESERVED.has(event)) throw new OptionError(path, "an event whose name is not reserved", event);
  argumentsOf({ args }).forEach((validator, index) => checkValidator(`${path}.args[${index}]`, validator));
  if (ack !== undefined) checkValidator(`${path}.ack`, ack);
  if (ack === undefined && errors !== undefined) {
    throw new OptionError(`${path}.errors`, "left out where there is no ack that they could replace", errors);
  }
  for (const [code, validator] of Object.entries<Validator | null>(errors ?? {})) {
    if (BUILT_IN_CODES.has(code)) throw new OptionError(`${path}.errors`, "free of built-in codes", code);
    if (validator !== null) checkValidator(`${path}.errors.${code}`, validator);
  }
  checkCounts(limits, "maxDepth", "maxSize");
}

function checkValidator(path: string, validator: unknown): void {
  if (!isValidator(validator)) throw new OptionError(path, "a Standard Schema, or type<T>()", validator);
}

/** The validators of an event's arguments, as a list. */
export function argumentsOf({ args = [] }: EventDefinition): readonly Validator[] {
  return isList(args) ? args : [args];
}

/** A library's validators may be arrays or functions, but then they are validators all the same. */
function isList(args: Validator | readonly Validator[]): args is readonly Validator[] {
  return Array.isArray(args) && !isValidator(args);
}
