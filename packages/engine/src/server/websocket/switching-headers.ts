/** The headers that applications add to a 101 answer. */
import type { OutgoingHttpHeader, OutgoingHttpHeaders } from "node:http";

/** Their values are those of the handshake, or would contradict it (RFC 9110 §8.6: no length in a 101). */
const OF_HANDSHAKE = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "sec-websocket-accept",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Adds headers to the lines of a 101. As in answers to polling, what listeners of the header events give takes the place
 * of what middlewares have set, but for cookies, which are added.
 */
export function addHeaders(lines: string[], set: OutgoingHttpHeaders, given: OutgoingHttpHeaders): void {
  const replaced = new Set(Object.keys(given).map((name) => name.toLowerCase()));
  for (const [name, value] of Object.entries(set)) {
    if (name === "set-cookie" || !replaced.has(name)) addHeader(lines, name, value);
  }
  for (const [name, value] of Object.entries(given)) addHeader(lines, name, value);
}

function addHeader(lines: string[], name: string, value: OutgoingHttpHeader | undefined): void {
  if (value === undefined || OF_HANDSHAKE.has(name.toLowerCase())) return;
  for (const one of Array.isArray(value) ? value : [value]) lines.push(`${name}: ${one}`);
}
