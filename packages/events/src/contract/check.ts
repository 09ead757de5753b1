/** How a value is put to a validator. */
import { isThenable } from "../guard.ts";
import type { StandardIssue, StandardResult, Validator } from "./standard-schema.ts";

/** A value, or the promise of it where a validator is asynchronous. */
export type Maybe<T> = T | Promise<T>;

/** What a validator says of a value. */
export type Check = (value: unknown) => Maybe<StandardResult<unknown>>;

/** What is used of a schema of zod. */
interface ZodSchema extends Validator {
  readonly _zod: {
    readonly def: object;
    run(payload: ZodPayload, context: { readonly async: true }): Maybe<ZodPayload>;
  };
  safeParseAsync(value: unknown): Promise<{ data?: unknown; error?: { issues: readonly StandardIssue[] } }>;
}

interface ZodPayload {
  readonly value: unknown;
  readonly issues: readonly unknown[];
}

/**
 * The check of a validator. By its standard interface zod runs every schema as if it were synchronous, and if it is not,
 * drops that promise and begins anew: were it rejected, nobody would listen, and the process would end. A schema with
 * functions in it, any of which may be asynchronous, is therefore run as zod's own `safeParseAsync` would.
 */
export function checkOf(validator: Validator): Check {
  return isZodSchema(validator) && hasFunctions(validator, new Set())
    ? (value) => runZod(validator, value)
    : (value) => validator["~standard"].validate(value);
}

function runZod(schema: ZodSchema, value: unknown): Maybe<StandardResult<unknown>> {
  const outcome = schema._zod.run({ value, issues: [] }, { async: true });
  // What is wrong has no words yet: they come with another run, which is as synchronous as this one was.
  if (!isThenable(outcome)) {
    return outcome.issues.length === 0 ? { value: outcome.value } : schema["~standard"].validate(value);
  }
  return outcome.then(async (payload) => {
    if (payload.issues.length === 0) return { value: payload.value };
    const { data, error } = await schema.safeParseAsync(value);
    return error === undefined ? { value: data } : { issues: error.issues };
  });
}

/** Whether the application's functions are somewhere in a definition: refinements, transforms, schemas made later, promises. */
function hasFunctions(part: unknown, seen: Set<unknown>): boolean {
  if (typeof part !== "object" || part === null || seen.has(part)) return false;
  seen.add(part);
  const { _zod, check, fn, transform, getter, type } = part as Readonly<Record<string, unknown>>;
  if (_zod !== undefined) return hasFunctions((_zod as ZodSchema["_zod"]).def, seen);
  if (check === "custom" || type === "promise") return true;
  if ([fn, transform, getter].some((member) => typeof member === "function")) return true;
  return Object.values(part).some((member) => hasFunctions(member, seen));
}

function isZodSchema(validator: Validator): validator is ZodSchema {
  return "_zod" in validator && "safeParseAsync" in validator;
}
