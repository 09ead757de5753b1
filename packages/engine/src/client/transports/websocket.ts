/** One packet a WebSocket message, over any WebSocket there is (protocol.md A.2, A.8). */
import { toText } from "../../shared/codec.ts";
import { TransportError } from "../../shared/errors.ts";
import { type OutgoingPacket, type WirePacket, wireOf } from "../../shared/packet.ts";
import type { TransportHandler } from "../../shared/transport.ts";
import { requestUrl } from "../url.ts";
import { receive } from "./receive.ts";
import {
  type ClientTransport,
  deafHandler,
  end,
  type Greeting,
  type TransportContext,
  transportQuery,
} from "./transport.ts";

/** Whom a WebSocket reports to. Nothing is called from inside its constructor, nor after `onClose`. */
export interface WebSocketOwner {
  onOpen(): void;
  onData(data: WirePacket): void;
  /** What was given to the last `send` has left. */
  onSent(): void;
  /** `onClose` follows. */
  onError(error: unknown): void;
  onClose(event: unknown): void;
}

/** A WebSocket of the platform. */
export interface WebSocketHandle {
  readonly bufferedAmount: number;
  /** Sends all packets, with one write where the platform can; `onSent` follows. Never throws. */
  send(packets: readonly OutgoingPacket[]): void;
  /** Starts the closing handshake, or ends the attempt to open. */
  close(): void;
}

/** Opens a WebSocket. */
export interface WebSocketClass {
  /** @throws what the platform throws for a URL or option that it cannot use */
  new (url: string, owner: WebSocketOwner, context: TransportContext): WebSocketHandle;
}

/** The part that does not depend on the platform. */
export class WebSocketTransport implements ClientTransport, WebSocketOwner {
  /** By which `transports` may ask for it, too. */
  static readonly transportName = "websocket";
  /** What it is in the query of its request. */
  readonly name = "websocket";
  readonly query: Readonly<Record<string, string>>;
  handler: TransportHandler = deafHandler;
  writable = false;
  readonly #context: TransportContext;
  readonly #WebSocket: WebSocketClass;
  #socket: WebSocketHandle | undefined;

  constructor(context: TransportContext, webSocketClass: WebSocketClass) {
    this.#context = context;
    this.#WebSocket = webSocketClass;
    this.query = transportQuery("websocket", context, context.options.timestampRequests === true);
  }

  get bufferedBytes(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  open(greeting?: Greeting): void {
    const { options } = this.#context;
    const url = requestUrl(options, options.secure ? "wss" : "ws", { ...this.query, ...greeting });
    try {
      this.#socket = new this.#WebSocket(url, this, this.#context);
    } catch (error) {
      queueMicrotask(() => this.onError(error));
    }
  }

  send(packets: readonly OutgoingPacket[]): void {
    const { options, platform } = this.#context;
    this.writable = false;
    this.#socket?.send(
      options.forceBase64 ? packets.map((packet) => toText(wireOf(packet), platform.base64)) : packets,
    );
  }

  close(): void {
    this.writable = false;
    this.#socket?.close();
  }

  /** The connection is open. */
  onOpen(): void {
    this.onSent();
  }

  onSent(): void {
    this.writable = true;
    this.handler.onDrain();
  }

  /** A packet came. */
  onData(data: WirePacket): void {
    const error = receive(data, this.handler, this.#context.platform.base64);
    if (error !== undefined) end(this, "transport error", error);
  }

  onError(error: unknown): void {
    end(this, "transport error", new TransportError("websocket error", error));
  }

  /** The connection ended. */
  onClose(event: unknown): void {
    end(this, "transport close", { description: "websocket connection closed", context: event });
  }
}
