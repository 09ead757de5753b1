/** Event names that a peer may not send, since both sides raise them on their own. */

/** Names refused by decoders, and by `emit` before that. `connection`, `error` and `message` are allowed on the wire. */
export const RESERVED_EVENTS: ReadonlySet<string> = /* @__PURE__ */ new Set([
  "connect",
  "connect_error",
  "disconnect",
  "disconnecting",
  "newListener",
  "removeListener",
]);
