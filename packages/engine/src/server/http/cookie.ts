/** Cookies: that of the polling handshake (protocol.md A.11), which the server never reads, and those of applications. */
import type { IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import type * as Cookie from "cookie";
import { OptionError } from "@telsiz/events";
import { checkObject } from "../../shared/option-object.ts";

/** The cookie that the polling handshake sets: its name, and its attributes as the `cookie` package takes them. */
export interface CookieOptions {
  /** @default "io" */
  name?: string | undefined;
  /** `Path`; `false` leaves it out. @default "/" */
  path?: string | false | undefined;
  /** `Domain`. */
  domain?: string | undefined;
  /** `Expires`. */
  expires?: Date | undefined;
  /** `Max-Age`, in seconds. */
  maxAge?: number | undefined;
  /** `HttpOnly`. @default true */
  httpOnly?: boolean | undefined;
  /** `Secure`. @default true on TLS */
  secure?: boolean | undefined;
  /** `SameSite`. @default "lax" */
  sameSite?: boolean | "lax" | "strict" | "none" | undefined;
  /** `Partitioned`. */
  partitioned?: boolean | undefined;
  /** `Priority`. */
  priority?: "low" | "medium" | "high" | undefined;
  /** Encodes the value. @default encodeURIComponent */
  encode?: ((value: string) => string) | undefined;
}

const DEFAULTS: CookieOptions = { name: "io", path: "/", httpOnly: true, sameSite: "lax" };

/** @throws OptionError if no valid cookie comes of it */
export function checkCookie(option: boolean | CookieOptions | undefined): void {
  if (option === undefined || typeof option === "boolean") return;
  checkObject("cookie", option, "true, false or an object");
  try {
    sessionCookie({ ...DEFAULTS, ...option }, "id", false);
  } catch (cause) {
    throw new OptionError("cookie", "a valid cookie name with valid attributes", option, { cause });
  }
}

/** Fills in the defaults. */
export function resolveCookie(option: boolean | CookieOptions | undefined): CookieOptions | undefined {
  if (option === undefined || option === false) return undefined;
  return { ...DEFAULTS, ...(option === true ? {} : option) };
}

/** The `Set-Cookie` header of the session `id`. @param onTls whether the request came over TLS */
export function sessionCookie(options: CookieOptions, id: string, onTls: boolean): string {
  const { name = "io", ...attributes } = { secure: onTls, ...options };
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined && value !== false);
  return loadCookie().serialize(name, id, Object.fromEntries(given));
}

/** The value of a cookie that a request brought. */
export function cookieOf({ headers }: IncomingMessage, name: string): string | undefined {
  return headers.cookie === undefined ? undefined : loadCookie().parse(headers.cookie)[name];
}

/** Few servers have to do with cookies: the others need not wait for this to be loaded. */
function loadCookie(): typeof Cookie {
  return createRequire(import.meta.url)("cookie") as typeof Cookie;
}
