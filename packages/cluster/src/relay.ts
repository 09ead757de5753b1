/** Takes requests to the node that has their session, and its answers back. Bodies pass in slices, at the pace of who reads. */
import {
  type IncomingMessage,
  request as sendRequest,
  type RequestOptions,
  type ServerResponse,
} from "node:http";
import { type Duplex, pipeline } from "node:stream";
import { describeClient, FORWARDED_HEADER } from "./forwarded-client.ts";

/** Headers that are about one connection (RFC 9110 §7.6.1), and what the first node has answered itself (§10.1.1). */
const HOP_BY_HOP = new Set([
  "connection",
  "expect",
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** How long a client may take to read the last of what was said to it, in milliseconds. */
const LINGER_MS = 5_000;

/** An answer may have more headers than most. */
const MAX_HEADER_BYTES = 256 * 1_024;

/** Where requests are sent: connections that are kept, or one that is made. */
export type Way = Pick<RequestOptions, "agent" | "createConnection">;

/** What became of a request: if it is `unreached`, nothing of it was sent. */
export type RelayOutcome = "answered" | "lost" | "unreached";

/** Passes a request on. */
export function relayRequest(
  sid: string,
  request: IncomingMessage,
  response: ServerResponse,
  way: Way,
): Promise<RelayOutcome> {
  if (response.destroyed) return Promise.resolve("lost");
  return new Promise((resolve) => {
    const sent = sendRequest({
      ...way,
      method: request.method,
      path: request.url,
      headers: [...headersOf(request), FORWARDED_HEADER, describeClient(sid, request)],
      setHost: false,
      maxHeaderSize: MAX_HEADER_BYTES,
    });
    let outcome: RelayOutcome = "unreached";
    sent.on("socket", () => {
      outcome = "lost"; // unless an answer comes
      request.pipe(sent);
    });
    sent.on("response", (answer) => {
      passBack(answer, request, response);
      resolve("answered");
    });
    sent.on("error", () => {
      request.unpipe(sent);
      resolve(outcome);
    });
    response.on("close", () => sent.destroy());
  });
}

/** Passes an upgrade on, over a connection that is open. */
export function relayUpgrade(
  sid: string,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  link: Duplex,
): void {
  link.on("close", () => release(socket));
  socket.on("close", () => link.destroy());
  link.write(upgradeHead(sid, request));
  link.write(head);
  socket.pipe(link).pipe(socket);
}

/** The other end is gone: what it said last may take its time to leave. */
function release(socket: Duplex): void {
  if (!socket.writableEnded) return void socket.destroy();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once("close", () => clearTimeout(timer));
  socket.end(() => socket.destroy());
}

function passBack(answer: IncomingMessage, request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent || response.destroyed) return void answer.destroy();
  response.statusCode = answer.statusCode!;
  const headers = withoutHops(answer);
  // One by one, as HTTP/2 has no other way to say the same name twice.
  for (let index = 0; index < headers.length; index += 2) {
    response.appendHeader(headers[index]!, headers[index + 1]!);
  }
  // It was refused before it was read: who goes on sending must not begin another one behind it.
  if (!request.complete && request.httpVersionMajor === 1) response.setHeader("Connection", "close");
  response.flushHeaders();
  pipeline(answer, response, () => undefined); // if it fails, both are destroyed, which is all there is to do
}

/** The headers of a request, as HTTP/1.1 has them. */
function headersOf(request: IncomingMessage): string[] {
  const headers = withoutHops(request);
  const authority = request.headers[":authority"]; // RFC 9113 §8.3.1
  if (request.headers.host === undefined && authority !== undefined) headers.push("Host", String(authority));
  return headers;
}

/** Names and values in turn, as they came. */
function withoutHops({ rawHeaders, headers: { connection = "" } }: IncomingMessage): string[] {
  const named = new Set(connection.split(",").map((name) => name.trim().toLowerCase()));
  return filterHeaders(rawHeaders, (name) => !HOP_BY_HOP.has(name) && !named.has(name));
}

function filterHeaders(rawHeaders: readonly string[], mayPass: (name: string) => boolean): string[] {
  const passed: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    if (name === FORWARDED_HEADER || name.startsWith(":") || !mayPass(name)) continue;
    passed.push(rawHeaders[index]!, rawHeaders[index + 1]!);
  }
  return passed;
}

/** The beginning of an upgrade, as it came. */
function upgradeHead(sid: string, request: IncomingMessage): Buffer {
  const headers = filterHeaders(request.rawHeaders, () => true);
  headers.push(FORWARDED_HEADER, describeClient(sid, request));
  let text = `${request.method} ${request.url} HTTP/1.1\r\n`;
  for (let index = 0; index < headers.length; index += 2)
    text += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return Buffer.from(`${text}\r\n`, "latin1");
}
