/** The seam between upgrade requests and the WebSockets made of them: by this package, or by `ws` and its like. */
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { Duplex } from "node:stream";
import type { ServerTransport } from "./server-transport.ts";

/** An upgrade request that was found good. */
export interface AcceptedUpgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  /** The peer takes no binary. */
  readonly textOnly: boolean;
  /** Whether it opens a session. */
  readonly initial: boolean;
  /** The 101 answer is about to be sent: gives the headers that middlewares have set for it. */
  writeHead(): OutgoingHttpHeaders;
}

/** Lets the application see and change the headers that are added to the 101 answer. */
export type HeaderHook = (headers: OutgoingHttpHeaders, request: IncomingMessage, initial: boolean) => void;

/** Turns upgrade requests into transports. */
export interface WebSocketAcceptor {
  /** Answers with 101 and hands the open transport over. A bad WebSocket handshake is answered here and ends here. */
  accept(upgrade: AcceptedUpgrade, onOpen: (transport: ServerTransport) => void): void;
  close(): void;
}
