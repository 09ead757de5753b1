/** The address that `io()` is given: which server, and which namespace on it. */
import { isSecure, urlOf } from "@telsiz/engine/client";

/** The parts of an address. */
export interface Address {
  /** Identifies the server, `https://example.com:443`. */
  readonly origin: string;
  /** Where to connect to, without the namespace; on no page an address of one is left as it is, which no engine takes. */
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

/** What stands between the host and the query of an address, whose scheme is taken off. */
const NAMESPACE = /^[^/?#]*(\/[^?#]*)/;

/** Stands for the page's host where there is no page yet: while a framework renders one on a server. */
const NOWHERE = "page.invalid";

/**
 * Understands `https://host:port/namespace?query`, `//host`, `host:port`, `/namespace` and nothing, the last two of
 * which mean the page's own server.
 * @throws OptionError
 */
export function parseAddress(
  address = "/",
  page: PageLocation | undefined = (globalThis as { location?: PageLocation }).location,
): Address {
  const onPage = typeof address === "string" && /^\/(?!\/)/.test(address);
  const whole = onPage ? `//${page?.host ?? NOWHERE}${address}` : address;
  const url = urlOf("url", whole, page?.protocol ?? "https:");
  return {
    origin: `${url.protocol}//${url.hostname}:${url.port || (isSecure(url) ? 443 : 80)}`,
    url: onPage && page === undefined ? address : `${url.protocol}//${url.host}`,
    // A namespace is a name, not a path: `URL` would encode and resolve it.
    namespace: NAMESPACE.exec(whole.replace(/^([a-z]+:)?\/\//i, ""))?.[1] ?? "/",
    query: Object.fromEntries(url.searchParams),
  };
}
