/** The WebSocket transport over a `WebSocket` of `ws`, or of the class given as `wsEngine`. */
import type { RawData, WebSocket } from "ws";
import type { TransportCloseReason } from "../../shared/close-reason.ts";
import { receivePacket, toText } from "../../shared/codec.ts";
import { EngineParseError, TransportError } from "../../shared/errors.ts";
import { isCompressible, type OutgoingPacket, wireOf } from "../../shared/packet.ts";
import type { TransportHandler } from "../../shared/transport.ts";
import { asBuffer, nodeBase64 } from "../node-platform.ts";
import { noHandler, type ServerTransport } from "./server-transport.ts";

/** Where shared listeners find the transport of the `WebSocket` that they are called on. */
const owner = Symbol("WsWebSocket");

type OwnedWebSocket = WebSocket & { [owner]?: WsWebSocket };

/** How a WebSocket is used. */
export interface WebSocketSettings {
  /** The peer takes no binary frames (`b64=1`): bytes travel as base64 text. */
  readonly textOnly: boolean;
  /** From this many bytes on a message may be compressed, if the extension was negotiated. */
  readonly compressionThreshold: number;
}

/** One open WebSocket. */
export class WsWebSocket implements ServerTransport {
  readonly name = "websocket";
  handler: TransportHandler = noHandler;
  readonly #ws: OwnedWebSocket;
  readonly #settings: WebSocketSettings;
  /** `ws` has not handed everything to the network; it tells when it has. */
  #congested = false;
  #closed = false;

  constructor(ws: WebSocket, settings: WebSocketSettings) {
    this.#ws = ws;
    this.#settings = settings;
    this.#ws[owner] = this;
    ws.on("message", receiveMessage);
    ws.on("error", receiveError);
    ws.on("close", receiveClose);
  }

  get writable(): boolean {
    return !this.#congested && !this.#closed;
  }

  get bufferedBytes(): number {
    return this.#ws.bufferedAmount;
  }

  send(packets: readonly OutgoingPacket[]): void {
    this.#congested = true;
    const last = packets.length - 1;
    for (const [index, packet] of packets.entries()) {
      const wire = this.#settings.textOnly ? toText(wireOf(packet), nodeBase64) : wireOf(packet);
      const bytes = typeof wire === "string" ? Buffer.byteLength(wire) : wire.length;
      const compress = isCompressible(packet) && bytes >= this.#settings.compressionThreshold;
      const data = typeof wire === "string" ? wire : asBuffer(wire);
      // A failed send is reported by the `error` and `close` events too.
      this.#ws.send(data, { compress }, index === last ? () => this.#drain() : undefined);
    }
  }

  /** A WebSocket has nobody waiting. */
  release(): void {}

  close(): void {
    if (this.#closed) return;
    this.#ws.close();
    this.end("transport close");
  }

  discard(): void {
    this.handler = noHandler;
    this.close();
  }

  destroy(): void {
    this.handler = noHandler;
    this.#closed = true;
    this.#ws.terminate();
  }

  /** Delivers one frame. For the shared listeners. */
  receive(wire: string | Uint8Array): void {
    if (this.#closed) return;
    try {
      receivePacket(wire, this.handler, nodeBase64);
    } catch (error) {
      if (!(error instanceof EngineParseError)) throw error; // thrown by a listener of the application
      this.end("parse error", error);
      this.#ws.close();
    }
  }

  /** Tells the handler the end, once. For the shared listeners. */
  end(reason: TransportCloseReason, cause?: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.handler.onClose(reason, cause);
  }

  #drain(): void {
    this.#congested = false;
    if (!this.#closed) this.handler.onDrain();
  }
}

function receiveMessage(this: OwnedWebSocket, data: RawData, isBinary: boolean): void {
  // With the default `binaryType`, `ws` gives a Buffer.
  const bytes = data as Buffer;
  this[owner]?.receive(isBinary ? bytes : bytes.toString());
}

function receiveError(this: OwnedWebSocket, error: Error): void {
  this[owner]?.end("transport error", new TransportError("websocket error", error));
}

function receiveClose(this: OwnedWebSocket): void {
  this[owner]?.end("transport close");
}
