/** The error that a handler answers with, and how it goes to a peer that knows nothing but values. */
import type { Issue } from "./contract/issues.ts";
import { TelsizError } from "./errors.ts";

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
  override readonly name = "AckError";
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

/** The code of an answer that does not fit a contract. */
export const INVALID_ANSWER = "TELSIZ_INVALID_ANSWER";

/** Whether an error is what came of an answer, so that it makes no sense to ask again. */
export function isAnswer(error: Error): boolean {
  // By its code: the class is for those who have a contract.
  return isAckError(error) || (error as { readonly code?: unknown }).code === INVALID_ANSWER;
}

/** What {@link internalError} says. */
export const INTERNAL_MESSAGE = "Internal error";

/** The answer where a function of the application failed: what it failed with is nobody else's business. */
export function internalError(): AckError {
  return new AckError("INTERNAL", undefined, { message: INTERNAL_MESSAGE });
}

/** What a peer is told of an error. */
export function fieldsOf({ code, message, data, issues }: AckError): object {
  return {
    code,
    message,
    ...(data === undefined ? {} : { data }),
    ...(issues === undefined ? {} : { issues }),
  };
}

/** The values of an acknowledgement as they are sent to a peer that knows no envelopes. */
export function asValues(values: readonly unknown[]): readonly unknown[] {
  const [first] = values;
  return isAckError(first) ? [{ error: fieldsOf(first) }] : values;
}
