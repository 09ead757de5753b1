/** What a peer can do wrong on a WebSocket, and the close code that says so (RFC 6455 §7.4.1). */
import { TelsizError } from "@telsiz/events";

/** The close codes that a receiver answers with. */
export const CLOSE_CODE = {
  /** The peer broke the rules of framing. */
  protocolError: 1002,
  /** Text that is no UTF-8. */
  invalidPayload: 1007,
  /** Too many fragments or pieces for one message. */
  policyViolation: 1008,
  /** A message above the limit. */
  messageTooBig: 1009,
} as const;

/** A peer broke RFC 6455 or a limit; the connection ends. */
export class WebSocketError extends TelsizError {
  readonly code = "TELSIZ_WEBSOCKET_ERROR";
  override readonly name = "WebSocketError";
  /** The close code that the peer is told. */
  readonly closeCode: number;

  constructor(kind: keyof typeof CLOSE_CODE, message: string) {
    super(message);
    this.closeCode = CLOSE_CODE[kind];
  }
}
