/** The `parser` option of server and client: what its users may give, and what it means. */

import { defaultParser } from "./default-parser.ts";
import { type EmitterParser, isEmitterParser, wrapEmitterParser } from "./emitter-compat.ts";
import { ParserOptionError } from "./errors.ts";
import type { Parser } from "./parser.ts";

/**
 * The parser that an option means: one of Telsiz, one written for Socket.IO, or by default the default parser.
 * @throws {ParserOptionError} when it is neither
 */
export function asParser(option: Parser | EmitterParser | undefined): Parser {
  if (option === undefined) return defaultParser;
  if (isEmitterParser(option)) return wrapEmitterParser(option);
  if (isParser(option)) return option;
  throw new ParserOptionError(
    'Option "parser" must be a parser with encode and createDecoder, or with Encoder and Decoder.',
  );
}

/** JavaScript callers may give anything, null among it. */
function isParser(option: unknown): option is Parser {
  const { encode, createDecoder } = Object(option) as Partial<Record<keyof Parser, unknown>>;
  return typeof encode === "function" && typeof createDecoder === "function";
}
