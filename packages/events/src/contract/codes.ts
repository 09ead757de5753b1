/** The errors that come in place of an answer whatever a contract says, by code. */
import { INTERNAL_MESSAGE } from "../ack-error.ts";

/** What each means, in the words that the peer gets as `message`. */
export const BUILT_IN_MESSAGES = {
  INVALID: "The arguments do not fit",
  UNKNOWN_EVENT: "Unknown event",
  TOO_LARGE: "The arguments are too large",
  TOO_DEEP: "The arguments nest too deep",
  BUSY: "Too many events wait",
  RATE_LIMITED: "Too many events",
  INTERNAL: INTERNAL_MESSAGE as typeof INTERNAL_MESSAGE,
} as const;

/** A code that no contract can give another meaning. */
export type BuiltInCode = keyof typeof BUILT_IN_MESSAGES;

/** All of them. */
export const BUILT_IN_CODES: ReadonlySet<string> = /* @__PURE__ */ new Set(Object.keys(BUILT_IN_MESSAGES));
