/** The opening handshake of a WebSocket, the server's side of it (RFC 6455 §4.2). */
import { type IncomingHttpHeaders, type IncomingMessage, STATUS_CODES } from "node:http";
import { crypto } from "../crypto.ts";

/** Why a request cannot become a WebSocket. */
export interface HandshakeRefusal {
  readonly status: 400 | 405 | 503;
  readonly message: string;
  /** A header that tells what would be taken. */
  readonly header?: string;
}

/** RFC 6455 §1.3. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Sixteen bytes in base64 (§4.1). */
const KEY = /^[+/0-9A-Za-z]{22}==$/;

/** A token of RFC 9110 §5.6.2, as subprotocols are. */
const TOKEN = /^[!#$%&'*+.^`|~\w-]+$/;

/** Longer lists of subprotocols are no honest offer, and take time to be read. */
const MAX_PROTOCOLS_LENGTH = 4096;

/** What is wrong with a request to upgrade (§4.2.1). */
export function handshakeFault({ method, headers }: IncomingMessage): HandshakeRefusal | undefined {
  if (method !== "GET") return { status: 405, message: "Invalid HTTP method", header: "Allow: GET" };
  if (headers.upgrade?.toLowerCase() !== "websocket") return badRequest("Invalid Upgrade header");
  if (!KEY.test(headers["sec-websocket-key"] ?? ""))
    return badRequest("Missing or invalid Sec-WebSocket-Key header");
  const version = headers["sec-websocket-version"];
  if (version !== "13" && version !== "8") {
    // §4.4: a server that does not take the version says which it does.
    return {
      ...badRequest("Missing or invalid Sec-WebSocket-Version header"),
      header: "Sec-WebSocket-Version: 13, 8",
    };
  }
  return firstProtocol(headers) === null ? badRequest("Invalid Sec-WebSocket-Protocol header") : undefined;
}

/** The lines of the 101 answer, to which others may be added (§4.2.2). Of the subprotocols offered, the first is taken. */
export function acceptingLines({ headers }: IncomingMessage): string[] {
  const accept = crypto().hash("sha1", `${headers["sec-websocket-key"]}${GUID}`, "base64");
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${accept}`,
  ];
  const protocol = firstProtocol(headers);
  if (protocol) lines.push(`Sec-WebSocket-Protocol: ${protocol}`);
  return lines;
}

/** A refusal as it is written to the socket. */
export function refusalText({ status, message, header }: HandshakeRefusal): string {
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Connection: close",
    "Content-type: text/html",
    `Content-Length: ${Buffer.byteLength(message)}`,
    ...(header === undefined ? [] : [header]),
  ];
  return `${lines.join("\r\n")}\r\n\r\n${message}`;
}

function badRequest(message: string): HandshakeRefusal {
  return { status: 400, message };
}

/** @returns `undefined` where none is offered, `null` where the offer is no list of distinct tokens */
function firstProtocol(headers: IncomingHttpHeaders): string | undefined | null {
  const offer = headers["sec-websocket-protocol"];
  if (offer === undefined) return undefined;
  if (offer.length > MAX_PROTOCOLS_LENGTH) return null;
  const protocols = offer.split(",").map((protocol) => protocol.trim());
  if (new Set(protocols).size !== protocols.length) return null;
  return protocols.every((protocol) => TOKEN.test(protocol)) ? protocols[0] : null;
}
