/** What a request asks for, and the checks that need nothing but it (protocol.md A.1, A.4, A.5). Pure functions. */
import { controlPacket } from "../shared/packet.ts";
import { RACE_PARAMETER } from "../shared/race-parameter.ts";
import type { TransportName } from "../shared/transport.ts";
import { badRequest, rejection, type Rejection } from "./rejection.ts";
import type { EngineRequest } from "./request-query.ts";

/** The revision of the protocol that is spoken. */
export const PROTOCOL = 4;

/** What a client may call a race: nobody should guess it, and nobody needs more. */
const RACE_ID = /^[\w-]{16,64}$/;

/** What a request asks for. */
export interface Ask {
  /** The request's method. */
  readonly method: string | undefined;
  /** The session it belongs to; `undefined` for a handshake. */
  readonly sid: string | undefined;
  /** `transport` of the query. */
  readonly transport: string | undefined;
  /** Revision of the protocol; all but `EIO=4` means 3. */
  readonly protocol: 3 | 4;
  /** The peer takes no binary (`b64=1`). */
  readonly textOnly: boolean;
  /** The `Origin` header. */
  readonly origin: string | undefined;
  /** Whether it asks for an upgrade to WebSocket. */
  readonly upgrade: boolean;
  /** The race of transports that it takes part in, if it does. */
  readonly race: string | undefined;
}

/** What the checks know of a session. */
export interface KnownSession {
  readonly protocol: number;
  readonly transport: { readonly name: TransportName };
  /** Whether requests for this transport may belong to it. */
  isOn(transport: string | undefined): boolean;
}

/** Reads a request. */
export function readAsk(request: EngineRequest, upgrade: boolean): Ask {
  const { sid, transport, EIO, b64, [RACE_PARAMETER]: race } = request._query;
  return {
    method: request.method,
    sid: sid || undefined,
    transport,
    protocol: EIO === String(PROTOCOL) ? PROTOCOL : 3,
    textOnly: Boolean(b64),
    origin: request.headers.origin,
    upgrade,
    race: race !== undefined && RACE_ID.test(race) ? race : undefined,
  };
}

/** The checks that every request has to pass. */
export function checkAsk(ask: Ask, transports: readonly TransportName[]): Rejection | undefined {
  const { transport, origin } = ask;
  const known = transports.some((name) => name === transport && name !== "webtransport");
  if (!known) return rejection("UNKNOWN_TRANSPORT", { transport });
  if (origin !== undefined && hasForbiddenCharacter(origin)) return badRequest("INVALID_ORIGIN", { origin });
  return undefined;
}

/** The checks for a request that belongs to `session`. */
export function checkMember(ask: Ask, session: KnownSession): Rejection | undefined {
  const { protocol, transport } = ask;
  if (protocol !== session.protocol) {
    return badRequest("PROTOCOL_MISMATCH", { protocol, previousProtocol: session.protocol });
  }
  if (!ask.upgrade && !session.isOn(transport)) {
    const previousTransport = session.transport.name;
    return badRequest("TRANSPORT_MISMATCH", { transport, previousTransport });
  }
  return undefined;
}

/** The checks for a request that opens a session. */
export function checkHandshake(ask: Ask): Rejection | undefined {
  const { method, protocol } = ask;
  if (method !== "GET") return rejection("BAD_HANDSHAKE_METHOD", { method });
  if (ask.transport === "websocket" && !ask.upgrade) return badRequest("TRANSPORT_HANDSHAKE_ERROR");
  if (protocol !== PROTOCOL) return rejection("UNSUPPORTED_PROTOCOL_VERSION", { protocol });
  return undefined;
}

/** What the session's first packet tells of the server. */
interface AnnouncedOptions {
  readonly pingInterval: number;
  readonly pingTimeout: number;
  readonly maxHttpBufferSize: number;
}

/** The first packet of a session; the order of its fields is Socket.IO's. @param greeting of the layer above */
export function openPacket(
  sid: string,
  upgrades: readonly TransportName[],
  { pingInterval, pingTimeout, maxHttpBufferSize: maxPayload }: AnnouncedOptions,
  greeting?: object,
): string {
  const said = { sid, upgrades, pingInterval, pingTimeout, maxPayload, ...greeting };
  return controlPacket("open", JSON.stringify(said));
}

/** RFC 9110 §5.5: a field value holds visible characters, spaces and tabs; all above 0x7f is left to pass. */
function hasForbiddenCharacter(value: string): boolean {
  return /[^\t\x20-\x7e\x80-\xff]/.test(value);
}
