/**
 * Packet to messages, default format: `<type>[<attachments>-][<namespace>,][<id>][<JSON>]`, then the attachments.
 * Socket.IO protocol, "Packet encoding".
 */

import { extractAttachments } from "./attachments.ts";
import { hasBinary, tooDeep } from "./binary.ts";
import { nestsDeeper } from "./depth.ts";
import { EncodeError } from "./errors.ts";
import type { JsonWriter } from "./json-writer.ts";
import type { ParserLimits } from "./limits.ts";
import { checkNamespace } from "./namespace.ts";
import { checkPacketId } from "./packet-id.ts";
import { PacketType } from "./packet.ts";
import type { AckPacket, ConnectErrorPacket, ConnectPacket, EventPacket, Packet } from "./packet.ts";
import type { Attachment, Encoded } from "./parser.ts";

/** @throws {EncodeError} when the peer could not read the packet back; what `JSON.stringify` throws, say for a BigInt */
export function encodePacket(packet: Packet, limits: ParserLimits, json: JsonWriter): Encoded {
  switch (packet.type) {
    case PacketType.EVENT:
      if (hasBinary(packet.data, limits.maxDepth)) return encodeWithAttachments(packet, limits, json);
      return `${packet.type}${encodeAddress(packet, limits)}${json.writeEvent(packet.data)}`;
    case PacketType.ACK:
      if (hasBinary(packet.data, limits.maxDepth)) return encodeWithAttachments(packet, limits, json);
      return `${packet.type}${encodeAddress(packet, limits)}${json.write(packet.data)}`;
    case PacketType.CONNECT:
    case PacketType.CONNECT_ERROR:
      return `${packet.type}${encodeNamespace(packet.nsp, limits)}${encodeDetails(packet, limits, json)}`;
    case PacketType.DISCONNECT:
      return `${packet.type}${encodeNamespace(packet.nsp, limits)}`;
    default:
      throw new EncodeError(`unknown packet type ${String((packet as { type: unknown }).type)}`);
  }
}

function encodeWithAttachments(
  packet: EventPacket | AckPacket,
  limits: ParserLimits,
  json: JsonWriter,
): Encoded {
  const attachments: Attachment[] = [];
  const data = extractAttachments(packet.data, attachments, limits.maxDepth);
  const type = packet.type === PacketType.EVENT ? PacketType.BINARY_EVENT : PacketType.BINARY_ACK;
  const header = `${type}${attachments.length}-${encodeAddress(packet, limits)}`;
  return [header + json.write(data), ...attachments];
}

function encodeAddress(packet: EventPacket | AckPacket, limits: ParserLimits): string {
  const { nsp, id } = packet;
  return id === undefined ? encodeNamespace(nsp, limits) : encodeNamespace(nsp, limits) + encodeId(id);
}

function encodeNamespace(nsp: string, limits: ParserLimits): string {
  if (nsp === "/" || nsp === "") return "";
  checkNamespace(nsp, limits.maxNamespaceLength);
  return nsp + ",";
}

/** JavaScript callers may write null for "none". */
function encodeId(id: number | null): string {
  if (id === null) return "";
  checkPacketId(id);
  return String(id);
}

/** Not searched for binary, as on every Socket.IO implementation: a Buffer becomes `{"type":"Buffer","data":[…]}`. */
function encodeDetails(
  packet: ConnectPacket | ConnectErrorPacket,
  limits: ParserLimits,
  json: JsonWriter,
): string {
  const details = json.write(packet.data);
  if (nestsDeeper(details, limits.maxDepth)) throw tooDeep();
  return details;
}
