/** The seam between the cluster and what takes its frames from one node to the others. Nothing but a pipe. */
import type { Kv } from "./kv.ts";
import type { Log } from "./log.ts";

/** What a broker is given to call. */
export interface BrokerSink {
  /** A frame came on a channel that is subscribed to. It may be the node's own. */
  onFrame(frame: Uint8Array): void;
  /** Something is wrong with the connection; the broker goes on trying. */
  onError(error: unknown): void;
  /** The connection is back after it was lost: what was published meanwhile may be missing. */
  onReturn(): void;
}

/**
 * Takes frames to the nodes that subscribe to their channel. It may lose, double, delay and reorder them: the cluster
 * mends that. It MUST NOT change them, and MUST NOT call its sink before `open` or after `close`.
 */
export interface Broker {
  /** Keeps what was sent. With it and {@link kv}, lost connections are recovered on any node; without, on none. */
  readonly log?: Log;
  /** Keeps sessions. */
  readonly kv?: Kv;
  /** Connects. Called again after {@link close} when the node is opened again. */
  open(sink: BrokerSink): Promise<void>;
  /** Disconnects, once what was published has left. */
  close(): Promise<void>;
  /** Sends a frame, or drops it while there is no connection. Never throws. The frame stays the cluster's: not to be changed. */
  publish(channel: string, frame: Uint8Array): void;
  /** From when it resolves, frames of the channel come. A broker that connects again subscribes again by itself. */
  subscribe(channel: string): Promise<void>;
  /** Frames of the channel are not wanted any more. */
  unsubscribe(channel: string): void;
}
