/** The errors that come in place of an answer whatever a contract says, by code. */

/** What each means, in the words that the peer gets as `message`. */
export const BUILT_IN_MESSAGES = {
  INVALID: "The arguments do not fit",
  UNKNOWN_EVENT: "Unknown event",
  TOO_LARGE: "The arguments are too large",
  TOO_DEEP: "The arguments nest too deep",
  BUSY: "Too many events wait",
  RATE_LIMITED: "Too many events",
  INTERNAL: "Internal error",
} as const;

/** A code that no contract can give another meaning. */
export type BuiltInCode = keyof typeof BUILT_IN_MESSAGES;

/** All of them. */
export const BUILT_IN_CODES: ReadonlySet<string> = /* @__PURE__ */ new Set(Object.keys(BUILT_IN_MESSAGES));

/** That of a handler which failed, apart from the others: it is all that a page without a contract needs. */
export const INTERNAL_MESSAGE: (typeof BUILT_IN_MESSAGES)["INTERNAL"] = "Internal error";
