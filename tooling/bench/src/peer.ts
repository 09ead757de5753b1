/** The servers that are measured side by side. */
import type { Dialect } from "./client.ts";

/** A server program. */
export interface Peer {
  readonly name: string;
  /** The program's file, beside this one. */
  readonly program: string;
  /** What its clients have to speak. */
  readonly dialect: Dialect;
}

/** Ours. */
export const telsiz: Peer = { name: "telsiz", program: "servers/telsiz.ts", dialect: "socket.io" };

/** What all ratios refer to. */
export const socketIo: Peer = { name: "socket.io", program: "servers/socket-io.ts", dialect: "socket.io" };

/** No protocol: `ws` as most would use it, its broadcasts as frames built once. */
export const rawWs: Peer = { name: "raw ws", program: "servers/raw-ws.ts", dialect: "bare" };
