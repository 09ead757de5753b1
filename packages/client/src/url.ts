/** The address that `io()` is given: which server, and which namespace on it. */
import { OptionError } from "@telsiz/events";

/** The parts of an address. */
export interface Address {
  /** Identifies the server, `https://example.com:443`. */
  readonly origin: string;
  /** Where to connect to, without the namespace. */
  readonly url: string;
  /** The namespace, `/` if none is named. */
  readonly namespace: string;
  /** The query's parameters. */
  readonly query: Record<string, string>;
}

/** The part of `globalThis.location` that matters here; there is none outside of pages. */
interface PageLocation {
  readonly protocol: string;
  readonly host: string;
}

/** What stands between the host and the query of an address. */
const NAMESPACE = /^[a-z]+:\/\/[^/?#]*(\/[^?#]*)/i;

/**
 * Understands `https://host:port/namespace?query`, `//host`, `host:port`, `/namespace` and nothing, the last two of
 * which mean the page's own server.
 * @throws OptionError if there is no host, or no page to take it from
 */
export function parseAddress(
  address = "/",
  page: PageLocation | undefined = (globalThis as { location?: PageLocation }).location,
): Address {
  if (typeof address !== "string") throw new OptionError("url", "a string", address);
  const absolute = complete(address, page);
  const url = parse(absolute, address);
  const secure = /^(?:http|ws)(s?):$/.exec(url.protocol)?.[1];
  if (secure === undefined) throw new OptionError("url", "an address of http, https, ws or wss", address);
  return {
    origin: `${url.protocol}//${url.hostname}:${url.port || (secure === "" ? "80" : "443")}`,
    url: `${url.protocol}//${url.host}`,
    // A namespace is a name, not a path: `URL` would encode and resolve it.
    namespace: NAMESPACE.exec(absolute)?.[1] ?? "/",
    query: Object.fromEntries(url.searchParams),
  };
}

function complete(address: string, page: PageLocation | undefined): string {
  const protocol = page?.protocol ?? "https:";
  if (/^[a-z]+:\/\//i.test(address)) return address;
  if (address.startsWith("//")) return protocol + address;
  if (!address.startsWith("/")) return `${protocol}//${address}`;
  if (page !== undefined) return `${protocol}//${page.host}${address}`;
  throw new OptionError("url", "an address with a host, as there is no page to take it from", address);
}

function parse(absolute: string, address: string): URL {
  try {
    return new URL(absolute);
  } catch (cause) {
    throw new OptionError("url", `an address such as "https://example.com/namespace"`, address, { cause });
  }
}
