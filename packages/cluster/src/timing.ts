/** The times and sizes of a cluster. All nodes should have the same. */
import { checkDurations, OptionError } from "@telsiz/events";
import type { PeerOptions } from "./peer-options.ts";

/** What may be set of a cluster. */
export interface ClusterOptions {
  /** Time between two heartbeats of a node, in milliseconds. @default 1_000 */
  heartbeat?: number;
  /** Silence after which a node is asked whether it lives, in milliseconds. @default 3_000 */
  suspectAfter?: number;
  /** Silence after which a node counts as gone, in milliseconds. @default 5_000 */
  deadAfter?: number;
  /** How long a node that is gone may come back without a gap, in milliseconds. @default 60_000 */
  forgetAfter?: number;
  /** How long a room is still listened to after its last member here has left, in milliseconds. @default 10_000 */
  linger?: number;
  /** Bytes of what was published that are kept to be sent again. @default 8 MiB */
  ringBytes?: number;
  /**
   * Lets the other nodes hand requests over at a port of this one, which spares the broker that work. @default none: they go
   * through the broker
   */
  peer?: PeerOptions;
}

/** {@link ClusterOptions} with the defaults filled in, as far as they are times and sizes. */
export type Timing = Required<Omit<ClusterOptions, "peer">>;

/** How often what is missing is asked for again, in milliseconds. */
export const REPAIR_MS = 200;

/** @throws OptionError */
export function timingOf(options: ClusterOptions): Timing {
  checkDurations(options, "heartbeat", "suspectAfter", "deadAfter", "forgetAfter", "linger");
  const { ringBytes = 8 * 1_024 * 1_024 } = options;
  if (!Number.isSafeInteger(ringBytes) || ringBytes < 0) {
    throw new OptionError("ringBytes", "a whole number of bytes", ringBytes);
  }
  const {
    heartbeat = 1_000,
    suspectAfter = 3_000,
    deadAfter = 5_000,
    forgetAfter = 60_000,
    linger = 10_000,
  } = options;
  return { heartbeat, suspectAfter, deadAfter, forgetAfter, linger, ringBytes };
}
