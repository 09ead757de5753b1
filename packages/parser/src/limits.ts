/** What a parser accepts at most. Checked before memory is taken. */

import { ParserOptionError } from "./errors.ts";

/** Bounds on a single packet. */
export interface ParserLimits {
  /**
   * Binary attachments of one received packet. socket.io 4.8.4 closes connections above 10, so a sender should stay below too.
   * @default 10
   */
  readonly maxAttachments: number;
  /**
   * Bytes of all attachments of one received packet together.
   * @default 10_000_000
   */
  readonly maxPacketBytes: number;
  /**
   * Levels of nested arrays and objects, the argument array being the first. Holds for sending and receiving, at most 1,000.
   * @default 256
   */
  readonly maxDepth: number;
  /**
   * UTF-16 code units of a namespace name. Holds for sending and receiving.
   * @default 512
   */
  readonly maxNamespaceLength: number;
  /**
   * Whether a received packet must have exactly one placeholder for each of its attachments. Without that, as in Socket.IO,
   * one attachment may stand in many places, which makes a small packet large when it is passed on, or in none.
   * @default true
   */
  readonly exactAttachments: boolean;
}

/** The limits of a parser that is given none. */
export const DEFAULT_LIMITS: ParserLimits = {
  maxAttachments: 10,
  maxPacketBytes: 10_000_000,
  maxDepth: 256,
  maxNamespaceLength: 512,
  exactAttachments: true,
};

/** Deeper values would bring the recursion over them near the end of the stack. */
const DEEPEST = 1_000;

type NumericLimit = Exclude<keyof ParserLimits, "exactAttachments">;

/** Fills in the defaults. @throws {ParserOptionError} when a limit is no whole number in its range; `Infinity` means none */
export function resolveLimits(limits: Partial<ParserLimits>): ParserLimits {
  return {
    maxAttachments: resolve("maxAttachments", limits.maxAttachments, Infinity),
    maxPacketBytes: resolve("maxPacketBytes", limits.maxPacketBytes, Infinity),
    maxDepth: resolve("maxDepth", limits.maxDepth, DEEPEST),
    maxNamespaceLength: resolve("maxNamespaceLength", limits.maxNamespaceLength, Infinity),
    exactAttachments: limits.exactAttachments ?? DEFAULT_LIMITS.exactAttachments,
  };
}

function resolve(name: NumericLimit, value: number | undefined, most: number): number {
  if (value === undefined) return DEFAULT_LIMITS[name];
  if ((Number.isInteger(value) || value === Infinity) && value >= 1 && value <= most) return value;
  throw new ParserOptionError(`${name} must be a whole number from 1 to ${most}, not ${String(value)}`);
}
