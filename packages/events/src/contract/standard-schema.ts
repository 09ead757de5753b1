/** The interface that validators share: Standard Schema, version 1 (standardschema.dev). Its types, without its package. */

/** A validator of any library: it takes `Input` and makes `Output` of it. */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  /** What the standard asks of a validator. */
  readonly "~standard": StandardSchemaProps<Input, Output>;
}

/** What stands under `~standard`. */
export interface StandardSchemaProps<Input = unknown, Output = Input> {
  /** The version of the standard. */
  readonly version: 1;
  /** The name of the library. */
  readonly vendor: string;
  /** Checks a value. */
  readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
  /** Never there: it holds the two types. */
  readonly types?: { readonly input: Input; readonly output: Output } | undefined;
}

/** What came of a check: the value that was made of it, or what is wrong. */
export type StandardResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly StandardIssue[] };

/** One thing that is wrong. */
export interface StandardIssue {
  /** What is wrong, for people. */
  readonly message: string;
  /** Where: keys, from the outside to the inside. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A validator whatever its types. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- its input and output have no common type
export type Validator = StandardSchemaV1<any, any>;

/** What a validator takes. */
export type InputOf<V> = V extends { readonly "~standard": { readonly types?: infer T } }
  ? NonNullable<T> extends { readonly input: infer I }
    ? I
    : never
  : never;

/** What it makes of that. */
export type OutputOf<V> = V extends { readonly "~standard": { readonly types?: infer T } }
  ? NonNullable<T> extends { readonly output: infer O }
    ? O
    : never
  : never;

/** Whether a value is a validator. */
export function isValidator(value: unknown): value is Validator {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  const { "~standard": standard } = value as { readonly "~standard"?: Partial<StandardSchemaProps> | null };
  return standard?.version === 1 && typeof standard.validate === "function";
}
