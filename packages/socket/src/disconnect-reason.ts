/** Why sockets disconnect; the texts are Socket.IO's (api-surface.md 4 and 10), but for `slow consumer`. */

/** What `disconnect` reports on the server. */
export type ServerDisconnectReason =
  | "transport error"
  | "transport close"
  | "forced close"
  | "ping timeout"
  | "slow consumer"
  | "parse error"
  | "server shutting down"
  | "forced server close"
  | "client namespace disconnect"
  | "server namespace disconnect";

/** What `disconnect` reports on the client. It reconnects by itself after all but the two that begin with `io`. */
export type ClientDisconnectReason =
  | "io server disconnect"
  | "io client disconnect"
  | "ping timeout"
  | "transport close"
  | "transport error"
  | "parse error"
  | "forced close";
