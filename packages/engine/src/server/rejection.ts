/** Requests that are refused: the codes, texts and HTTP answers of protocol.md A.4, A.5 and api-surface.md 6.4. */
import { type OutgoingHttpHeaders, STATUS_CODES, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** Codes of refused requests, as peers and `connection_error` see them. */
export const REJECTION_CODE = {
  UNKNOWN_TRANSPORT: 0,
  UNKNOWN_SID: 1,
  BAD_HANDSHAKE_METHOD: 2,
  BAD_REQUEST: 3,
  FORBIDDEN: 4,
  UNSUPPORTED_PROTOCOL_VERSION: 5,
  /** Not of Socket.IO: there is no room for another session now. */
  UNAVAILABLE: 6,
} as const;

/** A code of {@link REJECTION_CODE}. */
export type RejectionCode = (typeof REJECTION_CODE)[keyof typeof REJECTION_CODE];

/** What each code says. */
export const REJECTION_MESSAGE: Readonly<Record<RejectionCode, string>> = {
  0: "Transport unknown",
  1: "Session ID unknown",
  2: "Bad handshake method",
  3: "Bad request",
  4: "Forbidden",
  5: "Unsupported protocol version",
  6: "Service unavailable",
};

/** The statuses over HTTP that are not 400. */
const HTTP_STATUS: Partial<Record<RejectionCode, number>> = {
  [REJECTION_CODE.FORBIDDEN]: 403,
  [REJECTION_CODE.UNAVAILABLE]: 503,
};

/** Why a request is refused. */
export interface Rejection {
  readonly code: RejectionCode;
  /** For the application's eyes; a `message` in it is told to the peer in place of the code's. */
  readonly context: Readonly<Record<string, unknown>>;
  /** When to try again, in seconds. */
  readonly retryAfterS?: number;
}

/** A rejection with `code`. */
export function rejection(
  code: keyof typeof REJECTION_CODE,
  context: Readonly<Record<string, unknown>>,
): Rejection {
  return { code: REJECTION_CODE[code], context };
}

/** A rejection whose context has a name: code 3. */
export function badRequest(name: string, details: Readonly<Record<string, unknown>> = {}): Rejection {
  return rejection("BAD_REQUEST", { name, ...details });
}

/** A rejection of a request that would be accepted at another time. */
export function unavailable(
  name: string,
  retryAfterS: number,
  details: Readonly<Record<string, unknown>> = {},
): Rejection {
  return { code: REJECTION_CODE.UNAVAILABLE, context: { name, ...details }, retryAfterS };
}

/** Answers a plain HTTP request; one whose answer a middleware has begun can only be cut, as Express does it. */
export function answerRejection(response: ServerResponse, refusal: Rejection): void {
  if (response.headersSent) return void response.destroy();
  const { code, context, retryAfterS } = refusal;
  const headers: OutgoingHttpHeaders = { "Content-Type": "application/json" };
  if (retryAfterS !== undefined) {
    headers["Retry-After"] = retryAfterS;
    headers["Connection"] = "close"; // kept alive, it would hold what the server is short of
  }
  response.writeHead(HTTP_STATUS[code] ?? 400, headers);
  response.end(JSON.stringify({ code, message: publicMessage(code, context) }));
}

/** Answers an upgrade request, on the raw socket, and ends it. */
export function answerRejectedUpgrade(socket: Duplex, { code, context, retryAfterS }: Rejection): void {
  if (!socket.writable) return void socket.destroy();
  const message = publicMessage(code, context);
  // Those that Socket.IO knows are all 400 here, whatever they are over HTTP.
  const status = retryAfterS === undefined ? 400 : 503;
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Connection: close",
    ...(retryAfterS === undefined ? [] : [`Retry-After: ${retryAfterS}`]),
    "Content-type: text/html",
    `Content-Length: ${Buffer.byteLength(message)}`,
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${message}`, () => socket.destroy());
}

function publicMessage(code: RejectionCode, { message }: Readonly<Record<string, unknown>>): string {
  return typeof message === "string" && message !== "" ? message : REJECTION_MESSAGE[code];
}
