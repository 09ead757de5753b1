/** Polling with `XMLHttpRequest`. */
import { type HttpRequest, type HttpResponse, PollingTransport } from "./polling.ts";
import type { TransportContext } from "./transport.ts";

function sendRequest(
  { method, url, body, signal }: HttpRequest,
  { options: { withCredentials, extraHeaders } }: TransportContext,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.withCredentials = withCredentials === true;
    const type = method === "POST" && { "Content-type": "text/plain;charset=UTF-8" };
    for (const [name, value] of Object.entries({ Accept: "*/*", ...type, ...extraHeaders })) {
      request.setRequestHeader(name, value);
    }
    request.onload = (): void => resolve(request);
    request.onerror = request.onabort = ({ type }): void => reject(new Error(`XMLHttpRequest: ${type}`));
    signal.addEventListener("abort", () => request.abort());
    request.send(body ?? null);
  });
}

/**
 * Long-polling with `XMLHttpRequest`, for pages and for what knows no `fetch` that can be ended. When the page goes
 * away, the word of farewell may be lost, and the session stays on the server until its ping timeout.
 */
export class XHR extends PollingTransport {
  constructor(context: TransportContext) {
    super(context, sendRequest);
  }
}
