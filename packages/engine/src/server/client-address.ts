/** Whose request it is, where proxies stand between. */
import type { IncomingMessage } from "node:http";

/**
 * The address of the client that sent `request`.
 * @param trustedProxies how many proxies stand before the server, each of which adds to `X-Forwarded-For` whom it saw;
 * what stands further left, the client may have written itself
 */
export function clientAddress(request: IncomingMessage, trustedProxies: number): string {
  const peer = request.socket.remoteAddress ?? "";
  const header = request.headers["x-forwarded-for"];
  if (trustedProxies === 0 || header === undefined) return peer;
  const seen = String(header)
    .split(",")
    .map((address) => address.trim());
  return seen.at(-trustedProxies) ?? seen[0] ?? peer;
}
