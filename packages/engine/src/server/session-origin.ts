/** Where a session comes from, and which other requests may use it. */
import type { IncomingMessage } from "node:http";
import { OptionError } from "@telsiz/events";
import { cookieOf } from "./http/cookie.ts";

/** What is known of the request that opened a session. */
export interface SessionOrigin {
  /** The id of the session. */
  readonly id: string;
  /** The `Origin` header. */
  readonly origin: string | undefined;
  /** The address of the peer: behind a proxy, that of the proxy. */
  readonly remoteAddress: string;
  /** The request itself, unless the application has given it up. */
  readonly request: IncomingMessage | undefined;
}

/** Tells whether `request` may use a session that another request opened. */
export type SessionBinding = (opened: SessionOrigin, request: IncomingMessage) => boolean;

/** What the option `sessionBinding` takes. */
export type SessionBindingOption = "ip" | { readonly cookie: string } | SessionBinding;

/** Decides with what is known from the beginning of a session. */
export interface ResolvedBinding {
  /** Called with each session and the request that opens it. */
  opened?(session: SessionOrigin, request: IncomingMessage): void;
  /** Whether `request` may use `session`. */
  allows: SessionBinding;
}

/** @throws OptionError */
export function checkBinding(binding: unknown): void {
  if (binding === undefined || binding === "ip" || typeof binding === "function" || isCookie(binding)) return;
  throw new OptionError("sessionBinding", '"ip", { cookie: "its name" } or a function', binding);
}

/** What the option stands for. */
export function resolveBinding(binding: SessionBindingOption | undefined): ResolvedBinding | undefined {
  if (binding === undefined) return undefined;
  if (typeof binding === "function") return { allows: binding };
  if (binding !== "ip") return bindToCookie(binding.cookie);
  return { allows: ({ remoteAddress }, request) => remoteAddress === request.socket.remoteAddress };
}

function isCookie(binding: unknown): boolean {
  if (typeof binding !== "object" || binding === null || !("cookie" in binding)) return false;
  return typeof binding.cookie === "string" && binding.cookie !== "";
}

/** The value is kept apart, as an application may give up the request that brought it. */
function bindToCookie(name: string): ResolvedBinding {
  const values = new WeakMap<SessionOrigin, string>();
  return {
    opened(session, request) {
      const value = cookieOf(request, name);
      if (value !== undefined) values.set(session, value);
    },
    allows(session, request) {
      const value = values.get(session);
      return value === undefined || value === cookieOf(request, name);
    },
  };
}
