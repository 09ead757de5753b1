/** Polling with `fetch`. */
import { requestHeaders } from "../request-headers.ts";
import { type HttpRequest, type HttpResponse, PollingTransport } from "./polling.ts";
import type { TransportContext } from "./transport.ts";

async function sendRequest(
  { method, url, body, signal, keepalive }: HttpRequest,
  context: TransportContext,
): Promise<HttpResponse> {
  const address = new URL(url);
  const response = await fetch(url, {
    method,
    body: body ?? null,
    headers: requestHeaders(address, context), // text is text/plain;charset=UTF-8, if nobody says otherwise
    credentials: context.options.withCredentials === true ? "include" : "same-origin",
    signal,
    keepalive,
  });
  context.cookies?.store(response.headers.getSetCookie(), address);
  const { platform, options } = context;
  const read = platform.readText?.(response.body, options.maxPayload) ?? response.text();
  return { status: response.status, responseText: await read };
}

/**
 * Long-polling with `fetch`, in browsers, their workers and on Node.js: what `polling` means in browsers. The word of
 * farewell arrives even if the page goes away.
 */
export class Fetch extends PollingTransport {
  constructor(context: TransportContext) {
    super(context, sendRequest);
  }
}
