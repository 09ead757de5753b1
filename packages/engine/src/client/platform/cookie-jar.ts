/** The cookies that one server gave to one client (RFC 6265, as far as a single host needs it). */
import { parseSetCookie, type SetCookie } from "cookie";
import type { CookieStore } from "./platform.ts";

interface StoredCookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly secure: boolean;
  /** In milliseconds since 1970; `Infinity` for the life of the jar. */
  readonly expires: number;
}

/** A server must not make a client hold more. */
const MAX_COOKIES = 50;

/** Keeps the cookies of one host. */
export class CookieJar implements CookieStore {
  /** By name and path, which together are a cookie's identity; the oldest first. */
  readonly #cookies = new Map<string, StoredCookie>();

  /** Malformed ones are passed over. */
  store(headers: readonly string[] | undefined, url: URL): void {
    for (const header of headers ?? []) {
      // Values go back exactly as they came.
      const cookie = parseSetCookie(header, { decode: (value) => value });
      if (cookie.name !== "" && isForHost(cookie.domain, url.hostname)) this.#keep(cookie, url);
    }
  }

  addTo(headers: Record<string, string>, url: URL): void {
    const kept = this.headerFor(url);
    if (kept === undefined) return;
    const name = Object.keys(headers).find((header) => header.toLowerCase() === "cookie") ?? "Cookie";
    const own = headers[name];
    headers[name] = own === undefined ? kept : `${own}; ${kept}`;
  }

  /** The `Cookie` header of a request for `url`; `undefined` if no cookie is for it. */
  headerFor(url: URL): string | undefined {
    const now = Date.now();
    const secure = url.protocol === "https:" || url.protocol === "wss:";
    const fitting = [...this.#cookies.values()].filter(
      (cookie) => cookie.expires > now && (secure || !cookie.secure) && isBelow(url.pathname, cookie.path),
    );
    // RFC 6265 §5.4: cookies with longer paths are listed before those with shorter ones
    fitting.sort((a, b) => b.path.length - a.path.length);
    return fitting.length === 0 ? undefined : fitting.map(({ name, value }) => `${name}=${value}`).join("; ");
  }

  #keep(cookie: SetCookie, url: URL): void {
    const path = cookie.path?.startsWith("/") === true ? cookie.path : directoryOf(url.pathname);
    const expires = expiryOf(cookie);
    const identity = `${cookie.name};${path}`;
    this.#cookies.delete(identity);
    if (expires <= Date.now()) return;
    if (this.#cookies.size >= MAX_COOKIES) this.#cookies.delete(this.#cookies.keys().next().value!);
    const { name, value = "", secure = false } = cookie;
    this.#cookies.set(identity, { name, value, path, secure, expires });
  }
}

/** RFC 6265 §5.3: if a cookie has both, `Max-Age` has precedence. */
function expiryOf({ maxAge, expires }: SetCookie): number {
  if (maxAge !== undefined) return Date.now() + maxAge * 1000;
  return expires?.getTime() ?? Infinity;
}

function isForHost(domain: string | undefined, hostname: string): boolean {
  if (domain === undefined || domain === "") return true;
  const bare = domain.toLowerCase().replace(/^\./, "");
  return hostname === bare || hostname.endsWith(`.${bare}`);
}

/** RFC 6265 §5.1.4 */
function isBelow(pathname: string, path: string): boolean {
  return (
    pathname === path || (pathname.startsWith(path) && (path.endsWith("/") || pathname[path.length] === "/"))
  );
}

/** RFC 6265 §5.1.4: the default path is up to, but not including, the right-most slash */
function directoryOf(pathname: string): string {
  return pathname.slice(0, Math.max(1, pathname.lastIndexOf("/")));
}
