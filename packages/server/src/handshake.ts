/** What is known of a client from the moment it connected (api-surface.md 4). */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { ParsedUrlQuery } from "node:querystring";
import { parse } from "node:querystring";
import { RACE_PARAMETER, type Session } from "@telsiz/engine/server";
import type { UntypedAuth } from "@telsiz/events";

/** The details of a connection's beginning. @typeParam Auth what the contract says of `auth` */
export interface Handshake<Auth = UntypedAuth> {
  /** Headers of the first HTTP request. */
  readonly headers: IncomingHttpHeaders;
  /** When the namespace was joined, as text. */
  readonly time: string;
  /** When the namespace was joined, in milliseconds since 1970. */
  readonly issued: number;
  /** The client's address. */
  readonly address: string;
  /** Whether the request came from a page, and so perhaps from another origin. */
  readonly xdomain: boolean;
  /** Whether the connection is encrypted. */
  readonly secure: boolean;
  /** URL of the first HTTP request. */
  readonly url: string;
  /** Query of the first HTTP request, without what Telsiz peers say to each other there. */
  readonly query: ParsedUrlQuery;
  /** What the client gave as `auth`; with a contract, what came out of its validator. */
  auth: Auth;
}

/** The parameter by which a client asks for a namespace in the handshake (docs/wire.md). */
export const CONNECT_PARAMETER = "telsiz-connect";

/** What a connection tells of itself. */
export interface HandshakeConnection {
  readonly conn: Session;
  readonly _secure: boolean;
}

/** Collects the handshake of a socket that joined at `issued` with `auth`. */
export function createHandshake<Auth>(
  { conn, _secure }: HandshakeConnection,
  issued: number,
  auth: Auth,
): Handshake<Auth> {
  const request = requestOf(conn);
  const url = request?.url ?? "";
  const queryStart = url.indexOf("?");
  const query = parse(queryStart < 0 ? "" : url.slice(queryStart + 1));
  for (const own of [CONNECT_PARAMETER, RACE_PARAMETER]) Reflect.deleteProperty(query, own);
  return {
    headers: request?.headers ?? {},
    time: String(new Date(issued)),
    issued,
    address: conn.remoteAddress,
    xdomain: request?.headers.origin !== undefined,
    secure: _secure,
    url,
    query,
    auth,
  };
}

/** Whether a session is encrypted. To be asked at its beginning: a request of HTTP/2 that is over does not tell any more. */
export function isSecure(session: Session): boolean {
  const request = requestOf(session);
  // Without a request the transport is WebTransport, which always is.
  return request === undefined || "encrypted" in request.socket;
}

/** The request that opened a session. Socket.IO's guide to saving memory sets it to null. */
/** The request that opened a session, unless the application has given it up. */
export function requestOf(session: Session): IncomingMessage | undefined {
  const request = session.request as IncomingMessage | null | undefined;
  return request ?? undefined;
}
