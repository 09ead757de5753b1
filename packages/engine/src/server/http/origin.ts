/**
 * Whether a request's `Origin` may open or use a session (security.md rows 10 to 12, 14): browsers let any page open
 * a WebSocket, so cross-site hijacking is prevented here and not by CORS headers alone.
 */
import type { IncomingMessage, ServerResponse } from "node:http";

/** Whether the application has said which origins may connect. */
export type OriginPolicy = "listed" | "unlisted";

/** A request with what the middlewares answered so far. */
export interface Asked {
  readonly request: IncomingMessage;
  readonly response: Pick<ServerResponse, "getHeader">;
}

/** What is to be done about a handshake; `warn` lets it pass. */
export type OriginVerdict = "pass" | "warn" | "refuse";

/** Judges a handshake. */
export function mayOpen(policy: OriginPolicy, asked: Asked): OriginVerdict {
  if (!isCrossOrigin(asked.request) || isAllowed(asked)) return "pass";
  if (policy === "listed") return "refuse";
  // Without a list, only handshakes with ambient credentials are dangerous.
  return asked.request.headers.cookie === undefined ? "warn" : "refuse";
}

/** Whether a later request may use the session that was opened with `opener` as its `Origin`. */
export function mayUse(opener: string | undefined, asked: Asked): boolean {
  const { origin } = asked.request.headers;
  if (origin === undefined || origin === opener) return true;
  // Browsers send no Origin with a GET to the same host, yet do so with POST and WebSocket.
  return opener === undefined && (!isCrossOrigin(asked.request) || isAllowed(asked));
}

/** Whether a page of another host asks. Of the headers looked at, none can be set by the page itself. */
function isCrossOrigin(request: IncomingMessage): boolean {
  const { origin } = request.headers;
  if (origin === undefined || request.headers["sec-fetch-site"] === "same-origin") return false;
  const originHost = hostOf(origin);
  const host = request.headers[":authority"] ?? request.headers.host; // RFC 9113 §8.3.1: HTTP/2 has the former
  // A reverse proxy may rewrite Host; only it, and no page, can add X-Forwarded-Host.
  return originHost === undefined || ![host, request.headers["x-forwarded-host"]].includes(originHost);
}

/** Whether a middleware (`cors` above all) has allowed the request's origin. */
function isAllowed({ request, response }: Asked): boolean {
  const allowed = response.getHeader("Access-Control-Allow-Origin");
  return allowed === "*" || (allowed !== undefined && allowed === request.headers.origin);
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
