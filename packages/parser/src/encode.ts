/**
 * Packet to messages, default format: `<type>[<attachments>-][<namespace>,][<id>][<JSON>]`, then the attachments.
 * Socket.IO protocol, "Packet encoding".
 */

import { extractBinary } from "./attachments.ts";
import { tooDeep } from "./binary.ts";
import { nestsDeeper } from "./depth.ts";
import { EncodeError } from "./errors.ts";
import type { JsonWriter } from "./json-writer.ts";
import type { ParserLimits } from "./limits.ts";
import { checkNamespace } from "./namespace.ts";
import { checkPacketId } from "./packet-id.ts";
import { ACK, BINARY_OFFSET, CONNECT, CONNECT_ERROR, DISCONNECT, EVENT } from "./packet.ts";
import type { AckPacket, ConnectErrorPacket, ConnectPacket, EventPacket, Packet } from "./packet.ts";
import type { Encoded } from "./parser.ts";

/** @throws {EncodeError} when the peer could not read the packet back; what `JSON.stringify` throws, say for a BigInt */
export function encodePacket(packet: Packet, limits: ParserLimits, json: JsonWriter): Encoded {
  switch (packet.type) {
    case EVENT:
    case ACK:
      return encodeEventOrAck(packet, limits, json);
    case CONNECT:
    case CONNECT_ERROR:
      return `${packet.type}${encodeNamespace(packet.nsp, limits)}${encodeDetails(packet, limits, json)}`;
    case DISCONNECT:
      return `${packet.type}${encodeNamespace(packet.nsp, limits)}`;
    default:
      throw new EncodeError(`unknown packet type ${String((packet as { type: unknown }).type)}`);
  }
}

function encodeEventOrAck(packet: EventPacket | AckPacket, limits: ParserLimits, json: JsonWriter): Encoded {
  const { type, nsp, data, id } = packet;
  const { rest, attachments, forged } = extractBinary(data, limits.maxDepth);
  const target = encodeNamespace(nsp, limits) + encodeId(id);
  const count = attachments.length;
  if (count === 0) return type + target + (type === EVENT ? json.writeEvent(data) : json.write(data));
  if (forged) throw new EncodeError("an object with _placeholder: true cannot be sent beside binary");
  return [`${type + BINARY_OFFSET}${count}-${target}${json.write(rest)}`, ...attachments];
}

function encodeNamespace(nsp: string, limits: ParserLimits): string {
  if (nsp === "/" || nsp === "") return "";
  checkNamespace(nsp, limits.maxNamespaceLength);
  return nsp + ",";
}

/** JavaScript callers may write null for "none". */
function encodeId(id: number | null | undefined): string {
  if (id === null || id === undefined) return "";
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
