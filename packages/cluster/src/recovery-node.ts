/** A node of the cluster, as recovery sees it. */
import type { Clock } from "./clock.ts";
import type { AdapterNode } from "./clustered-adapter.ts";

/** What sessions and histories see of their node. */
export interface RecoveryNode extends AdapterNode {
  readonly clock: Clock;
  readonly heartbeatMs: number;
  /** How long another node may be silent until it counts as gone, in milliseconds. */
  readonly deadAfterMs: number;
  /** Bytes of what was sent that may wait for the broker. */
  readonly ringBytes: number;
  /** Resolves when this node can have heard of all others; nothing if it can. */
  readonly met: Promise<void> | undefined;
  /** The log has forgotten what was sent in a namespace. @param lost how many, if that is known */
  onForgotten(nsp: string, lost: number | undefined): void;
}
