/** What one client may make the server hold and do (docs/security.md has every limit with its reason). */
import type { EngineLimits } from "@telsiz/engine/server";
import { checkBooleans, checkCounts, checkDurations, type Rate } from "@telsiz/events";
import { createParser, DEFAULT_LIMITS, type ParserLimits } from "@telsiz/parser";
import { checkRateLimits, type RateLimits } from "./rate-limits.ts";

/** Limits on what a client may make the server hold and do: the engine's, and these. `Infinity` takes a limit away. */
export interface ServerLimits extends EngineLimits {
  /**
   * Levels of nested arrays and objects in a packet, 1,000 at most. Deeper values bring the functions that walk over them
   * near the end of the stack. Holds for what is sent, too. Of the default parser alone.
   * @default 256
   */
  maxDepth?: number | undefined;
  /** Binary attachments of one packet; Socket.IO's default. Of the default parser alone. @default 10 */
  maxAttachments?: number | undefined;
  /**
   * Bytes of all attachments of one packet together: each alone may be as long as `maxHttpBufferSize`. Of the default
   * parser alone.
   * @default 10_000_000
   */
  maxPacketBytes?: number | undefined;
  /**
   * Whether each attachment has exactly one place in its packet, as all known clients write it. One attachment in many
   * places makes a small packet a large one when it is passed on. Of the default parser alone.
   * @default true
   */
  exactAttachments?: boolean | undefined;
  /** Characters in the name of a namespace, which is told back to who asks for it. Of the default parser alone. @default 512 */
  maxNamespaceLength?: number | undefined;
  /**
   * Acknowledgements that one socket may await: a client that gives none would have them kept for as long as it stays.
   * An emit that asks for more throws `TooManyAcksError`. @default 10_000
   */
  maxPendingAcks?: number | undefined;
  /** Time for the attachments of a packet to arrive, in milliseconds: until then they hold memory. @default 30_000 */
  attachmentTimeout?: number | undefined;
  /** Namespaces that one connection may be in. Each takes memory, and a dynamic one is made for it. @default 100 */
  maxNamespacesPerConnection?: number | undefined;
  /**
   * Namespaces that a connection may ask for each second, once it has asked for `maxNamespacesPerConnection`. More are
   * not refused: they wait.
   * @default 50
   */
  connectsPerSecond?: number | undefined;
  /** How much clients may send. @default as much as they like */
  rate?: RateLimits | undefined;
}

/** What a connection has to keep to. */
export interface ConnectionLimits {
  /** Time for the attachments of a packet to arrive, in milliseconds. */
  readonly attachmentTimeoutMs: number;
  /** Characters in the name of a namespace. */
  readonly maxNamespaceLength: number;
  /** Namespaces that it may be in. */
  readonly maxNamespaces: number;
  /** How often it may ask for one. */
  readonly connectRate: Rate;
  /** How much it may send. */
  readonly rate: RateLimits | undefined;
  /** Whether its messages are in the default format. */
  readonly readsHeaders: boolean;
}

/** The limits that belong to the parser. */
const PARSER_LIMITS = Object.keys(DEFAULT_LIMITS) as (keyof ParserLimits)[];

/** Checks those that the engine does not know. @throws OptionError, ParserOptionError */
export function checkServerLimits(limits: ServerLimits): void {
  checkDurations(limits, "attachmentTimeout");
  checkCounts(limits, "maxNamespacesPerConnection", "connectsPerSecond", "maxPendingAcks");
  checkBooleans(limits, "exactAttachments");
  if (limits.rate !== undefined) checkRateLimits(limits.rate);
  createParser(parserLimits(limits));
}

/** Fills in the defaults. @param readsHeaders whether messages are in the default format */
export function connectionLimits(limits: ServerLimits = {}, readsHeaders: boolean): ConnectionLimits {
  const maxNamespaces = limits.maxNamespacesPerConnection ?? 100;
  return {
    attachmentTimeoutMs: limits.attachmentTimeout ?? 30_000,
    maxNamespaceLength: limits.maxNamespaceLength ?? DEFAULT_LIMITS.maxNamespaceLength,
    maxNamespaces,
    connectRate: { burst: maxNamespaces, perSecond: limits.connectsPerSecond ?? 50 },
    rate: limits.rate,
    readsHeaders,
  };
}

/** The limits of the default parser. */
export function parserLimits(limits: ServerLimits = {}): Partial<ParserLimits> {
  return Object.fromEntries(PARSER_LIMITS.map((name) => [name, limits[name]]));
}
