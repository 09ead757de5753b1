/** The errors of the server. */
import type { SocketId } from "@telsiz/adapter";
import { type AckError, type InvalidAnswerError, TelsizError } from "@telsiz/events";

/** A broadcast asked for acknowledgements without saying how long to wait for them. */
export class BroadcastTimeoutRequiredError extends TelsizError {
  readonly code = "TELSIZ_BROADCAST_TIMEOUT_REQUIRED";
  override readonly name = "BroadcastTimeoutRequiredError";

  constructor(event: string) {
    super(
      `The broadcast of "${event}" asks for acknowledgements: say how long to wait with timeout(ms) before it.`,
    );
  }
}

/** Not all clients answered a broadcast in time, or some answered with an error. The `cause` is the first of these. */
export class BroadcastAckError extends TelsizError {
  readonly code: "TELSIZ_BROADCAST_ACK_TIMEOUT" | "TELSIZ_BROADCAST_ACK_FAILED";
  override readonly name = "BroadcastAckError";
  /** The first error: the time ran out, or a client answered with one. */
  declare readonly cause: Error;
  /** What the others answered. */
  readonly responses: unknown[];
  /** The ids of those who did not, as far as they are known: those of other servers only if the adapter tells them. */
  readonly missing: SocketId[];
  /** The errors that came in place of answers. */
  readonly errors: readonly (AckError | InvalidAnswerError)[];

  constructor(
    cause: Error,
    responses: unknown[],
    missing: SocketId[],
    errors: readonly (AckError | InvalidAnswerError)[] = [],
  ) {
    super(cause.message, { cause });
    this.code = cause === errors[0] ? "TELSIZ_BROADCAST_ACK_FAILED" : "TELSIZ_BROADCAST_ACK_TIMEOUT";
    this.responses = responses;
    this.missing = missing;
    this.errors = errors;
  }
}

/** Not all servers answered an event of another server in time. */
export class ServerSideAckError extends TelsizError {
  readonly code = "TELSIZ_SERVER_SIDE_ACK";
  override readonly name = "ServerSideAckError";
  /** What the others answered. */
  readonly responses: unknown[];

  constructor(cause: Error, responses: unknown[]) {
    super(cause.message, { cause });
    this.responses = responses;
  }
}

/** What came from another server is no event that it may raise here: it has no name, or one that is reserved. */
export class ServerSideEventError extends TelsizError {
  readonly code = "TELSIZ_SERVER_SIDE_EVENT";
  override readonly name = "ServerSideEventError";

  constructor() {
    super("another server sent an event without a name, or with a reserved one");
  }
}

/** What an adapter gives, where it is asked for a session, is none. Its client begins a new one. */
export class RestoredSessionError extends TelsizError {
  readonly code = "TELSIZ_RESTORED_SESSION";
  override readonly name = "RestoredSessionError";
  /** What it gave; `undefined` if that did not come in time. */
  readonly received: unknown;

  constructor(message: string, received?: unknown) {
    super(message);
    this.received = received;
  }
}

/** The first argument of `new Server` or `listen` is no server that Telsiz could attach to. */
export class InvalidServerError extends TelsizError {
  readonly code = "TELSIZ_INVALID_SERVER";
  override readonly name = "InvalidServerError";
}

/** A regular expression with the flag `g` or `y` was given to `io.of`: what it says depends on where it matched last. */
export class StatefulRegExpError extends TelsizError {
  readonly code = "TELSIZ_STATEFUL_REGEXP";
  override readonly name = "StatefulRegExpError";

  constructor() {
    super("stateful regular expressions are not supported");
  }
}

/** A parent namespace cannot do this: its children on other servers may not be known here. */
export class ParentNamespaceError extends TelsizError {
  readonly code = "TELSIZ_PARENT_NAMESPACE";
  override readonly name = "ParentNamespaceError";

  constructor(method: string) {
    super(`${method}() is not supported on parent namespaces`);
  }
}
