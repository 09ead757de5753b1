/** What a session needs of its server, and shows of it. */
import type { IncomingMessage } from "node:http";
import type { PacketView } from "../shared/packet-view.ts";
import type { TransportName } from "../shared/transport.ts";
import type { ResolvedOptions } from "./options.ts";

/**
 * A server of sessions, as these see it.
 * @typeParam Session the sessions, whose type names this one
 */
export interface SessionServer<Session> {
  /** Its options, with the defaults filled in. */
  readonly opts: ResolvedOptions;
  /** The open sessions, by id. */
  readonly clients: ReadonlyMap<string, Session>;
  /** How many sessions are open. */
  readonly clientsCount: number;
  /** The transports that a session on `transport` may move to. */
  upgrades(transport: TransportName): TransportName[];
  /** @internal The session exists. */
  onOpening(session: Session): void;
  /** What the layer above adds to the open packet of the session that `request` opens. */
  readonly greeting?: ((request: IncomingMessage) => object | undefined) | undefined;
  /** @internal How many listeners want to know what is flushed. */
  listenerCount(event: "flush"): number;
  /** @internal The queued packets of `session` are about to be sent. Called only for listeners. */
  onFlush(session: Session, packets: readonly PacketView[]): void;
  /** @internal What `session` sent has been handed to the network. */
  onDrain(session: Session): void;
  /** @internal The session ended. */
  onSessionClosed(session: Session): void;
  /** @internal A listener of `session` failed. */
  onHandlerError(error: unknown, event: string, session: Session): void;
}
