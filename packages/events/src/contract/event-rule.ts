/** What a contract says of one event, ready to be applied. */
import { AckError, isAckError } from "../ack-error.ts";
import { isThenable } from "../guard.ts";
import { type Check, checkOf, type Maybe } from "./check.ts";
import { BUILT_IN_CODES, BUILT_IN_MESSAGES } from "./codes.ts";
import { argumentsOf, type ContractLimits, type EventDefinition } from "./definition.ts";
import { InvalidAnswerError, InvalidEventError } from "./errors.ts";
import { type Issue, issuesOf, joinedIssues } from "./issues.ts";
import { exceeded } from "./measure.ts";
import type { StandardResult } from "./standard-schema.ts";
import { isTypeMarker } from "./type-marker.ts";

/** What came of arguments. */
export type CheckedArgs = readonly unknown[] | InvalidEventError;

/** What came of an answer. */
export type CheckedAnswer = { readonly value: unknown } | AckError | InvalidAnswerError;

type Result = StandardResult<unknown>;

/** One event of one direction. */
export class EventRule {
  /** Whether it has an answer. */
  readonly answered: boolean;
  readonly #event: string;
  readonly #args: readonly Check[];
  /** Whether some argument has a validator that has to be called. */
  readonly #checksArgs: boolean;
  readonly #limits: ContractLimits | undefined;
  readonly #ack: Check | undefined;
  readonly #errors: ReadonlyMap<string, Check | null>;

  constructor(event: string, definition: EventDefinition, limits: ContractLimits) {
    this.#event = event;
    const validators = argumentsOf(definition);
    this.#args = validators.map(checkOf);
    this.#checksArgs = validators.some((validator) => !isTypeMarker(validator));
    const all = { ...limits, ...definition.limits };
    this.#limits = all.maxDepth === undefined && all.maxSize === undefined ? undefined : all;
    this.#ack = definition.ack && checkOf(definition.ack);
    this.#errors = new Map(
      Object.entries(definition.errors ?? {}).map(([code, validator]) => [
        code,
        validator && checkOf(validator),
      ]),
    );
    this.answered = definition.ack !== undefined;
  }

  /** As many arguments as are declared; those that were left out are `undefined`. */
  padded(args: readonly unknown[]): readonly unknown[] {
    if (args.length === this.#args.length) return args;
    return Array.from(this.#args, (_validator, index) => args[index]);
  }

  /** What the validators make of the arguments, or why they do not fit. What a validator throws passes through. */
  checkArgs(args: readonly unknown[]): Maybe<CheckedArgs> {
    if (args.length > this.#args.length) return this.#refusedFor([this.#excess()]);
    const excess = this.#limits && exceeded(args, this.#limits);
    if (excess !== undefined) return refusal(excess, this.#event);
    if (!this.#checksArgs) return this.padded(args);
    const results = this.#runAll(args);
    if (areAll(results)) return this.#combined(results);
    // eslint-disable-next-line @typescript-eslint/await-thenable -- some are promises, or it would not come here
    return Promise.all(results).then((all) => this.#combined(all));
  }

  /** What the validator makes of the answer's value, or the error that came or comes in its place. */
  checkAnswer(answer: unknown): Maybe<CheckedAnswer> {
    if (isAckError(answer)) return this.#checkedError(answer);
    if (this.#ack === undefined) return { value: answer };
    return mapped(this.#ack(answer), (result) =>
      result.issues === undefined ? result : new InvalidAnswerError(this.#event, issuesOf(result.issues)),
    );
  }

  /** Whether the contract, or every contract, has an error of this code. */
  hasError(code: string): boolean {
    return this.#errors.has(code) || BUILT_IN_CODES.has(code);
  }

  /** The error with what its validator makes of its data. */
  #checkedError(error: AckError): Maybe<AckError | InvalidAnswerError> {
    const { code, data, message, issues } = error;
    if (BUILT_IN_CODES.has(code)) return error;
    const check = this.#errors.get(code);
    if (check === undefined) {
      return new InvalidAnswerError(this.#event, [{ path: [], message: `no error has the code "${code}"` }]);
    }
    if (check === null) return new AckError(code, undefined, { message, issues });
    return mapped(check(data), (result) =>
      result.issues === undefined
        ? new AckError(code, result.value, { message, issues })
        : new InvalidAnswerError(this.#event, issuesOf(result.issues)),
    );
  }

  #runAll(args: readonly unknown[]): readonly Maybe<Result>[] {
    const results: Maybe<Result>[] = [];
    try {
      for (const [index, check] of this.#args.entries()) results.push(check(args[index]));
    } catch (error) {
      // What the others are still at concerns nobody any more, their failure neither.
      for (const result of results) if (isThenable(result)) result.then(undefined, () => undefined);
      throw error;
    }
    return results;
  }

  #combined(results: readonly Result[]): CheckedArgs {
    const values: unknown[] = [];
    let wrong: (readonly Issue[])[] | undefined;
    for (const [index, result] of results.entries()) {
      if (result.issues === undefined) values.push(result.value);
      else (wrong ??= []).push(issuesOf(result.issues, [index]));
    }
    return wrong === undefined ? values : this.#refusedFor(joinedIssues(wrong));
  }

  #refusedFor(issues: readonly Issue[]): InvalidEventError {
    return refusal("INVALID", this.#event, issues);
  }

  #excess(): Issue {
    const most = this.#args.length;
    return { path: [most], message: `at most ${most} ${most === 1 ? "argument is" : "arguments are"} taken` };
  }
}

/** Says that an event may not pass. */
export function refusal(
  code: InvalidEventError["code"],
  event: string,
  issues?: readonly Issue[],
): InvalidEventError {
  return new InvalidEventError(code, event, BUILT_IN_MESSAGES[code], issues);
}

function areAll(results: readonly Maybe<Result>[]): results is readonly Result[] {
  return !results.some(isThenable);
}

/** Applies `map` now, or when the promise is fulfilled. */
export function mapped<T, U>(value: Maybe<T>, map: (value: T) => U): Maybe<U> {
  return isThenable(value) ? value.then(map) : map(value);
}
