/** Whose request it is that another node forwards: what the owner of the session cannot see by itself. */
import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import { ClusterFrameError } from "./errors.ts";

/** The header that tells it, between nodes alone. What a client says under this name is dropped. */
export const FORWARDED_HEADER = "telsiz-forwarded";

/** What it tells. */
interface ForwardedClient {
  /** The session that the request names. */
  readonly sid: string;
  /** The address of who sent it to the first node. */
  readonly address?: string | undefined;
  /** And the port. */
  readonly port?: number | undefined;
  /** And the kind of the address. */
  readonly family?: string | undefined;
  /** Whether it came by TLS. */
  readonly encrypted: boolean;
}

/** The value of the header for a request that is forwarded. */
export function describeClient(sid: string, { socket }: IncomingMessage): string {
  const { remoteAddress: address, remotePort: port, remoteFamily: family } = socket;
  const encrypted = (socket as Partial<TLSSocket>).encrypted === true; // plain sockets have no such field
  const client: ForwardedClient = { sid, address, port, family, encrypted };
  return Buffer.from(JSON.stringify(client)).toString("base64url");
}

/**
 * Makes a request look as it did to the node that forwarded it: its socket has the client's address, and the header is gone.
 * @returns the session that it names
 * @throws ClusterFrameError where no node has sent it
 */
export function restoreClient(request: IncomingMessage): string {
  const { sid, address, port, family, encrypted } = readClient(request);
  Reflect.deleteProperty(request.headers, FORWARDED_HEADER);
  request.rawHeaders.splice(request.rawHeaders.lastIndexOf(FORWARDED_HEADER), 2);
  Reflect.deleteProperty(request.socket, "encrypted"); // of the request before, if it is kept for several
  const seen = {
    remoteAddress: address,
    remotePort: port,
    remoteFamily: family,
    ...(encrypted && { encrypted }),
  };
  for (const [name, value] of Object.entries(seen)) {
    Object.defineProperty(request.socket, name, { value, configurable: true });
  }
  return sid;
}

/** @throws ClusterFrameError */
function readClient({ headers }: IncomingMessage): ForwardedClient {
  try {
    const text = Buffer.from(String(headers[FORWARDED_HEADER]), "base64url").toString();
    return JSON.parse(text) as ForwardedClient;
  } catch {
    throw new ClusterFrameError("a forwarded request does not say whose it is");
  }
}
