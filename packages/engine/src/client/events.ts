/** What an engine client tells, to the layer above and to listeners. */
import type { CloseReason } from "../shared/close-reason.ts";
import type { Message } from "../shared/packet.ts";
import type { ReceivedData } from "./binary.ts";
import type { Handshake } from "./handshake.ts";
import type { PacketView } from "../shared/packet-view.ts";
import type { ClientTransport } from "./transports/transport.ts";

/** Why a connection ended, beyond the reason: an error, or a description with the platform's object. */
export type DisconnectDetails = Error | { readonly description: string; readonly context?: unknown };

/** The layer above, called directly. */
export interface EngineClientHandler {
  /** The session has begun. @param handshake what the server said of it */
  onOpen(handshake: Handshake): void;
  /** A message came; bytes as a `Buffer` on Node.js, as a `Uint8Array` in browsers. */
  onMessage(message: Message): void;
  /** The server pinged. */
  onPing(): void;
  /** A function of the application failed: a listener of the engine, or a callback of `send`. */
  onHandlerError(error: unknown, event: string): void;
  /** Everything sent has left. */
  onDrain(): void;
  /** Before `onOpen`: the attempt failed, and nothing follows. After it: why `onClose`, which follows, will come. */
  onError(error: Error): void;
  /** The session ended, or was closed from this side before it began. Nothing follows. */
  onClose(reason: CloseReason, details?: DisconnectDetails): void;
}

/** The events of an engine client. */
export interface EngineClientEvents {
  /** The session has begun. */
  open: () => void;
  /** The server's open packet came. */
  handshake: (handshake: Handshake) => void;
  /** A packet came. */
  packet: (packet: PacketView) => void;
  /** A packet is about to wait for the transport. */
  packetCreate: (packet: PacketView) => void;
  /** A message came. */
  data: (data: ReceivedData) => void;
  /** A message came. */
  message: (data: ReceivedData) => void;
  /** Everything sent has left. */
  drain: () => void;
  /** The waiting packets were handed to the transport. */
  flush: () => void;
  /** A packet came, a sign of life. */
  heartbeat: () => void;
  /** The server pinged. */
  ping: () => void;
  /** A ping was answered. */
  pong: () => void;
  /** The attempt to open, or the session, failed; `close` follows. */
  error: (error: Error) => void;
  /** A better transport was tried and found good. */
  upgrading: (transport: ClientTransport) => void;
  /** The session has moved to this transport. */
  upgrade: (transport: ClientTransport) => void;
  /** The session could not move and stays where it is. */
  upgradeError: (error: Error) => void;
  /** A listener, or a callback of `send`, failed. When nobody listens, the error is printed. */
  handler_error: (error: unknown, context: { readonly event: string }) => void;
  /** The session, or the attempt, ended. */
  close: (reason: CloseReason, details?: DisconnectDetails) => void;
}
