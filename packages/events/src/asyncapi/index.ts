/** Contracts as documents of AsyncAPI 3.0. */
export {
  type AsyncAPIDocument,
  type AsyncAPIMessage,
  type AsyncAPIOperation,
  type AsyncAPIOptions,
  type AsyncAPIReference,
  toAsyncAPI,
} from "./document.ts";
export type { Describe, JsonSchema } from "./json-schema.ts";
