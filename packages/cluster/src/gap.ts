/** Reports of what did not come: nothing is lost in silence. */
import type { NodeId } from "./node-id.ts";

/** What another node published may not have come here. */
export interface ChannelGap {
  /** The node that published it. */
  readonly node: NodeId;
  /** The channel, or none if it may be any. */
  readonly channel: string | undefined;
  /** How many items are lost, if that is known. */
  readonly lost: number | undefined;
  /**
   * Why. `overrun`: the node did not keep them for so long. `down`: it was silent for so long that it counts as gone;
   * what it sent last may be lost. `return`: it is back after it was forgotten.
   */
  readonly reason: "overrun" | "down" | "return";
}
