/** The errors of contracts and handlers. */
import { TelsizError } from "../errors.ts";
import { type BuiltInCode, INTERNAL_MESSAGE } from "./codes.ts";
import type { Issue } from "./issues.ts";

/** What an {@link AckError} may say beside its code. */
export interface AckErrorOptions {
  /** For people. @default the code */
  readonly message?: string;
  /** What is wrong with the arguments. */
  readonly issues?: readonly Issue[] | undefined;
}

/**
 * The answer to an event is an error: that the peer's handler failed in a way that its contract names, or one of the
 * built-in codes. Given to an acknowledgement, it is what the peer gets.
 * @example ack(new AckError("MUTED", { seconds: 60 }));
 */
export class AckError<Code extends string = string, Data = unknown> extends TelsizError {
  /** The name of the error. */
  readonly code: Code;
  /** What the contract says of this error, or whatever the handler gave. */
  readonly data: Data;
  /** With the code `INVALID`, what is wrong with the arguments. */
  readonly issues: readonly Issue[] | undefined;

  constructor(code: Code, data?: Data, { message = code, issues }: AckErrorOptions = {}) {
    super(message);
    this.code = code;
    this.data = data as Data; // left out only where there is none
    this.issues = issues;
  }
}

/** Whether an answer is an error, which takes the place of a value. */
export function isAckError(answer: unknown): answer is AckError {
  return answer instanceof AckError;
}

/** The answer where a function of the application failed: what it failed with is nobody else's business. */
export function internalError(): AckError {
  return new AckError("INTERNAL", undefined, { message: INTERNAL_MESSAGE });
}

/** What came, or was about to be sent, does not fit the contract. */
export class InvalidEventError extends TelsizError {
  readonly code: Exclude<BuiltInCode, "INTERNAL" | "RATE_LIMITED">;
  /** The event's name. */
  readonly event: string;
  /** With the code `INVALID`, what is wrong with the arguments. */
  readonly issues: readonly Issue[];

  constructor(
    code: InvalidEventError["code"],
    event: string,
    message: string,
    issues: readonly Issue[] = [],
  ) {
    super(message);
    this.code = code;
    this.event = event;
    this.issues = issues;
  }
}

/** The answer to an event does not fit the contract. */
export class InvalidAnswerError extends TelsizError {
  readonly code = "TELSIZ_INVALID_ANSWER";
  /** The event's name. */
  readonly event: string;
  /** What is wrong with it. */
  readonly issues: readonly Issue[];

  constructor(event: string, issues: readonly Issue[]) {
    super(`The answer to "${event}" does not fit the contract${firstOf(issues)}`);
    this.event = event;
    this.issues = issues;
  }
}

/** Whether an error is what came of an answer, so that it makes no sense to ask again. */
export function isAnswer(error: unknown): boolean {
  return error instanceof AckError || error instanceof InvalidAnswerError;
}

function firstOf([issue]: readonly Issue[]): string {
  return issue === undefined ? "" : `: ${[...issue.path, issue.message].join(": ")}`;
}
