/** Why engine connections end (protocol.md A.8; the names are what `disconnect` reports on the server). */

/** Why a transport ended. */
export type TransportCloseReason = "transport close" | "transport error" | "parse error";

/** Why an engine connection ended. */
export type CloseReason = TransportCloseReason | "forced close" | "ping timeout";

/** Why the server's end of one ended: also because the peer took too little of what was sent to it. */
export type SessionCloseReason = CloseReason | "slow consumer";
