/** What the server's transports have beyond the seam they share with the client's. */
import type { Transport, TransportHandler } from "../../shared/transport.ts";

/** A transport as sessions and upgrades hold it. */
export interface ServerTransport extends Transport {
  /** Who is told what comes in. It changes when an upgrade succeeds. */
  handler: TransportHandler;
  /** Answers a receiver that is waiting with nothing, so that it can move to another transport. */
  release(): void;
  /** Ends at once, telling the peer where that needs no waiting. Nothing is called on the handler any more. */
  discard(): void;
  /** As {@link discard}, and drops what the network has not taken, without a word to the peer. */
  destroy(): void;
}

/** Takes the place of a handler that no longer listens. */
export const noHandler: TransportHandler = {
  onMessage() {},
  onControl() {},
  onDrain() {},
  onClose() {},
};
