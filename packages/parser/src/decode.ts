/**
 * Text message to packet, default format: `<type>[<attachments>-][<namespace>,][<id>][<JSON>]`, one function per field.
 * Socket.IO protocol, "Packet encoding". Numbers are digits and nothing else.
 */

import { nestsDeeper } from "./depth.ts";
import { ParseError } from "./errors.ts";
import type { ParserLimits } from "./limits.ts";
import { isNamespace } from "./namespace.ts";
import { isPacketId } from "./packet-id.ts";
import { BINARY_ACK, CONNECT, type PacketType } from "./packet.ts";
import type { Packet } from "./packet.ts";
import { toPacket } from "./packet-rules.ts";

/** The second argument of `JSON.parse`. */
export type Reviver = (this: unknown, key: string, value: unknown) => unknown;

const ZERO = 0x30;
const SLASH = 0x2f;

/** The type, then the number of attachments, of which no more digits are looked at than an exact number has. */
const ATTACHMENTS = /^\d(\d{1,16})-/;

/** @throws {ParseError} `unknown packet type …` */
export function decodeType(text: string): PacketType {
  const type = text.charCodeAt(0) - ZERO;
  if (type >= CONNECT && type <= BINARY_ACK) return type as PacketType;
  throw new ParseError(`unknown packet type ${parseInt(text.charAt(0))}`);
}

/**
 * The number of attachments, and where what follows it begins.
 * @throws {ParseError} `Illegal attachments`, `too many attachments`
 */
export function decodeAttachments(
  text: string,
  { maxAttachments }: ParserLimits,
): [count: number, end: number] {
  const [header = "", digits = ""] = ATTACHMENTS.exec(text) ?? [];
  const count = Number(digits);
  if (count === 0 || !isPacketId(count)) throw new ParseError("Illegal attachments");
  if (count > maxAttachments) throw new ParseError("too many attachments");
  return [count, header.length];
}

/**
 * Decodes what follows type and number of attachments, from `start` on.
 * @throws {ParseError} `invalid namespace`, `invalid packet id`, `invalid payload`
 */
export function decodeBody(
  type: PacketType,
  text: string,
  start: number,
  limits: ParserLimits,
  reviver?: Reviver,
): Packet {
  let nsp = "/";
  let idStart = start;
  if (text.charCodeAt(start) === SLASH) {
    nsp = decodeNamespace(text, start, limits);
    idStart += nsp.length + 1;
  }
  let end = idStart;
  let id = 0;
  for (let digit; (digit = text.charCodeAt(end) - ZERO) >= 0 && digit <= 9; end++) id = id * 10 + digit;
  // Beyond 2^53 - 1, where integers are no longer exact, it stays beyond.
  if (!isPacketId(id)) throw new ParseError("invalid packet id");
  const data = end < text.length ? decodePayload(text.slice(end), limits, reviver) : undefined;
  return toPacket(type, nsp, data, end === idStart ? undefined : id);
}

function decodeNamespace(text: string, start: number, { maxNamespaceLength }: ParserLimits): string {
  const comma = text.indexOf(",", start);
  const nsp = text.slice(start, comma < 0 ? undefined : comma);
  if (!isNamespace(nsp, maxNamespaceLength)) throw new ParseError("invalid namespace");
  return nsp;
}

function decodePayload(json: string, { maxDepth }: ParserLimits, reviver?: Reviver): unknown {
  if (nestsDeeper(json, maxDepth)) throw new ParseError("invalid payload");
  try {
    return JSON.parse(json, reviver);
  } catch (cause) {
    throw new ParseError("invalid payload", { cause });
  }
}
