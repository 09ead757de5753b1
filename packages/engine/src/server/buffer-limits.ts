/** How much a connection may hold for a peer that does not take it, and what happens beyond (security.md rows 6 and 7). */
import { checkCounts, OptionError, TelsizError } from "@telsiz/events";
import type { SessionOrigin } from "./session-origin.ts";

/** What becomes of a connection that holds too much, or of what it holds. */
export type OverflowAction = "disconnect" | "drop-volatile" | "keep";

/** How much a connection holds. */
export interface Backlog {
  /** Bytes that wait, as `session.bufferedAmount` says. */
  readonly bufferedAmount: number;
  /** How many packets wait. */
  readonly packets: number;
}

/**
 * Decides about a connection that holds too much. It is asked again when as much has been added. One that throws, or
 * gives something else, has the connection ended.
 */
export type OverflowPolicy = (session: SessionOrigin, backlog: Backlog) => OverflowAction;

/** Limits on what one connection holds. */
export interface BufferLimits {
  /**
   * Most bytes that one connection holds for a peer that takes them too slowly: in our queue, in the socket, and what
   * the kernel has not accepted. Each waiting packet counts for 128 bytes more, about what it takes to keep it, unless
   * it is one of a long queue of texts, which is kept as bytes. What is sent to a connection that holds nothing is taken whatever its length, and raises the limit until it has left.
   * `Infinity` for no limit. @default 16 MiB
   */
  maxBufferedBytes?: number | undefined;
  /** From so many bytes on the session raises `slow`; it raises `drain` when a quarter of them is left. @default a sixteenth of `maxBufferedBytes`, at most 1 MiB */
  highWaterMark?: number | undefined;
  /**
   * What happens when a connection holds more than `maxBufferedBytes`. `"disconnect"` ends it with the reason
   * `slow consumer`; with connection state recovery the client gets what it missed when it comes back.
   * `"drop-volatile"` first drops the values of `latest(key)` that wait, and ends it if that is not enough. A function
   * says one of both, or `"keep"` to hold as much again.
   * @default "disconnect"
   */
  onOverflow?: "disconnect" | "drop-volatile" | OverflowPolicy | undefined;
}

/** Limits as the engine uses them. */
export interface ResolvedBufferLimits {
  readonly maxBufferedBytes: number;
  readonly highWaterMark: number;
  readonly onOverflow: "disconnect" | "drop-volatile" | OverflowPolicy;
}

const DEFAULT_MAX_BUFFERED_BYTES = 16 * 1024 * 1024;
const HIGHEST_HIGH_WATER_MARK = 1024 * 1024;

/** @throws OptionError */
export function checkBufferLimits(limits: BufferLimits): void {
  checkCounts(limits, "maxBufferedBytes", "highWaterMark");
  const { onOverflow } = limits;
  const known =
    onOverflow === undefined ||
    onOverflow === "disconnect" ||
    onOverflow === "drop-volatile" ||
    typeof onOverflow === "function";
  if (!known) throw new OptionError("onOverflow", '"disconnect", "drop-volatile" or a function', onOverflow);
}

/** Fills in the defaults. */
export function resolveBufferLimits(limits: BufferLimits): ResolvedBufferLimits {
  const maxBufferedBytes = limits.maxBufferedBytes ?? DEFAULT_MAX_BUFFERED_BYTES;
  return {
    maxBufferedBytes,
    highWaterMark: limits.highWaterMark ?? Math.min(maxBufferedBytes / 16, HIGHEST_HIGH_WATER_MARK),
    onOverflow: limits.onOverflow ?? "disconnect",
  };
}

/** Why a session ended with the reason `slow consumer`. */
export class SlowConsumerError extends TelsizError implements Backlog {
  readonly code = "TELSIZ_SLOW_CONSUMER";
  override readonly name = "SlowConsumerError";
  readonly bufferedAmount: number;
  readonly packets: number;

  constructor(message: string, { bufferedAmount, packets }: Backlog) {
    super(`${message}: ${bufferedAmount} bytes wait, and ${packets} packets.`);
    this.bufferedAmount = bufferedAmount;
    this.packets = packets;
  }
}
