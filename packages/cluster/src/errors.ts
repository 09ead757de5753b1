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

/** The log of the broker takes nothing, and too much waits for it. The broadcast was sent to nobody. */
export class ClusterLogFullError extends TelsizError {
  readonly code = "TELSIZ_CLUSTER_LOG_FULL";
  override readonly name = "ClusterLogFullError";

  constructor(byteLength: number) {
    super(`${byteLength} bytes wait for the log of the broker, which does not take them`);
  }
}

/** The package that speaks to the broker is not installed, or does not load; its own error is the `cause`. */
export class ClusterClientError extends TelsizError {
  readonly code = "TELSIZ_CLUSTER_CLIENT";
  override readonly name = "ClusterClientError";

  constructor(packageName: string, cause: unknown) {
    super(`the package ${packageName} cannot be loaded: npm install ${packageName}`, { cause });
  }
}
