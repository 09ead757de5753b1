/**
 * The MessagePack parser, byte for byte the format of `socket.io-msgpack-parser`: one binary message per packet, a map of
 * `type`, `nsp`, `data` and `id`, binary in its place. Both sides must be given it.
 */

import { EncodeError, ParseError } from "./errors.ts";
import { resolveLimits } from "./limits.ts";
import type { ParserLimits } from "./limits.ts";
import { decodeMessagePack } from "./msgpack-decode.ts";
import { encodeMessagePack } from "./msgpack-encode.ts";
import { checkNamespace } from "./namespace.ts";
import { checkPacketId } from "./packet-id.ts";
import { checkedPacket, isObjectType } from "./packet-rules.ts";
import type { Packet } from "./packet.ts";
import type { BinaryType, Message, PacketDecoder, Parser } from "./parser.ts";

/** Limits of {@link createMessagePackParser}; attachments are a matter of the default parser. */
export type MessagePackLimits = Pick<ParserLimits, "maxDepth" | "maxNamespaceLength">;

/**
 * Makes a MessagePack parser.
 *
 * @param options limits to change
 * @throws {ParserOptionError} when a limit is no whole number in its range
 */
export function createMessagePackParser(options: Partial<MessagePackLimits> = {}): Parser {
  const limits = resolveLimits(options);
  return {
    encode(packet: Packet): Uint8Array {
      return encodeAsMap(packet, limits);
    },
    createDecoder(binaryType: BinaryType = "uint8array"): PacketDecoder {
      return new MessagePackDecoder(limits, binaryType);
    },
  };
}

/** The MessagePack parser with the default limits. */
export const messagePackParser: Parser = /* @__PURE__ */ createMessagePackParser();

/** Has no state: a message is a packet. */
class MessagePackDecoder implements PacketDecoder {
  readonly pending = false;
  readonly #limits: ParserLimits;
  readonly #binaryType: BinaryType;

  constructor(limits: ParserLimits, binaryType: BinaryType) {
    this.#limits = limits;
    this.#binaryType = binaryType;
  }

  add(message: Message): Packet {
    if (!(message instanceof Uint8Array)) throw new ParseError("Could not parse");
    const value = decodeMessagePack(message, levelsOf(this.#limits), this.#binaryType);
    return checkedPacket(value, this.#limits.maxNamespaceLength);
  }

  reset(): void {
    // Nothing is ever half received.
  }
}

/** The packet's own keys in their order, as the original does; those without a value are left out. */
function encodeAsMap(packet: Packet, limits: ParserLimits): Uint8Array {
  checkPacket(packet, limits);
  const fields = Object.entries(packet).filter(([, value]) => value !== undefined);
  return encodeMessagePack(Object.fromEntries(fields), levelsOf(limits));
}

function checkPacket(packet: Packet, limits: ParserLimits): void {
  if (!isObjectType(packet.type)) throw new EncodeError(`unknown packet type ${String(packet.type)}`);
  checkNamespace(packet.nsp, limits.maxNamespaceLength);
  if ("id" in packet && packet.id !== undefined) checkPacketId(packet.id);
}

/** One for the packet itself, so that `maxDepth` is about the data, as in the default parser. */
function levelsOf(limits: ParserLimits): number {
  return limits.maxDepth + 1;
}
