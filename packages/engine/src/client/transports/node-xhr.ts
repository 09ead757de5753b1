/** Polling with `node:http` and `node:https`. */
import { type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { DEFAULT_MAX_PAYLOAD } from "../network-options.ts";
import { passedOn } from "../platform/node-options.ts";
import { requestHeaders } from "../request-headers.ts";
import { type HttpRequest, type HttpResponse, PollingTransport } from "./polling.ts";
import type { TransportContext } from "./transport.ts";

function sendRequest(
  { method, url, body, signal, keepalive }: HttpRequest,
  context: TransportContext,
): Promise<HttpResponse> {
  const { options, cookies } = context;
  return new Promise((resolve, reject) => {
    const address = new URL(url);
    const send = address.protocol === "https:" ? httpsRequest : httpRequest;
    const request = send(address, {
      // A word of farewell often follows a lost connection: it must not be put on one that is lost, too.
      ...(keepalive ? { agent: false } : {}),
      ...passedOn(options),
      method,
      signal,
      headers: headersOf(address, body, context),
    });
    request.on("error", reject);
    if (options.autoUnref === true) request.on("socket", (socket) => socket.unref());
    request.on("response", (response) => {
      cookies?.store(response.headers["set-cookie"], address);
      collect(response, options.maxPayload ?? DEFAULT_MAX_PAYLOAD, resolve, reject);
    });
    request.end(body);
  });
}

function headersOf(
  url: URL,
  body: string | undefined,
  context: TransportContext,
): Record<string, string | number> {
  const headers: Record<string, string | number> = { Accept: "*/*", ...requestHeaders(url, context) };
  if (body !== undefined) {
    headers["Content-type"] = "text/plain;charset=UTF-8";
    headers["Content-Length"] = Buffer.byteLength(body);
  }
  return headers;
}

function collect(
  response: IncomingMessage,
  maxBytes: number,
  resolve: (response: HttpResponse) => void,
  reject: (error: Error) => void,
): void {
  const chunks: Buffer[] = [];
  let length = 0;
  response.on("error", reject);
  response.on("data", (chunk: Buffer) => {
    length += chunk.length;
    chunks.push(chunk);
    if (length > maxBytes) response.destroy(new Error(`The answer is longer than ${maxBytes} bytes.`));
  });
  response.on("end", () => {
    resolve({ status: response.statusCode ?? 0, responseText: Buffer.concat(chunks).toString() });
  });
}

/** Long-polling with `node:http` and `node:https`: what `polling` means on Node.js. */
export class NodeXHR extends PollingTransport {
  constructor(context: TransportContext) {
    super(context, sendRequest);
  }
}
