/** A contract as one side of a namespace applies it. */
import { type AckError, isAckError } from "../ack-error.ts";
import { isThenable } from "../guard.ts";
import { type Check, checkOf, type Maybe } from "./check.ts";
import type { ContractDefinition, ContractLimits, EventDefinitions } from "./definition.ts";
import { InvalidAnswerError, InvalidEventError } from "./errors.ts";
import { type CheckedAnswer, EventRule, mapped, refusal } from "./event-rule.ts";
import { issuesOf } from "./issues.ts";
import type { ContractOptions, Side, UnknownEvents } from "./options.ts";

/** Reports an error of a validator, or one that is known only after the fact. */
export type Report = (error: unknown, event: string) => void;

/** What came of an answer: an error, or its value. */
export type AnswerCallback = (error: AckError | InvalidAnswerError | null, value?: unknown) => void;

/** The events of one direction. */
export type EventRules = ReadonlyMap<string, EventRule>;

/** The rules of one contract for one side, shared by all sockets of a namespace. */
export class Rules {
  /** Of what the peer sends. */
  readonly incoming: EventRules;
  /** Of what is sent to it. */
  readonly outgoing: EventRules;
  /** Whether what the peer sends is checked. */
  readonly checksIncoming: boolean;
  /** Whether what is sent to it is checked. */
  readonly checksOutgoing: boolean;
  /** What becomes of events that the contract does not name. */
  readonly unknownEvents: UnknownEvents;
  /** How many events of a socket may wait for asynchronous validators. */
  readonly maxQueued: number;
  readonly #auth: Check | undefined;

  constructor(definition: ContractDefinition, side: Side, options: ContractOptions) {
    const { clientToServer, serverToClient, serverToServer, limits = {} } = definition;
    const both = { client: [serverToClient, clientToServer], server: [clientToServer, serverToClient] };
    const [incoming, outgoing] = side === "cluster" ? [serverToServer, serverToServer] : both[side];
    this.incoming = rulesOf(incoming, limits);
    this.outgoing = rulesOf(outgoing, limits);
    this.checksIncoming = options.validate?.incoming ?? true;
    this.checksOutgoing = options.validate?.outgoing ?? false;
    // A contract that does not speak of servers says nothing about what they send each other.
    const silent = side === "cluster" && serverToServer === undefined;
    this.unknownEvents = silent
      ? "allow"
      : (options.unknownEvents ?? (side === "client" ? "ignore" : "reject"));
    this.maxQueued = options.maxQueued ?? 100;
    this.#auth = definition.auth && checkOf(definition.auth);
  }

  /** What the validator makes of a client's `auth`, or why it does not fit; undefined where nothing checks it. */
  checkAuth(auth: unknown): Maybe<{ readonly value: unknown } | InvalidEventError> | undefined {
    if (this.#auth === undefined || !this.checksIncoming) return undefined;
    return mapped(this.#auth(auth), (result) =>
      result.issues === undefined ? result : refusal("INVALID", "connect", issuesOf(result.issues)),
    );
  }

  /**
   * The arguments as they are sent. Those at the end that are `undefined` are left out, since JSON would make them null.
   * @throws InvalidEventError
   */
  prepare(event: string, args: readonly unknown[], report: Report): readonly unknown[] {
    const rule = this.outgoing.get(event);
    if (this.checksOutgoing) this.#checkOutgoing(rule, event, args, report);
    return rule === undefined ? args : withoutTail(args);
  }

  /** Tells what an answer comes to. It is called back once, at once unless the validator is asynchronous. */
  receiveAnswer(event: string, answer: unknown, report: Report, settle: AnswerCallback): void {
    const rule = this.outgoing.get(event);
    if (rule === undefined || !this.checksIncoming) return settleAnswer(answer, settle);
    const fail = (error: unknown): void => {
      report(error, event);
      settle(new InvalidAnswerError(event, [{ path: [], message: "its validator failed" }]));
    };
    const done = (checked: CheckedAnswer): void => {
      if (checked instanceof Error) settle(checked);
      else settle(null, checked.value);
    };
    whenChecked(() => rule.checkAnswer(answer), done, fail);
  }

  /** Checks what this side answers. @throws InvalidEventError */
  checkOwnAnswer(rule: EventRule, event: string, answer: unknown, report: Report): void {
    const checked = rule.checkAnswer(answer);
    if (isThenable(checked)) {
      checked.then(
        (late) => {
          if (late instanceof InvalidAnswerError) report(refusedAnswer(event, late), event);
        },
        (error: unknown) => report(error, event),
      );
    } else if (checked instanceof InvalidAnswerError) throw refusedAnswer(event, checked);
  }

  #checkOutgoing(rule: EventRule | undefined, event: string, args: readonly unknown[], report: Report): void {
    if (rule === undefined) {
      if (this.unknownEvents === "allow") return;
      throw refusal("UNKNOWN_EVENT", event);
    }
    const checked = rule.checkArgs(args);
    if (isThenable(checked)) {
      checked.then(
        (late) => {
          if (late instanceof InvalidEventError) report(late, event);
        },
        (error: unknown) => report(error, event),
      );
    } else if (checked instanceof InvalidEventError) throw checked;
  }
}

/** Calls back once: with what a check gives, or with what it throws or rejects with. */
function whenChecked<T>(
  check: () => Maybe<T>,
  done: (checked: T) => void,
  fail: (error: unknown) => void,
): void {
  let checked: Maybe<T>;
  try {
    checked = check();
  } catch (error) {
    return fail(error);
  }
  if (isThenable(checked)) checked.then(done, fail);
  else done(checked);
}

function settleAnswer(answer: unknown, settle: AnswerCallback): void {
  if (isAckError(answer)) settle(answer);
  else settle(null, answer);
}

function refusedAnswer(event: string, { issues }: InvalidAnswerError): InvalidEventError {
  return new InvalidEventError("INVALID", event, "The answer does not fit", issues);
}

function rulesOf(events: EventDefinitions = {}, limits: ContractLimits): EventRules {
  return new Map(
    Object.entries(events).map(([event, definition]) => [event, new EventRule(event, definition, limits)]),
  );
}

function withoutTail(args: readonly unknown[]): readonly unknown[] {
  if (args.length === 0 || args.at(-1) !== undefined) return args;
  return args.slice(0, args.findLastIndex((value) => value !== undefined) + 1);
}
