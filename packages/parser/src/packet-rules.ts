/** What each packet type may carry. Every decoder passes its packets through here. */

import { isObject } from "./binary.ts";
import { ParseError } from "./errors.ts";
import { isNamespace } from "./namespace.ts";
import { isPacketId } from "./packet-id.ts";
import {
  ACK,
  BINARY_EVENT,
  BINARY_OFFSET,
  CONNECT,
  CONNECT_ERROR,
  DISCONNECT,
  EVENT,
  type PacketType,
} from "./packet.ts";
import type { Packet } from "./packet.ts";
import { RESERVED_EVENTS } from "./reserved.ts";

/**
 * Makes a packet of received fields; the two binary types become EVENT and ACK. An id means nothing on other packets than
 * these and is left out there.
 * @throws {ParseError} `invalid payload`
 */
export function toPacket(type: PacketType, nsp: string, data: unknown, id: number | undefined): Packet {
  const plain = type >= BINARY_EVENT ? type - BINARY_OFFSET : type;
  if (!isPayload(plain, data)) throw new ParseError("invalid payload");
  const answers = plain === EVENT || plain === ACK;
  // Of these fields, now that they are checked, each type has those that it may have.
  return { type: plain, nsp, data, id: answers ? id : undefined } as Packet;
}

/**
 * Checks a packet that a format carries as a whole object.
 * @throws {ParseError} `invalid packet type`, `invalid namespace`, `invalid payload`, `invalid packet id`
 */
export function checkedPacket(value: unknown, maxNamespaceLength: number): Packet {
  const { type, nsp, data, id } = (isObject(value) ? value : {}) as Readonly<Record<string, unknown>>;
  if (!isObjectType(type)) throw new ParseError("invalid packet type");
  if (!isNamespace(nsp, maxNamespaceLength)) throw new ParseError("invalid namespace");
  if (id !== undefined && !isPacketId(id)) throw new ParseError("invalid packet id");
  return toPacket(type, nsp, data, id);
}

/** Whether `type` is one that a whole object may have: the two binary types belong to the default format alone. */
export function isObjectType(type: unknown): type is Packet["type"] {
  return Number.isInteger(type) && (type as number) >= CONNECT && (type as number) <= CONNECT_ERROR;
}

function isPayload(type: number, data: unknown): boolean {
  switch (type) {
    case EVENT:
      return Array.isArray(data) && isEventName(data[0]);
    case ACK:
      return Array.isArray(data);
    case CONNECT:
      return data === undefined || isRecord(data);
    case DISCONNECT:
      return data === undefined;
    default:
      return typeof data === "string" || isRecord(data);
  }
}

function isEventName(name: unknown): boolean {
  return typeof name === "string" ? !RESERVED_EVENTS.has(name) : typeof name === "number";
}

function isRecord(data: unknown): boolean {
  return isObject(data) && !Array.isArray(data);
}
