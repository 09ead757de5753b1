/** Connection state recovery: its options, and the adapter that keeps lost sessions in memory. */
import { type AdapterFactory, InMemoryAdapter, SessionAwareAdapter } from "@telsiz/adapter";
import { randomId } from "@telsiz/engine/server";
import { checkBooleans, checkCounts, checkDurations, OptionError } from "@telsiz/events";

/** How connection state recovery works; kept for each namespace. */
export interface ConnectionStateRecoveryOptions {
  /** How long a client may be away, in milliseconds. @default 120_000 */
  maxDisconnectionDuration?: number;
  /** Whether a recovered client passes no middleware again. @default false, so that one banned meanwhile stays out */
  skipMiddlewares?: boolean;
  /** Packets that are kept at most; who misses more is not recovered. @default 10_000 */
  maxPackets?: number;
  /** Their length in all, in bytes. @default 16 MiB */
  maxBytes?: number;
}

/** @throws OptionError */
export function checkRecoveryOptions(options: ConnectionStateRecoveryOptions): void {
  // JavaScript callers may give anything, `true` and null most of all.
  if (typeof options !== "object" || (options as object | null) === null)
    throw new OptionError("connectionStateRecovery", "an object", options);
  checkDurations(options, "maxDisconnectionDuration");
  checkBooleans(options, "skipMiddlewares");
  checkCounts(options, "maxPackets", "maxBytes");
}

/** The adapter of servers that are given none. */
export function defaultAdapter(recovery: ConnectionStateRecoveryOptions | undefined): AdapterFactory {
  if (recovery === undefined) return InMemoryAdapter;
  const limits = {
    maxDisconnectionDuration: recovery.maxDisconnectionDuration ?? 120_000,
    maxPackets: recovery.maxPackets ?? 10_000,
    maxBytes: recovery.maxBytes ?? 16 * 1024 * 1024,
  };
  return (nsp) => new SessionAwareAdapter(nsp, limits, randomId());
}
