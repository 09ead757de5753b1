/** What validators say of themselves as JSON Schema, each library in its own way. */
import type { Validator } from "../contract/standard-schema.ts";
import { isTypeMarker } from "../contract/type-marker.ts";

/** A JSON Schema of draft 7, which AsyncAPI 3.0 takes. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** Describes a validator that cannot do so by itself; `undefined` if it does not know it. */
export type Describe = (validator: Validator) => object | undefined;

/** The ways in which libraries do it. */
interface SelfDescribing {
  readonly "~standard": {
    readonly vendor: string;
    /** Standard JSON Schema, version 1. */
    readonly jsonSchema?: { readonly input?: (options: { readonly target: string }) => object };
  };
  /** zod */
  readonly toJSONSchema?: (options: { readonly target: string; readonly io: string }) => object;
  /** arktype */
  readonly toJsonSchema?: () => object;
}

/** What a validator takes, or a note of why that is not known. */
export function schemaOf(validator: Validator, describe: Describe | undefined): JsonSchema {
  if (isTypeMarker(validator)) return notDescribed("its type is known to the compiler alone");
  try {
    const described = describe?.(validator) ?? describedBySelf(validator);
    if (described === undefined) {
      return notDescribed(`its validator, of "${validator["~standard"].vendor}", gives no JSON Schema`);
    }
    return embedded(described);
  } catch (error) {
    // A transformation, a date, whatever JSON Schema has no word for.
    return notDescribed(
      `its validator gives no JSON Schema: ${error instanceof Error ? error.message : "it failed"}`,
    );
  }
}

function describedBySelf(validator: Validator): object | undefined {
  const self = validator as SelfDescribing;
  const { jsonSchema } = self["~standard"];
  if (typeof jsonSchema?.input === "function") return jsonSchema.input({ target: "draft-07" });
  if (typeof self.toJSONSchema === "function") return self.toJSONSchema({ target: "draft-7", io: "input" });
  if (typeof self.toJsonSchema === "function") return self.toJsonSchema();
  return undefined;
}

/** A schema as a part of the document, where its own references would lead elsewhere. */
function embedded(schema: object): JsonSchema {
  if (JSON.stringify(schema).includes('"$ref"')) return notDescribed("its JSON Schema refers to itself");
  const { $schema: _dialect, ...rest } = schema as { $schema?: unknown };
  return rest;
}

function notDescribed(why: string): JsonSchema {
  return { description: `Not described: ${why}.` };
}
