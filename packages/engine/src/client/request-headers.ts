/** The headers of a request that are not the transport's own: those that the application adds, and cookies. */
import type { TransportContext } from "./transports/transport.ts";

/** @param url the address of the request, by which cookies are chosen */
export function requestHeaders(url: URL, { options, cookies }: TransportContext): Record<string, string> {
  const headers = { ...options.extraHeaders };
  cookies?.addTo(headers, url);
  return headers;
}
