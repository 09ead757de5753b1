/** One packet a WebSocket message (protocol.md A.2, A.8). */
import { toText } from "../../shared/codec.ts";
import type { TransportCloseReason } from "../../shared/close-reason.ts";
import { TransportError } from "../../shared/errors.ts";
import { type OutgoingPacket, type WirePacket, wireOf } from "../../shared/packet.ts";
import type { TransportHandler } from "../../shared/transport.ts";
import type { WebSocketHandle, WebSocketOwner } from "../platform/platform.ts";
import { cacheBuster, requestUrl } from "../url.ts";
import { receive } from "./receive.ts";
import {
  type ClientTransport,
  deafHandler,
  type TransportContext,
  type TransportFactory,
  transportQuery,
} from "./transport.ts";

class WebSocketTransport implements ClientTransport, WebSocketOwner {
  readonly name = "websocket";
  readonly query: Readonly<Record<string, string>>;
  handler: TransportHandler = deafHandler;
  writable = false;
  readonly #context: TransportContext;
  #socket: WebSocketHandle | undefined;

  constructor(context: TransportContext) {
    this.#context = context;
    this.query = websocketQuery(context);
  }

  get bufferedBytes(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  open(): void {
    const { options, network } = this.#context;
    const url = requestUrl(options, "ws", this.query);
    try {
      this.#socket = network.openWebSocket(url, options, this);
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

  onOpen(): void {
    this.onSent();
  }

  onSent(): void {
    this.writable = true;
    this.handler.onDrain();
  }

  onData(data: WirePacket): void {
    const error = receive(data, this.handler, this.#context.platform.base64);
    if (error !== undefined) this.#end("transport error", error);
  }

  onError(error: unknown): void {
    this.#end("transport error", new TransportError("websocket error", error));
  }

  onClose(event: unknown): void {
    this.#end("transport close", { description: "websocket connection closed", context: event });
  }

  #end(reason: TransportCloseReason, cause: unknown): void {
    const { handler } = this;
    this.handler = deafHandler;
    this.close();
    handler.onClose(reason, cause);
  }
}

function websocketQuery(context: TransportContext): Record<string, string> {
  const { timestampRequests, timestampParam, forceBase64 } = context.options;
  const query = transportQuery("websocket", context);
  if (timestampRequests === true) query[timestampParam] = cacheBuster();
  if (forceBase64) query["b64"] = "1";
  return query;
}

/** The WebSocket transport. */
export const websocket: TransportFactory = {
  name: "websocket",
  create: (context) => new WebSocketTransport(context),
};
