/** Where a session comes from, and which other requests may use it. */
import type { IncomingMessage } from "node:http";
import { OptionError } from "@telsiz/events";

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

/** @throws OptionError */
export function checkBinding(binding: unknown): void {
  if (binding === undefined || binding === "ip" || typeof binding === "function") return;
  throw new OptionError("sessionBinding", '"ip" or a function', binding);
}

/** What the option stands for. */
export function resolveBinding(binding: "ip" | SessionBinding | undefined): SessionBinding | undefined {
  if (binding !== "ip") return binding;
  return (opened, request) => opened.remoteAddress === request.socket.remoteAddress;
}
