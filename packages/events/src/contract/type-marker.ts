/** A validator that only the compiler sees. */
import type { StandardSchemaV1 } from "./standard-schema.ts";

const marker: StandardSchemaV1<never> = {
  "~standard": { version: 1, vendor: "telsiz", validate: (value) => ({ value: value as never }) },
};

/**
 * Declares a type without a check: what comes is taken for it.
 * @example online: { args: type<number>() }
 */
export function type<T>(): StandardSchemaV1<T> {
  return marker as StandardSchemaV1 as StandardSchemaV1<T>; // it takes anything
}

/** Whether a validator is one of {@link type}, which need not be called. */
export function isTypeMarker(validator: object): boolean {
  return validator === marker;
}
