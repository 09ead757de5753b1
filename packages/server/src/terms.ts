/** On what terms a namespace deals with its clients: its contract, if it has one, and what is said beside it. */
import {
  type Acknowledge,
  type AnyContract,
  type AckError,
  checkContract,
  checkContractOptions,
  type ContractOptions,
  decodeAnswer,
  type EventMap,
  type Gate,
  type GatedSocket,
  type InvalidAnswerError,
  InvalidEventError,
  isAckError,
  isThenable,
  type Next,
  OptionError,
  type Rules,
  type ServerContract,
} from "@telsiz/events";
import type { ExtendedError } from "@telsiz/socket";

/** What a namespace may be given: `io.of(name, options)`, and `new Server(http, options)` for the main one. */
export interface NamespaceOptions<
  Listen extends EventMap<Listen>,
  Emit extends EventMap<Emit>,
  ServerSide extends EventMap<ServerSide>,
  SocketData,
> extends ContractOptions {
  /** What `defineContract()` gives: the event maps are inferred from it, and what comes is checked. @default none */
  contract?: ServerContract<Listen, Emit, ServerSide, SocketData>;
  /** Whether clients that know errors in acknowledgements get them as such (docs/contracts.md). @default true */
  negotiate?: boolean;
}

/** The same, whatever the event maps are. */
export interface TermsOptions extends ContractOptions {
  contract?: AnyContract | undefined;
  negotiate?: boolean;
}

/** What the terms see of a client that wants to connect. */
interface Applicant {
  readonly handshake: { auth: object };
}

/** Reports an error that is nobody's answer. */
type Report = (error: unknown, event: string) => void;

/** The terms of one namespace. */
export class Terms {
  /** Whether clients that know error envelopes get them. */
  readonly negotiates: boolean;
  readonly #contract: AnyContract | undefined;
  readonly #rules: Rules | undefined;
  readonly #clusterRules: Rules | undefined;

  constructor(options: TermsOptions) {
    this.negotiates = options.negotiate ?? true;
    this.#contract = options.contract;
    this.#rules = options.contract?._rules("server", options);
    this.#clusterRules = options.contract?._rules("cluster", options);
  }

  /** What takes the place of these terms where `options` are given; a contract cannot be replaced. @throws OptionError */
  changedBy(options: TermsOptions): Terms {
    checkContract(options);
    if (options.contract === undefined) checkContractOptions(options); // a contract does it
    if (this.#contract === undefined) return new Terms(options);
    if (options.contract === undefined || options.contract === this.#contract) return this;
    throw new OptionError("contract", "the one that the namespace has already", options.contract);
  }

  /** What checks the events of a new socket. */
  gateFor(socket: GatedSocket): Gate | undefined {
    return this.#rules && this.#contract?._gate(this.#rules, socket);
  }

  /** What checks the events of other servers. */
  clusterGateFor(servers: GatedSocket<Acknowledge>): Gate<Acknowledge> | undefined {
    return this.#clusterRules && this.#contract?._gate(this.#clusterRules, servers);
  }

  /** A middleware that lets in only those whose `auth` fits. */
  readonly checkAuth = (socket: Applicant, next: Next<ExtendedError>): Promise<void> | void => {
    if (this.#rules === undefined) return next();
    // By these two a lost session is asked for; they are no part of what the application gave.
    const {
      pid: _pid,
      offset: _offset,
      ...auth
    } = socket.handshake.auth as { pid?: unknown; offset?: unknown };
    const checked = this.#rules.checkAuth(auth);
    if (checked === undefined) return next();
    const decide = (result: Awaited<typeof checked>): void => {
      if (result instanceof InvalidEventError) return next(refusedAuth(result));
      socket.handshake.auth = result.value as object;
      next();
    };
    return isThenable(checked) ? checked.then(decide) : decide(checked);
  };

  /** The arguments of a broadcast as they are sent. @throws InvalidEventError */
  prepare(event: string, args: readonly unknown[], report: Report): readonly unknown[] {
    return this.#rules === undefined ? args : this.#rules.prepare(event, args, report);
  }

  /** Calls back with what the answer of one client to a broadcast comes to. */
  receiveAnswer(
    event: string,
    envelope: unknown,
    report: Report,
    settle: (error: AckError | InvalidAnswerError | null, value?: unknown) => void,
  ): void {
    const answer = decodeAnswer(envelope);
    if (this.#rules !== undefined) this.#rules.receiveAnswer(event, answer, report, settle);
    else if (isAckError(answer)) settle(answer);
    else settle(null, answer);
  }
}

function refusedAuth({ code, issues }: InvalidEventError): ExtendedError {
  return Object.assign(new Error("Invalid auth"), { data: { code, issues } });
}
