/** What a parser throws: one class per kind, each with a stable code. */

/** A peer sent something that is no lawful packet. The connection it came from should be closed. */
export class ParseError extends Error {
  /** Stable, for programs. */
  readonly code = "TELSIZ_PARSE_ERROR";
  /** The name of the class. */
  override readonly name = "ParseError";
}

/** A packet given to an encoder cannot be written so that the peer reads the same. Nothing was sent. */
export class EncodeError extends Error {
  /** Stable, for programs. */
  readonly code = "TELSIZ_ENCODE_ERROR";
  /** The name of the class. */
  override readonly name = "EncodeError";
}

/** An option of a parser has a value it cannot have. */
export class ParserOptionError extends TypeError {
  /** Stable, for programs. */
  readonly code = "TELSIZ_INVALID_OPTION";
  /** The name of the class. */
  override readonly name = "ParserOptionError";
}
