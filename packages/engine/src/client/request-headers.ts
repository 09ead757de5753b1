/** The headers of a request that are not the transport's own: those that the application adds, and cookies. */
import type { TransportContext } from "./transports/transport.ts";

/** The cookies of `url`, where this client keeps them, follow those that the application sends itself. */
export function requestHeaders(url: URL, { options, cookies }: TransportContext): Record<string, string> {
  const headers = { ...options.extraHeaders };
  const kept = cookies?.headerFor(url);
  if (kept === undefined) return headers;
  const name = Object.keys(headers).find((header) => header.toLowerCase() === "cookie") ?? "Cookie";
  const own = headers[name];
  headers[name] = own === undefined ? kept : `${own}; ${kept}`;
  return headers;
}
