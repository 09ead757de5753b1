/** What each packet type may carry. Every decoder passes its packets through here. */

import { isObject } from "./binary.ts";
import { ParseError } from "./errors.ts";
import { isNamespace } from "./namespace.ts";
import { isPacketId } from "./packet-id.ts";
import { PacketType } from "./packet.ts";
import type { ConnectErrorPacket, ConnectPacket, Packet } from "./packet.ts";
import { RESERVED_EVENTS } from "./reserved.ts";

/**
 * Makes a packet of received fields; the two binary types become EVENT and ACK. An id means nothing on other packets than
 * these and is left out there.
 * @throws {ParseError} `invalid payload`
 */
export function toPacket(type: PacketType, nsp: string, data: unknown, id: number | undefined): Packet {
  switch (type) {
    case PacketType.EVENT:
    case PacketType.BINARY_EVENT:
      if (!isEventData(data)) throw invalidPayload();
      return { type: PacketType.EVENT, nsp, data, id };
    case PacketType.ACK:
    case PacketType.BINARY_ACK:
      if (!Array.isArray(data)) throw invalidPayload();
      return { type: PacketType.ACK, nsp, data: data as readonly unknown[], id };
    case PacketType.CONNECT:
      return toConnect(nsp, data);
    case PacketType.DISCONNECT:
      if (data !== undefined) throw invalidPayload();
      return { type, nsp };
    case PacketType.CONNECT_ERROR:
      return toConnectError(nsp, data);
  }
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
  return (
    Number.isInteger(type) &&
    (type as number) >= PacketType.CONNECT &&
    (type as number) <= PacketType.CONNECT_ERROR
  );
}

function isEventData(data: unknown): data is readonly unknown[] {
  if (!Array.isArray(data)) return false;
  const name: unknown = data[0];
  return typeof name === "string" ? !RESERVED_EVENTS.has(name) : typeof name === "number";
}

function toConnect(nsp: string, data: unknown): ConnectPacket {
  if (data === undefined) return { type: PacketType.CONNECT, nsp };
  if (!isRecord(data)) throw invalidPayload();
  return { type: PacketType.CONNECT, nsp, data };
}

function toConnectError(nsp: string, data: unknown): ConnectErrorPacket {
  if (typeof data !== "string" && !isRecord(data)) throw invalidPayload();
  return { type: PacketType.CONNECT_ERROR, nsp, data };
}

function isRecord(data: unknown): data is object {
  return isObject(data) && !Array.isArray(data);
}

function invalidPayload(): ParseError {
  return new ParseError("invalid payload");
}
