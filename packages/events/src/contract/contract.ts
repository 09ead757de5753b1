/** What `defineContract` gives: a definition, and everything that is made of it. */
import { isAckError } from "../ack-error.ts";
import { type ContractDefinition, checkDefinition, type EventDefinition } from "./definition.ts";
import { BUILT_IN_CODES } from "./codes.ts";
import { Gate, type GatedSocket } from "./gate.ts";
import { knowsEnvelopes, withAbilities } from "./negotiation.ts";
import { checkContractOptions, type ContractOptions, type Side } from "./options.ts";
import { Rules } from "./rules.ts";
import type {
  AckErrorOf,
  Defined,
  EventsOf,
  ServerEmitOf,
  ServerListenOf,
  ServerSideOf,
  SocketDataOf,
} from "./types.ts";

/** How a client that has a contract says so, and learns whether the server knows what that means. */
export interface Negotiation {
  /** The payload of CONNECT. */
  withAbilities(payload: object | undefined): object;
  /** Whether the server's answer to it says that it knows error envelopes. */
  knowsEnvelopes(answer: object): boolean;
}

/** A contract as a server takes it: the event maps are inferred from it. */
export interface ServerContract<Listen, Emit, ServerSide, SocketData> extends Defined {
  /** Never there: holds the types. */
  readonly "~server"?: {
    readonly listen: Listen;
    readonly emit: Emit;
    readonly serverSide: ServerSide;
    readonly data: SocketData;
  };
  /** @throws OptionError */
  _rules(side: Side, options: ContractOptions): Rules;
  _gate<Asked>(rules: Rules, socket: GatedSocket<Asked>): Gate<Asked>;
  readonly _negotiation: Negotiation;
}

/** A contract, made by {@link defineContract}. */
export interface Contract<D extends ContractDefinition = ContractDefinition> extends ServerContract<
  ServerListenOf<{ readonly definition: D }>,
  ServerEmitOf<{ readonly definition: D }>,
  ServerSideOf<{ readonly definition: D }>,
  SocketDataOf<{ readonly definition: D }>
> {
  /** What it was made of. */
  readonly definition: D;
  /**
   * Whether an error came in place of the answer to `event`; afterwards it is told apart by its `code`.
   * @example if (chat.isAckError("message:send", error) && error.code === "MUTED") console.log(error.data.seconds);
   */
  isAckError<K extends keyof EventsOf<this> & string>(event: K, error: unknown): error is AckErrorOf<this, K>;
}

/** What clients and tools take: a contract whatever it says. */
export interface AnyContract extends Defined {
  /** @throws OptionError */
  _rules(side: Side, options: ContractOptions): Rules;
  _gate<Asked>(rules: Rules, socket: GatedSocket<Asked>): Gate<Asked>;
  readonly _negotiation: Negotiation;
}

/**
 * Declares the events of a namespace, once for both sides: their types, their checks, and the errors by name.
 * @throws OptionError
 * @example
 * const chat = defineContract({
 *   clientToServer: { say: { args: z.string(), ack: z.number(), errors: { MUTED: null } } },
 *   serverToClient: { said: { args: [z.string(), z.string()] } },
 * });
 */
export function defineContract<const D extends ContractDefinition>(definition: D): Contract<D> {
  checkDefinition(definition);
  const errors = declaredErrors(definition);
  return {
    definition,
    isAckError: (event: string, error: unknown): error is never =>
      isAckError(error) && (BUILT_IN_CODES.has(error.code) || errors.get(event)?.has(error.code) === true),
    _rules: (side, options) => {
      checkContractOptions(options);
      return new Rules(definition, side, options);
    },
    _gate: (rules, socket) => new Gate(rules, socket),
    _negotiation: { withAbilities, knowsEnvelopes },
  };
}

/** The codes of each event; two directions may have an event of one name. */
function declaredErrors({
  clientToServer,
  serverToClient,
  serverToServer,
}: ContractDefinition): ReadonlyMap<string, ReadonlySet<string>> {
  const codes = new Map<string, ReadonlySet<string>>();
  for (const events of [clientToServer, serverToClient, serverToServer]) {
    for (const [event, { errors = {} }] of Object.entries<EventDefinition>(events ?? {})) {
      codes.set(event, new Set([...(codes.get(event) ?? []), ...Object.keys(errors)]));
    }
  }
  return codes;
}
