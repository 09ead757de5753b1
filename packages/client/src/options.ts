/** The options of a client (api-surface.md 8 to 10). */
import { checkObject, type EngineClientOptions } from "@telsiz/engine/client";
import {
  type AnyContract,
  checkBooleans,
  checkChoice,
  checkContract,
  type ClientAuthOf,
  type ContractOptions,
  checkCounts,
  checkDurations,
  type HandlerErrors,
  OptionError,
} from "@telsiz/events";
import type { EmitterParser, Parser } from "@telsiz/parser";
import { checkDeliveryOptions, type DeliveryOptions } from "./delivery-window.ts";

/** What authenticates a socket: an object, or a function that gives one at each connection. */
export type Auth = object | ((give: (auth: object) => void) => void);

/** The options of one socket. */
export interface SocketOptions {
  /** Options with a contract are {@link ContractSocketOptions}. */
  contract?: never;
  /** Sent to the namespace's middleware at each connection. */
  auth?: Auth;
  /** Timeout of every acknowledgement that has none of its own, in milliseconds. @default none */
  ackTimeout?: number;
  /** Acknowledgements that may be awaited; an emit that asks for more throws `TooManyAcksError`. @default 10_000 */
  maxPendingAcks?: number;
  /**
   * Events that wait at most while there is no connection, or for their turn to be sent with `retries`. More are dropped:
   * `handler_error` of the manager tells a `BufferFullError` for each, and its acknowledgement gets it. @default 10_000
   */
  maxBuffered?: number;
  /**
   * How often an event is sent again until it is acknowledged, each after the one before: it arrives at least once.
   * Needs `ackTimeout`, or a timeout of each emit, to notice what got lost on an open connection.
   * @default events are sent once
   */
  retries?: number;
  /**
   * Within which bounds events that were on their way when the connection was lost arrive after its recovery, once and in
   * order, if the server is Telsiz and recovers connections; `false` if they are not to be sent again. What goes beyond
   * is told by the event `gap`.
   * @default 2 minutes, 10,000 events, 4 MiB
   */
  delivery?: DeliveryOptions | false;
}

/** What is said beside a contract. */
export interface ClientContractOptions extends ContractOptions {
  /** Whether a server that knows errors in acknowledgements is told that this client does too. @default true */
  negotiate?: boolean;
}

/** The options of a socket, with a contract or without. */
export interface AnySocketOptions extends Omit<SocketOptions, "contract">, ClientContractOptions {
  contract?: AnyContract;
}

/** The options of a socket that has a contract: `auth` is of its type, and required where it is declared. */
export type ContractSocketOptions<C extends AnyContract> = Omit<SocketOptions, "auth" | "contract"> &
  ClientContractOptions & {
    /** What `defineContract()` gives: the event maps are inferred from it, and what comes is checked. */
    contract: C;
  } & ContractAuth<ClientAuthOf<C>>;

type ContractAuth<A> = [A] extends [never]
  ? { auth?: Auth }
  : undefined extends A
    ? { auth?: A | ((give: (auth: A) => void) => void) }
    : { auth: A | ((give: (auth: A) => void) => void) };

/** The options of a connection: those of the engine, and these. */
export interface ManagerOptions extends EngineClientOptions {
  /** Whether `io` opens a connection of its own. @default false */
  forceNew?: boolean;
  /** Whether `io` shares the connection with other namespaces. @default true */
  multiplex?: boolean;
  /** Where the server's path begins. @default "/socket.io" */
  path?: string;
  /** Whether a lost connection is opened again. @default true */
  reconnection?: boolean;
  /** How often it is tried; 0 means without end. @default Infinity */
  reconnectionAttempts?: number;
  /** How long to wait before the first attempt, in milliseconds; 0 means the default. @default 1000 */
  reconnectionDelay?: number;
  /** The longest time between attempts, in milliseconds; 0 means the default. @default 5000 */
  reconnectionDelayMax?: number;
  /**
   * Whether the waiting times vary: not if 0. With `reconnectionJitter: "proportional"`, by which part, from 0 to 1.
   * @default 0.5
   */
  randomizationFactor?: number;
  /**
   * How they vary: `"full"` draws each from the whole range between zero and what is due, so that the clients of a server
   * that was down do not come back together; `"proportional"` is the formula of Socket.IO. @default "full"
   */
  reconnectionJitter?: "full" | "proportional";
  /** Time for an attempt to succeed, in milliseconds, or `false` for no limit. @default 20_000 */
  timeout?: number | false;
  /** Whether to connect at once. @default true */
  autoConnect?: boolean;
  /**
   * What becomes of an error that a function of the application throws, or rejects with: `"report"` tells it to
   * listeners of the manager's `handler_error`, or prints it if there are none; `"throw"` throws it where nobody catches
   * it. @default "report"
   */
  handlerErrors?: HandlerErrors;
  /**
   * Whether the handshake may ask for the first namespace, which saves a round trip if the server is Telsiz. A
   * connection that is given up before it is open may then be seen as a socket that leaves at once. @default true
   */
  earlyConnect?: boolean;
  /**
   * Packets to messages and back: a Telsiz parser, or one written for Socket.IO, which `@telsiz/client/websocket` takes wrapped by
   * `fromEmitterParser()` of `@telsiz/parser`. @default the default parser
   */
  parser?: Parser | EmitterParser;
}

/** The options of `io(url, options)`. */
export interface IoOptions extends ManagerOptions, SocketOptions {
  /** The former name of `forceNew`. */
  "force new connection"?: boolean;
}

/** The options of `io`, with a contract or without. */
export type AnyIoOptions = Omit<IoOptions, "contract"> & AnySocketOptions;

/** @throws OptionError */
export function checkManagerOptions(options: ManagerOptions): void {
  checkObject("options", options);
  checkBooleans(options, "reconnection", "autoConnect", "earlyConnect");
  checkCounts(options, "reconnectionAttempts");
  checkDurations(options, "reconnectionDelay", "reconnectionDelayMax");
  checkChoice(options, "handlerErrors", ["report", "throw"]);
  checkChoice(options, "reconnectionJitter", ["full", "proportional"]);
  const { randomizationFactor, timeout } = options;
  const isPart =
    typeof randomizationFactor === "number" && randomizationFactor >= 0 && randomizationFactor <= 1;
  if (randomizationFactor !== undefined && !isPart) {
    throw new OptionError("randomizationFactor", "a number from 0 to 1", randomizationFactor);
  }
  if (timeout !== false) checkDurations(options, "timeout");
}

/** @throws OptionError */
export function checkSocketOptions(options: AnySocketOptions): void {
  checkContract(options);
  checkDurations(options, "ackTimeout");
  checkCounts(options, "retries", "maxPendingAcks", "maxBuffered");
  checkDeliveryOptions(options.delivery);
  const { auth } = options;
  if (auth !== undefined && typeof auth !== "function") checkObject("auth", auth, "an object or a function");
}

/** @throws OptionError */
export function checkIoOptions(options: AnyIoOptions): void {
  checkManagerOptions(options);
  checkBooleans(options, "forceNew", "multiplex", "force new connection");
}
