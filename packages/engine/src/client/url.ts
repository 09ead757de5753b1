/** The addresses that users give, and those of requests (protocol.md A.1). */
import { OptionError } from "@telsiz/events";

/** The parts of an address; what it leaves out is empty. */
export interface ParsedUri {
  /** The whole address. */
  readonly source: string;
  /** For example `https`. */
  readonly protocol: string;
  /** Without the brackets around IPv6 addresses. */
  readonly host: string;
  /** Decimal digits. */
  readonly port: string;
  /** From its first slash on, without query and fragment. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** The query's keys and values. */
  readonly queryKey: Record<string, string>;
}

/** Scheme, user, host or IPv6 address, port, path, query. */
const URI =
  /^(?:([a-z][a-z\d+.-]*):\/\/|\/\/)?(?:[^/?#@]*@)?(?:\[([^\]]*)\]|([^/?#:]*))(?::(\d*))?([^?#]*)(?:\?([^#]*))?/i;

/** No server takes longer ones, and the time to take one apart stays short. */
const MAX_URI_LENGTH = 8000;

/**
 * Takes an address apart. The scheme may be missing: `localhost:3000`, `//example.com`.
 * @throws OptionError if it is no string, or too long
 */
export function parse(uri: string): ParsedUri {
  if (typeof uri !== "string") throw new OptionError("uri", "a string", uri);
  if (uri.length > MAX_URI_LENGTH)
    throw new OptionError("uri", `at most ${MAX_URI_LENGTH} characters long`, uri);
  // Every part of the expression may be empty, so it always matches.
  const [, protocol = "", ipv6, host = "", port = "", path = "", query = ""] = URI.exec(uri)!;
  const queryKey = Object.fromEntries(new URLSearchParams(query));
  return { source: uri, protocol, host: ipv6 ?? host, port, path, query, queryKey };
}

/** Where a session is. */
export interface Endpoint {
  readonly hostname: string;
  readonly port: string;
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
  const standardPort = port === (secure ? "443" : "80");
  const pairs = Object.entries(query).map(
    ([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`,
  );
  return `${scheme}://${host}${standardPort || port === "" ? "" : `:${port}`}${path}${pairs.length > 0 ? "?" : ""}${pairs.join("&")}`;
}

/** A value that no earlier request had, so that nothing between client and server answers from a cache. */
export function cacheBuster(): string {
  return Date.now().toString(36).slice(3) + Math.random().toString(36).slice(2, 5);
}
