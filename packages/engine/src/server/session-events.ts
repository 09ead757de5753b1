/** What a session tells, to the layer above and to listeners. */
import type { SessionCloseReason } from "../shared/close-reason.ts";
import type { Message } from "../shared/packet.ts";
import type { PacketView } from "../shared/packet-view.ts";
import type { Transport } from "../shared/transport.ts";

/** Whom a session hands its messages to: the layer above. */
export interface SessionHandler {
  /** A message came. */
  onMessage(message: Message): void;
  /** The session ended. Called once, and nothing is called after it. */
  onClose(reason: SessionCloseReason, details?: unknown): void;
}

/** The events of a session. All are raised for listeners only; the layer above is called directly. */
export interface SessionEvents {
  /** The open packet was sent. It comes before the server's `connection`, so only listeners of its `flush` can hear it. */
  open: () => void;
  /** A message came. */
  message: (message: Message) => void;
  /** As `message`. */
  data: (message: Message) => void;
  /** A packet came. */
  packet: (packet: PacketView) => void;
  /** A packet was queued. */
  packetCreate: (packet: PacketView) => void;
  /** The queued packets are about to be sent. */
  flush: (packets: readonly PacketView[]) => void;
  /** More waits than `limits.highWaterMark`, see {@link Session.bufferedAmount}. Once, until `drain` follows. */
  slow: () => void;
  /** What was sent has been handed to the network. After `slow`: no more waits than a quarter of the mark. */
  drain: () => void;
  /** A pong came. */
  heartbeat: () => void;
  /** A WebSocket has proved itself, and the client stops polling. */
  upgrading: (transport: Transport) => void;
  /** The session has moved to another transport. */
  upgrade: (transport: Transport) => void;
  /** The transport failed; `close` follows. */
  error: (error: unknown) => void;
  /** The session ended. */
  close: (reason: SessionCloseReason, details?: unknown) => void;
}
