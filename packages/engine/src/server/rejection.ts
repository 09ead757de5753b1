/** Requests that are refused: the codes, texts and HTTP answers of protocol.md A.4, A.5 and api-surface.md 6.4. */
import { STATUS_CODES, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** Codes of refused requests, as peers and `connection_error` see them. */
export const REJECTION_CODE = {
  UNKNOWN_TRANSPORT: 0,
  UNKNOWN_SID: 1,
  BAD_HANDSHAKE_METHOD: 2,
  BAD_REQUEST: 3,
  FORBIDDEN: 4,
  UNSUPPORTED_PROTOCOL_VERSION: 5,
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
};

/** Why a request is refused. */
export interface Rejection {
  readonly code: RejectionCode;
  /** For the application's eyes; a `message` in it is told to the peer in place of the code's. */
  readonly context: Readonly<Record<string, unknown>>;
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

/** Answers a plain HTTP request; one whose answer a middleware has begun can only be cut, as Express does it. */
export function answerRejection(response: ServerResponse, { code, context }: Rejection): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(code === REJECTION_CODE.FORBIDDEN ? 403 : 400, { "Content-Type": "application/json" });
  response.end(JSON.stringify({ code, message: publicMessage(code, context) }));
}

/** Answers an upgrade request, on the raw socket, and ends it. */
export function answerRejectedUpgrade(socket: Duplex, { code, context }: Rejection): void {
  if (!socket.writable) return void socket.destroy();
  const message = publicMessage(code, context);
  const head = [
    `HTTP/1.1 400 ${STATUS_CODES[400]}`,
    "Connection: close",
    "Content-type: text/html",
    `Content-Length: ${Buffer.byteLength(message)}`,
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${message}`, () => socket.destroy());
}

function publicMessage(code: RejectionCode, { message }: Readonly<Record<string, unknown>>): string {
  return typeof message === "string" && message !== "" ? message : REJECTION_MESSAGE[code];
}
