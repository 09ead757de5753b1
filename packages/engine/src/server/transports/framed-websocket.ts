/** The WebSocket transport on a raw socket: frames are read and written here, without extensions (RFC 6455). */
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { receivePacket } from "../../shared/codec.ts";
import type { TransportCloseReason } from "../../shared/close-reason.ts";
import { EngineParseError, TransportError } from "../../shared/errors.ts";
import type { OutgoingPacket, WirePacket } from "../../shared/packet.ts";
import type { Alarm, TimerWheel } from "../../shared/timer-wheel.ts";
import type { TransportHandler } from "../../shared/transport.ts";
import { nodeBase64 } from "../node-platform.ts";
import { closeFrame, pongFrame } from "../websocket/control-frame.ts";
import { type FrameLimits, type FrameOwner, FrameReader } from "../websocket/frame-reader.ts";
import type { WebSocketError } from "../websocket/websocket-error.ts";
import { FrameBacklog } from "./frame-backlog.ts";
import { writeFrames } from "./frame-writer.ts";
import { noHandler, type ServerTransport } from "./server-transport.ts";

/** Where shared listeners find the transport of the socket that they are called on. */
const owner = Symbol("FramedWebSocket");

/** What an upgrade request came over; what is optional here, sockets of tests and of HTTP/2 lack. */
type OwnedSocket = Duplex &
  Partial<Pick<Socket, "setNoDelay" | "setTimeout">> & { [owner]?: FramedWebSocket };

/** How long a peer may take to end the connection after the close frame, in milliseconds. */
const CLOSE_TIMEOUT_MS = 5000;

const NO_CODE = 1005;

/**
 * One open WebSocket.
 * ```
 *          close(), peer's close frame, violation            peer ends it, or CLOSE_TIMEOUT_MS
 *   Open ────────────────────────────────────────▶ Closing ───────────────────────────────────▶ Gone
 *     └──────────────────────── socket ends or fails ─────────────────────────────────────────────▲
 * ```
 * The handler is told the end when the state `Open` is left.
 */
export class FramedWebSocket implements ServerTransport, FrameOwner, Alarm {
  readonly name = "websocket";
  handler: TransportHandler = noHandler;
  dueTick = 0;
  readonly #socket: OwnedSocket;
  readonly #reader: FrameReader;
  readonly #wheel: TimerWheel;
  /** The peer takes no binary frames (`b64=1`): bytes travel as base64 text. */
  readonly #textOnly: boolean;
  #congested = false;
  /** What comes after that which the socket holds. */
  readonly #backlog = new FrameBacklog();
  #open = true;

  constructor(socket: Duplex, limits: FrameLimits, wheel: TimerWheel, textOnly: boolean) {
    this.#socket = socket;
    this.#reader = new FrameReader(this, limits);
    this.#wheel = wheel;
    this.#textOnly = textOnly;
  }

  get writable(): boolean {
    return !this.#congested && this.#open;
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength + this.#backlog.bytes;
  }

  /** Takes the socket over. @param head what came with the upgrade request */
  start(head: Buffer): void {
    const socket = this.#socket;
    socket[owner] = this;
    socket.setNoDelay?.();
    socket.setTimeout?.(0); // the http server's is for requests
    socket.on("data", receiveData);
    socket.on("drain", receiveDrain);
    socket.on("end", receiveEnd);
    socket.on("error", receiveFailure);
    socket.on("close", receiveClose);
    if (head.length > 0) this.receive(head);
  }

  send(packets: readonly OutgoingPacket[]): void {
    writeFrames(this.#socket, packets, this.#textOnly);
    if (this.#socket.writableNeedDrain) this.#congested = true;
    else this.handler.onDrain();
  }

  keep(texts: readonly string[]): number {
    return this.#backlog.push(texts);
  }

  /** A WebSocket has nobody waiting. */
  release(): void {}

  close(): void {
    this.#end("transport close");
  }

  discard(): void {
    this.handler = noHandler;
    this.close();
  }

  destroy(): void {
    this.handler = noHandler;
    this.#open = false;
    this.#backlog.clear();
    this.#reader.stop();
    this.#socket.destroy();
  }

  /** Bytes came. For the shared listeners. */
  receive(bytes: Buffer): void {
    this.#reader.receive(bytes);
  }

  /** The socket's buffer is empty again. For the shared listeners. */
  drain(): void {
    if (!this.#congested || !this.#open || !this.#backlog.writeTo(this.#socket)) return;
    this.#congested = false;
    this.handler.onDrain();
  }

  /** The peer ends the connection. For the shared listeners. */
  finish(): void {
    this.#end("transport close");
  }

  /** The connection is gone. For the shared listeners. */
  gone(): void {
    this.#wheel.clear(this);
    this.#leave("transport close");
  }

  onText(text: string): void {
    this.#deliver(text);
  }

  onBinary(bytes: Buffer): void {
    this.#deliver(bytes);
  }

  onPing(payload: Buffer): void {
    // RFC 6455 §5.5.3: only the most recent ping need be answered; who does not read the answers gets no more of them.
    if (!this.#socket.writableNeedDrain) this.#socket.write(pongFrame(payload));
  }

  onCloseFrame(code: number): void {
    this.#end("transport close", undefined, code === NO_CODE ? undefined : code);
  }

  onViolation(error: WebSocketError): void {
    this.#end("transport error", new TransportError("websocket error", error), error.closeCode);
  }

  onAlarm(): void {
    this.#socket.destroy();
  }

  #deliver(wire: WirePacket): void {
    try {
      receivePacket(wire, this.handler, nodeBase64);
    } catch (error) {
      if (!(error instanceof EngineParseError)) throw error; // thrown by a listener of the application
      this.#end("parse error", error);
    }
  }

  /** Says goodbye and waits for the peer to go. */
  #end(reason: TransportCloseReason, cause?: unknown, code?: number): void {
    if (!this.#open) return;
    this.#reader.stop();
    this.#backlog.clear();
    this.#socket.end(closeFrame(code));
    this.#wheel.set(this, CLOSE_TIMEOUT_MS);
    this.#leave(reason, cause);
  }

  #leave(reason: TransportCloseReason, cause?: unknown): void {
    if (!this.#open) return;
    this.#open = false;
    this.handler.onClose(reason, cause);
  }
}

function receiveData(this: OwnedSocket, bytes: Buffer): void {
  this[owner]?.receive(bytes);
}

function receiveDrain(this: OwnedSocket): void {
  this[owner]?.drain();
}

function receiveEnd(this: OwnedSocket): void {
  this[owner]?.finish();
}

/** `close` follows. */
function receiveFailure(this: OwnedSocket): void {
  this.destroy();
}

function receiveClose(this: OwnedSocket): void {
  this[owner]?.gone();
}
