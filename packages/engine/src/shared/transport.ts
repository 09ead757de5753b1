/** The seam between an engine connection and what carries it: one ordered pipe of Engine.IO packets. */
import type { TransportCloseReason } from "./close-reason.ts";
import type { PacketReceiver } from "./codec.ts";
import type { OutgoingPacket } from "./packet.ts";

/** The names of the transports, as they stand in requests and options. */
export type TransportName = "polling" | "websocket" | "webtransport";

/** One ordered pipe of packets. Implementations: websocket, polling, and the tests' fake. */
export interface Transport {
  /** Its name. */
  readonly name: TransportName;
  /** Whether `send` may be called now. `send` may set it to false; then `onDrain` follows. */
  readonly writable: boolean;
  /** Bytes that were accepted and not yet handed to the platform's network. */
  readonly bufferedBytes: number;
  /** Sends all of `packets`, in order. Called only while writable. The array is the transport's to keep. */
  send(packets: readonly OutgoingPacket[]): void;
  /**
   * Keeps texts as bytes, and sends them before it drains. Called only while not writable; not there where bytes are no
   * gain. @returns how many bytes they are
   */
  keep?(texts: readonly string[]): number;
  /** Ends the transport. Idempotent. `onClose` follows, possibly later, unless it came already. */
  close(): void;
}

/** What a transport tells its owner. Every method may be called only by the transport that the owner holds. */
export interface TransportHandler extends PacketReceiver {
  /** The transport is writable again, and what was sent before has left. */
  onDrain(): void;
  /** The transport ended. Called once, and nothing is called after it. */
  onClose(reason: TransportCloseReason, cause?: unknown): void;
}
