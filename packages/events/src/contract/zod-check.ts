/**
 * How a value is put to a schema of zod that has the application's functions in it, any of which may be asynchronous. By its
 * standard interface zod runs every schema as if it were synchronous, and if it is not, drops that promise and begins
 * anew: were it rejected, nobody would listen, and the process would end. So these are run as zod's own `safeParseAsync` would.
 */
import { isThenable } from "../guard.ts";
import type { StandardIssue, StandardResult, Validator } from "./standard-schema.ts";

type Result = StandardResult<unknown> | Promise<StandardResult<unknown>>;

/** What is used of a schema of zod 3 and 4. */
interface AsyncSchema extends Validator {
  safeParseAsync(value: unknown): Promise<{ data?: unknown; error?: { issues: readonly StandardIssue[] } }>;
}

/** What is used of one of zod 4. */
interface Zod4Schema extends AsyncSchema {
  readonly _zod: {
    run(payload: Payload, context: { readonly async: true }): Payload | Promise<Payload>;
  };
}

interface Payload {
  readonly value: unknown;
  readonly issues: readonly unknown[];
}

/** The check of a validator, if it is a schema of zod with functions in it. */
export function zodCheck(validator: Validator): ((value: unknown) => Result) | undefined {
  if (!("safeParseAsync" in validator) || !hasFunctions(validator, new Set())) return undefined;
  const schema = validator as AsyncSchema;
  return "_zod" in schema
    ? (value) => runZod4(schema as Zod4Schema, value)
    : (value) => parseAsync(schema, value);
}

function runZod4(schema: Zod4Schema, value: unknown): Result {
  const outcome = schema._zod.run({ value, issues: [] }, { async: true });
  // What is wrong has no words yet: they come with another run, which is as synchronous as this one was.
  if (!isThenable(outcome)) {
    return outcome.issues.length === 0 ? { value: outcome.value } : schema["~standard"].validate(value);
  }
  return outcome.then((payload) =>
    payload.issues.length === 0 ? { value: payload.value } : parseAsync(schema, value),
  );
}

async function parseAsync(schema: AsyncSchema, value: unknown): Promise<StandardResult<unknown>> {
  const { data, error } = await schema.safeParseAsync(value);
  return error === undefined ? { value: data } : { issues: error.issues };
}

/** Whether the application's functions are somewhere in a definition: refinements, transforms, schemas made later, promises. */
function hasFunctions(part: unknown, seen: Set<unknown>): boolean {
  if (typeof part !== "object" || part === null || seen.has(part)) return false;
  seen.add(part);
  const { _zod, _def, ...members } = part as Readonly<Record<string, unknown>>;
  const definition = (_zod as { readonly def?: unknown } | undefined)?.def ?? _def;
  if (definition !== undefined) return hasFunctions(definition, seen);
  const { check, fn, transform, getter, type, typeName, shape } = members;
  if (check === "custom" || type === "promise") return true;
  if (typeName === "ZodEffects" || typeName === "ZodPromise") return true;
  if ([fn, transform, getter].some((member) => typeof member === "function")) return true;
  if (typeof shape === "function") return hasFunctions((shape as () => unknown)(), seen); // of an object of zod 3
  return Object.values(members).some((member) => hasFunctions(member, seen));
}
