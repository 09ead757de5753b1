/** The addresses that users give, and those of requests (protocol.md A.1). */
import { OptionError } from "@telsiz/events";

/**
 * Understands `https://host:port`, `//host` and `host:port`, the last two with `protocol` before them.
 * @param option what the error calls it
 * @throws OptionError if it is none, or of another scheme than http, https, ws and wss
 */
export function urlOf(option: string, address: unknown, protocol: string): URL {
  try {
    const text = address as string; // anything else throws
    const url = new URL(/^[a-z]+:\/\//i.test(text) ? text : `${protocol}//${text.replace(/^\/\//, "")}`);
    // `URL` would take the host from a path that has none.
    if (/^(http|ws)s?:$/.test(url.protocol) && !/^\/(?!\/)/.test(text)) return url;
  } catch {
    // said below
  }
  throw new OptionError(option, "an address of http, https, ws or wss", address);
}

/** Whether it is an address of https or wss. */
export function isSecure({ protocol }: URL): boolean {
  return /[ps]s:$/.test(protocol);
}

/** Where a session is. */
export interface Endpoint {
  /** The server's name or address. */
  readonly hostname: string;
  /** Its port; empty for that of the scheme. */
  readonly port: string;
  /** Whether TLS is used. */
  readonly secure: boolean;
  /** As it is to be requested, with or without its trailing slash. */
  readonly path: string;
}

/** The address of a request. The port is left out where it is the standard one. */
export function requestUrl(
  { hostname, port, secure, path }: Endpoint,
  scheme: "http" | "https" | "ws" | "wss",
  query: Readonly<Record<string, string>>,
): string {
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  const colonPort = port === (secure ? "443" : "80") ? "" : `:${port}`;
  const pairs = Object.entries(query).map((pair) => pair.map(encodeURIComponent).join("="));
  return `${scheme}://${host}${colonPort}${path}${pairs.length > 0 ? "?" : ""}${pairs.join("&")}`;
}

/** A value that no earlier request had, so that nothing between client and server answers from a cache. */
export function cacheBuster(): string {
  return Date.now().toString(36).slice(3) + Math.random().toString(36).slice(2, 5);
}
