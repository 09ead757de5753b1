/** Takes addresses apart, for programs that use the engine by itself. */
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
