/** How a value is put to a validator. */
import type { StandardResult, Validator } from "./standard-schema.ts";
import { zodCheck } from "./zod-check.ts";

/** A value, or the promise of it where a validator is asynchronous. */
export type Maybe<T> = T | Promise<T>;

/** What a validator says of a value. */
export type Check = (value: unknown) => Maybe<StandardResult<unknown>>;

/** The check of a validator. */
export function checkOf(validator: Validator): Check {
  return zodCheck(validator) ?? ((value) => validator["~standard"].validate(value));
}
