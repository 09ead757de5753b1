/** The errors of adapters. */
import { TelsizError } from "@telsiz/events";
import type { ServerId } from "./cluster-message.ts";

/** Not all of the other servers have responded in time. */
export class ClusterTimeoutError extends TelsizError {
  readonly code = "TELSIZ_CLUSTER_TIMEOUT";
  override readonly name = "ClusterTimeoutError";
  /** What came in time: the sockets that `fetchSockets` found, or the answers to `serverSideEmit`. */
  readonly responses: unknown[];
  /** The servers that did not respond; empty where only their number is known. */
  readonly missing: readonly ServerId[];

  constructor(message: string, responses: unknown[], missing: readonly ServerId[] = []) {
    super(message);
    this.responses = responses;
    this.missing = missing;
  }
}

/** So many requests to other servers wait for their responses that no more are made. */
export class ClusterBusyError extends TelsizError {
  readonly code = "TELSIZ_CLUSTER_BUSY";
  override readonly name = "ClusterBusyError";

  constructor(limit: number) {
    super(`${limit} requests to other servers wait for their responses`);
  }
}

/** What came from the bus that servers share is no message that is known here. It had no effect. */
export class ClusterMessageError extends TelsizError {
  readonly code = "TELSIZ_CLUSTER_MESSAGE";
  override readonly name = "ClusterMessageError";
  /** What came. */
  readonly received: unknown;

  constructor(received: unknown) {
    super("the bus of the servers brought what is no message of theirs");
    this.received = received;
  }
}
