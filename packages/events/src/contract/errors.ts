/** The errors of contracts. */
import { INVALID_ANSWER } from "../ack-error.ts";
import { TelsizError } from "../errors.ts";
import type { BuiltInCode } from "./codes.ts";
import type { Issue } from "./issues.ts";

/** What came, or was about to be sent, does not fit the contract. */
export class InvalidEventError extends TelsizError {
  readonly code: Exclude<BuiltInCode, "INTERNAL" | "RATE_LIMITED">;
  override readonly name = "InvalidEventError";
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
  readonly code: typeof INVALID_ANSWER = INVALID_ANSWER;
  override readonly name = "InvalidAnswerError";
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

function firstOf([issue]: readonly Issue[]): string {
  return issue === undefined ? "" : `: ${[...issue.path, issue.message].join(": ")}`;
}
