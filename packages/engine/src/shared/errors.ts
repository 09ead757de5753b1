/** The errors of the engine, on both sides. */
import { TelsizError } from "@telsiz/events";

/** A packet, payload or handshake that Engine.IO protocol 4 does not allow. */
export class EngineParseError extends TelsizError {
  readonly code = "TELSIZ_ENGINE_PARSE_ERROR";
  override readonly name = "EngineParseError";
}

/** Two options were given of which each excludes the other. */
export class OptionConflictError extends TelsizError {
  readonly code = "TELSIZ_OPTION_CONFLICT";
  override readonly name = "OptionConflictError";
}

/** A transport failed. `message` names the failure as Socket.IO does, for example `xhr poll error`. */
export class TransportError extends TelsizError {
  readonly code = "TELSIZ_TRANSPORT_ERROR";
  override readonly name = "TransportError";
  /** Tells it apart from other `connect_error` causes, as in Socket.IO. */
  readonly type = "TransportError";
  /** HTTP status, error or event that the platform gave. */
  readonly description: unknown;
  /** The platform's object behind the failure: a response, a close event. */
  readonly context: unknown;

  constructor(message: string, description?: unknown, context?: unknown) {
    super(message, description instanceof Error ? { cause: description } : undefined);
    this.description = description;
    this.context = context;
  }
}
