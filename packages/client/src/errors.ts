/** The errors of the client. */
import { TelsizError } from "@telsiz/events";

/** The server, or a middleware of it, refused the namespace. */
export class ConnectError extends TelsizError {
  readonly code = "TELSIZ_CONNECT_REFUSED";
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

  constructor() {
    super("timeout");
  }
}
