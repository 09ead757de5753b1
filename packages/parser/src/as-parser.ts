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
  return isEmitterParser(option) ? wrapEmitterParser(option) : asOwnParser(option);
}

/**
 * As {@link asParser}, where those written for Socket.IO have to be wrapped by {@link fromEmitterParser}: what wraps them is not loaded.
 * @throws {ParserOptionError} when it is none of Telsiz
 */
export function asOwnParser(option: Parser | EmitterParser | undefined): Parser {
  if (option === undefined) return defaultParser;
  if (isParser(option)) return option;
  throw new ParserOptionError('Option "parser" must be a parser.');
}

/** JavaScript callers may give anything, null among it. */
function isParser(option: unknown): option is Parser {
  const { encode, createDecoder } = Object(option) as Partial<Record<keyof Parser, unknown>>;
  return typeof encode === "function" && typeof createDecoder === "function";
}
