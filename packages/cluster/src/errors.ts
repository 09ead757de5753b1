/** The errors of the cluster. */
import { TelsizError } from "@telsiz/events";

/** What came from the broker is no frame that this version knows. It had no effect. */
export class ClusterFrameError extends TelsizError {
  readonly code = "TELSIZ_CLUSTER_FRAME";
  override readonly name = "ClusterFrameError";
}

/** What was to be sent to the other nodes is larger than a frame may be. It reached the clients of this node alone. */
export class ClusterFrameSizeError extends TelsizError {
  readonly code = "TELSIZ_CLUSTER_FRAME_SIZE";
  override readonly name = "ClusterFrameSizeError";

  constructor(byteLength: number, limit: number) {
    super(`${byteLength} bytes are more than the ${limit} that may go to other nodes at once`);
  }
}
