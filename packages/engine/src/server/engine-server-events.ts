/** What an engine server tells its listeners. */
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { PacketView } from "../shared/packet-view.ts";
import type { RejectionCode } from "./rejection.ts";
import type { Session } from "./session.ts";

/** A refused request. */
export interface ConnectionError {
  /** The request, as it came. */
  readonly req: IncomingMessage;
  /** What was wrong with it, by its kind: a value of `EngineServer.errors`. */
  readonly code: RejectionCode;
  /** The text that belongs to the code. */
  readonly message: string;
  /** What was wrong with it, in detail: a `name`, and what the request said. For logs, not for the peer. */
  readonly context: Readonly<Record<string, unknown>>;
}

/** Where a function of the application failed. */
export interface EngineHandlerErrorContext {
  /** The session that it was called for, where it was one. */
  readonly session: Session | undefined;
  /** The event whose listener it is; `request` for what middlewares do after they called `next`. */
  readonly event: string;
}

/** The events of an {@link EngineServer}. */
export interface EngineServerEvents {
  /** A session was opened. */
  connection: (session: Session) => void;
  /** The first answer of a session is about to be sent; `headers` may be changed. */
  initial_headers: (headers: OutgoingHttpHeaders, request: IncomingMessage) => void;
  /** An answer of a session is about to be sent; `headers` may be changed. */
  headers: (headers: OutgoingHttpHeaders, request: IncomingMessage) => void;
  /** A request was refused. */
  connection_error: (error: ConnectionError) => void;
  /** A session's queued packets are about to be sent. */
  flush: (session: Session, packets: readonly PacketView[]) => void;
  /** What a session sent has been handed to the network. */
  drain: (session: Session) => void;
  /** A listener or other function of the application threw or rejected. It is printed if nobody listens to this. */
  handler_error: (error: unknown, context: EngineHandlerErrorContext) => void;
}
