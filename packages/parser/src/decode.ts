/**
 * Text message to packet, default format: `<type>[<attachments>-][<namespace>,][<id>][<JSON>]`, one function per field.
 * Socket.IO protocol, "Packet encoding". Numbers are digits and nothing else.
 */

import { nestsDeeper } from "./depth.ts";
import { ParseError } from "./errors.ts";
import type { ParserLimits } from "./limits.ts";
import { isNamespace } from "./namespace.ts";
import { PacketType } from "./packet.ts";
import type { Packet } from "./packet.ts";
import { toPacket } from "./packet-rules.ts";

/** The second argument of `JSON.parse`. */
export type Reviver = (this: unknown, key: string, value: unknown) => unknown;

const ZERO = 0x30;
const NINE = 0x39;
const DASH = 0x2d;
const SLASH = 0x2f;

/** @throws {ParseError} `unknown packet type …` */
export function decodeType(text: string): PacketType {
  const type = text.charCodeAt(0) - ZERO;
  if (type >= PacketType.CONNECT && type <= PacketType.BINARY_ACK) return type as PacketType;
  throw new ParseError(`unknown packet type ${isDigit(text.charCodeAt(0)) ? type : "NaN"}`);
}

/** Where the number of attachments, which starts at 1, ends. @throws {ParseError} `Illegal attachments` */
export function attachmentsEnd(text: string): number {
  const end = digitsEnd(text, 1);
  if (end === 1 || text.charCodeAt(end) !== DASH) throw new ParseError("Illegal attachments");
  return end;
}

/** @throws {ParseError} `Illegal attachments`, `too many attachments` */
export function decodeAttachments(text: string, end: number, limits: ParserLimits): number {
  const count = decodeInteger(text, 1, end);
  if (count === undefined || count === 0) throw new ParseError("Illegal attachments");
  if (count > limits.maxAttachments) throw new ParseError("too many attachments");
  return count;
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
    const end = namespaceEnd(text, start);
    nsp = decodeNamespace(text, start, end, limits);
    idStart = end + 1;
  }
  const idEnd = digitsEnd(text, idStart);
  const id = idEnd === idStart ? undefined : decodeId(text, idStart, idEnd);
  const data = idEnd >= text.length ? undefined : decodePayload(text, idEnd, limits, reviver);
  return toPacket(type, nsp, data, id);
}

function namespaceEnd(text: string, start: number): number {
  const comma = text.indexOf(",", start);
  return comma === -1 ? text.length : comma;
}

function decodeNamespace(text: string, start: number, end: number, limits: ParserLimits): string {
  const nsp = text.slice(start, end);
  if (!isNamespace(nsp, limits.maxNamespaceLength)) throw new ParseError("invalid namespace");
  return nsp;
}

function decodeId(text: string, start: number, end: number): number {
  const id = decodeInteger(text, start, end);
  if (id === undefined) throw new ParseError("invalid packet id");
  return id;
}

function decodePayload(text: string, start: number, limits: ParserLimits, reviver?: Reviver): unknown {
  const json = text.slice(start);
  if (nestsDeeper(json, limits.maxDepth)) throw new ParseError("invalid payload");
  try {
    return JSON.parse(json, reviver);
  } catch (cause) {
    throw new ParseError("invalid payload", { cause });
  }
}

function digitsEnd(text: string, start: number): number {
  let end = start;
  while (isDigit(text.charCodeAt(end))) end++;
  return end;
}

/** `undefined` above 2^53 - 1, where integers are no longer exact. */
function decodeInteger(text: string, start: number, end: number): number | undefined {
  let value = 0;
  for (let at = start; at < end; at++) {
    value = value * 10 + (text.charCodeAt(at) - ZERO);
    if (value > Number.MAX_SAFE_INTEGER) return undefined;
  }
  return value;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}
