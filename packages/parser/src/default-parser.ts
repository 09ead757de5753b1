/** The parser that every Socket.IO peer speaks unless told otherwise: JSON text, with binary in messages of its own. */

import type { Reviver } from "./decode.ts";
import { DefaultDecoder } from "./decoder.ts";
import { encodePacket } from "./encode.ts";
import { JsonWriter } from "./json-writer.ts";
import type { Replacer } from "./json-writer.ts";
import { DEFAULT_LIMITS, resolveLimits } from "./limits.ts";
import type { ParserLimits } from "./limits.ts";
import type { Packet } from "./packet.ts";
import type { BinaryType, Encoded, PacketDecoder, Parser } from "./parser.ts";

/** Options of {@link createParser}. */
export interface ParserOptions extends ParserLimits {
  /** Second argument of `JSON.stringify`, say to send a BigInt in a form of your own. None by default. */
  readonly replacer?: Replacer | undefined;
  /** Second argument of `JSON.parse`, the counterpart of `replacer` on the other side. None by default. */
  readonly reviver?: Reviver | undefined;
}

/**
 * Makes a default parser.
 *
 * @param options limits to change, replacer and reviver
 * @throws {ParserOptionError} when a limit is no whole number in its range
 * @example
 * const parser = createParser({ maxAttachments: 20 });
 */
export function createParser(options: Partial<ParserOptions> = {}): Parser {
  return parserWithin(resolveLimits(options), options);
}

function parserWithin(limits: ParserLimits, { replacer, reviver }: Partial<ParserOptions>): Parser {
  const json = new JsonWriter(replacer);
  return {
    encode(packet: Packet): Encoded {
      return encodePacket(packet, limits, json);
    },
    createDecoder(binaryType: BinaryType = "uint8array"): PacketDecoder {
      return new DefaultDecoder(limits, reviver, binaryType);
    },
  };
}

/** The default parser with the default limits. */
export const defaultParser: Parser = /* @__PURE__ */ parserWithin(DEFAULT_LIMITS, {});
