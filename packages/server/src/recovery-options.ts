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

/** The same, with nothing left open. */
export type RecoverySettings = Readonly<Required<ConnectionStateRecoveryOptions>>;

/** What is said, and the defaults of the rest. */
export function recoverySettings(options: ConnectionStateRecoveryOptions): RecoverySettings {
  return {
    maxDisconnectionDuration: options.maxDisconnectionDuration ?? 120_000,
    skipMiddlewares: options.skipMiddlewares ?? false,
    maxPackets: options.maxPackets ?? 10_000,
    maxBytes: options.maxBytes ?? 16 * 1024 * 1024,
  };
}

/** The adapter of servers that are given none. */
export function defaultAdapter(settings: RecoverySettings | undefined): AdapterFactory {
  if (settings === undefined) return InMemoryAdapter;
  return (nsp) => new SessionAwareAdapter(nsp, settings, randomId());
}
