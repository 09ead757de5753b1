/** Polling with `fetch`. */
import { type HttpRequest, type HttpResponse, PollingTransport } from "./polling.ts";
import type { TransportContext } from "./transport.ts";

async function sendRequest(
  { method, url, body, signal, keepalive }: HttpRequest,
  { options: { withCredentials, extraHeaders }, cookies }: TransportContext,
): Promise<HttpResponse> {
  const address = new URL(url);
  const cookie = cookies?.headerFor(address);
  const response = await fetch(url, {
    method,
    body: body ?? null,
    headers: {
      ...(method === "POST" && { "Content-type": "text/plain;charset=UTF-8" }),
      ...extraHeaders,
      ...(cookie !== undefined && { Cookie: cookie }),
    },
    credentials: withCredentials === true ? "include" : "same-origin",
    signal,
    keepalive,
  });
  cookies?.store(response.headers.getSetCookie(), address);
  return { status: response.status, responseText: await response.text() };
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
