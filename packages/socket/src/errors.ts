/** The errors of a Socket, on both sides. */
import { TelsizError } from "@telsiz/events";

/** No acknowledgement came in time. */
export class AckTimeoutError extends TelsizError {
  readonly code = "TELSIZ_ACK_TIMEOUT";
  override readonly name = "AckTimeoutError";

  constructor() {
    super("operation has timed out");
  }
}

/** The socket was disconnected before the acknowledgement came. */
export class DisconnectedError extends TelsizError {
  readonly code = "TELSIZ_DISCONNECTED";
  override readonly name = "DisconnectedError";

  constructor() {
    super("socket has been disconnected");
  }
}

/** The `AbortSignal` of a wait was aborted; `cause` is its reason. */
export class AbortedError extends TelsizError {
  readonly code = "TELSIZ_ABORTED";
  override readonly name = "AbortedError";

  constructor(reason: unknown) {
    super("The wait was aborted.", { cause: reason });
  }
}

/** An event that may be lost was not sent, so that nobody will acknowledge it. */
export class NotSentError extends TelsizError {
  readonly code = "TELSIZ_NOT_SENT";
  override readonly name = "NotSentError";

  constructor() {
    super("the connection could not take the event");
  }
}

/** Too many acknowledgements are awaited already, so that the event was not sent. */
export class TooManyAcksError extends TelsizError {
  readonly code = "TELSIZ_TOO_MANY_ACKS";
  override readonly name = "TooManyAcksError";

  constructor(limit: number) {
    super(`${limit} acknowledgements are awaited already`);
  }
}

/** A listener called the acknowledgement of an event whose sender asked for none. The `cause` is its own error. */
export class AckNotRequestedError extends TelsizError {
  readonly code = "TELSIZ_ACK_NOT_REQUESTED";
  override readonly name = "AckNotRequestedError";

  constructor(event: string, cause: TypeError) {
    super(`The sender of "${event}" asked for no acknowledgement: ${cause.message}`, { cause });
  }
}

/** An event has a handler already: two could not both answer. */
export class HandlerExistsError extends TelsizError {
  readonly code = "TELSIZ_HANDLER_EXISTS";
  override readonly name = "HandlerExistsError";

  constructor(event: string) {
    super(`"${event}" has a handler already`);
  }
}

/** An event name that only Telsiz itself may emit. */
export class ReservedEventError extends TelsizError {
  readonly code = "TELSIZ_RESERVED_EVENT";
  override readonly name = "ReservedEventError";

  constructor(event: string) {
    super(`"${event}" is a reserved event name`);
  }
}

/** An error that may carry data to the peer, as `next(error)` in a middleware sends it and `connect_error` gives it. */
export interface ExtendedError extends Error {
  /** What the application says beside the message; it reaches the client. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- chosen by the application, as in Socket.IO
  data?: any;
}
