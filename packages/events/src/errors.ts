/** What the errors of every Telsiz package have in common. */

/** An error raised by Telsiz itself, told apart by its stable `code`. */
export abstract class TelsizError extends Error {
  /** Stable name of the kind of error, the heading under which the docs explain it. */
  abstract readonly code: string;
  /** The name of the class, which a minifier leaves as it is. */
  abstract override readonly name: string;
}

/** An option or argument that is not acceptable. The message says what was given and what is accepted. */
export class OptionError extends TelsizError {
  readonly code = "TELSIZ_INVALID_OPTION";
  override readonly name = "OptionError";
  /** The option's name. */
  readonly option: string;

  constructor(option: string, accepted: string, given: unknown, options?: { readonly cause?: unknown }) {
    super(`Option "${option}" must be ${accepted}, not ${describe(given)}.`, options);
    this.option = option;
  }
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === "function") return `the function "${value.name || "anonymous"}"`;
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "an array" : "an object";
  return String(value);
}
