/** What HTTP requests and upgrade requests have in common on their way to a session. */
import type { ServerResponse } from "node:http";
import type { Ask } from "./handshake.ts";
import type { Rejection } from "./rejection.ts";
import type { EngineRequest } from "./request-query.ts";
import type { Session } from "./session.ts";
import type { SessionDirectory } from "./session-directory.ts";
import type { ServerTransport } from "./transports/server-transport.ts";

/** A request that waits for the server's decision. */
export interface Exchange {
  /** What it asks for. */
  readonly ask: Ask;
  readonly request: EngineRequest;
  /** Its answer; of an upgrade, that of the 101, unless a middleware gives another. */
  readonly response: ServerResponse;
  /** Nobody waits for the answer any more, or a middleware gives it. */
  readonly gone: boolean;
  /** Refuses it. */
  reject(rejection: Rejection): void;
  /** Asks `directory` to answer it. */
  forward(directory: SessionDirectory, id: string): boolean | Promise<boolean>;
  /** Opens the session `id` for it. */
  open(id: string): void;
  /** Gives it to `session`, which its client opens over another transport, too. */
  compete(session: Session): void;
  /** Gives it to the session that it names. */
  join(session: Session): void;
}

/** Where requests become sessions. */
export interface SessionStarter {
  /** Makes the session `id`, which `exchange` opens, and has it send its open packet. */
  startSession(id: string, transport: ServerTransport, exchange: Exchange): Session;
  /** Tells the application of it. */
  announce(session: Session): void;
}
