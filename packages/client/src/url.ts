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

const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  "http:": "80",
  "ws:": "80",
  "https:": "443",
  "wss:": "443",
};

/**
 * Understands `https://host:port/namespace?query`, `//host`, `host:port`, `/namespace` and nothing, the last two of
 * which mean the page's own server.
 * @throws OptionError if there is no host, or no page to take it from
 */
export function parseAddress(
  address = "/",
  page: PageLocation | undefined = (globalThis as { location?: PageLocation }).location,
): Address {
  const url = toUrl(address, page);
  const port = url.port || DEFAULT_PORTS[url.protocol];
  if (port === undefined) throw new OptionError("url", "an address of http, https, ws or wss", address);
  return {
    origin: `${url.protocol}//${url.hostname}:${port}`,
    url: `${url.protocol}//${url.host}`,
    namespace: url.pathname,
    query: Object.fromEntries(url.searchParams),
  };
}

function toUrl(address: string, page: PageLocation | undefined): URL {
  const protocol = page?.protocol ?? "https:";
  if (address.startsWith("/") && !address.startsWith("//") && page === undefined) {
    throw new OptionError("url", "an address with a host, as there is no page to take it from", address);
  }
  const absolute = /^[a-z]+:\/\//i.test(address)
    ? address
    : address.startsWith("//")
      ? protocol + address
      : address.startsWith("/")
        ? `${protocol}//${page?.host ?? ""}${address}`
        : `${protocol}//${address}`;
  try {
    return new URL(absolute);
  } catch (cause) {
    throw new OptionError("url", `an address such as "https://example.com/namespace"`, address, { cause });
  }
}
