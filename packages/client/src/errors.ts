/** The errors of the client. */
import { TelsizError } from "@telsiz/events";

/** The server, or a middleware of it, refused the namespace. */
export class ConnectError extends TelsizError {
  readonly code = "TELSIZ_CONNECT_REFUSED";
  override readonly name = "ConnectError";
  /** What the middleware's error carried. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- chosen by the application, as in Socket.IO
  data: any;

  constructor(message: string, data?: unknown) {
    super(message);
    this.data = data;
  }
}

/** An attempt to connect took longer than the option `timeout` allows. */
export class ConnectTimeoutError extends TelsizError {
  readonly code = "TELSIZ_CONNECT_TIMEOUT";
  override readonly name = "ConnectTimeoutError";

  constructor() {
    super("timeout");
  }
}

/** A message is longer than the server takes, which would end the connection. It was not sent. */
export class TooLargeError extends TelsizError {
  readonly code = "TELSIZ_TOO_LARGE";
  override readonly name = "TooLargeError";
  /** Its length on the wire, in bytes. */
  readonly size: number;
  /** What the server takes, its `maxHttpBufferSize`. */
  readonly maxPayload: number;

  constructor(size: number, maxPayload: number) {
    super(`a message of ${size} bytes is too large: the server takes ${maxPayload}`);
    this.size = size;
    this.maxPayload = maxPayload;
  }
}

/** Too many events wait for the connection already, so that this one was dropped. */
export class BufferFullError extends TelsizError {
  readonly code = "TELSIZ_BUFFER_FULL";
  override readonly name = "BufferFullError";

  constructor(limit: number) {
    super(`${limit} events wait for the connection already`);
  }
}
