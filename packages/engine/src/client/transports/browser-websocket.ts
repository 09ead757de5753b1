/** The WebSocket of browsers, which Node.js has from version 22 on. */
import { type OutgoingPacket, wireOf } from "../../shared/packet.ts";
import type { TransportContext } from "./transport.ts";
import { type WebSocketHandle, type WebSocketOwner, WebSocketTransport } from "./websocket.ts";

class BrowserWebSocket implements WebSocketHandle {
  readonly #ws: globalThis.WebSocket;
  readonly #owner: WebSocketOwner;

  constructor(url: string, owner: WebSocketOwner, { options, platform }: TransportContext) {
    const { protocols = [] } = options;
    const ws = new globalThis.WebSocket(url, protocols as string | string[]); // it does not change them
    ws.binaryType = "arraybuffer";
    ws.onopen = (): void => owner.onOpen();
    ws.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>): void =>
      owner.onData(typeof data === "string" ? data : platform.toBytes(new Uint8Array(data)));
    ws.onerror = (event): void => owner.onError(event);
    ws.onclose = (event): void => owner.onClose(event);
    this.#ws = ws;
    this.#owner = owner;
  }

  get bufferedAmount(): number {
    return this.#ws.bufferedAmount;
  }

  send(packets: readonly OutgoingPacket[]): void {
    // A socket that closes takes packets without a word, and throws only before it is open.
    for (const packet of packets) this.#ws.send(wireOf(packet) as string | Uint8Array<ArrayBuffer>);
    queueMicrotask(() => this.#owner.onSent());
  }

  close(): void {
    this.#ws.close();
  }
}

/** WebSocket with the global of that name: what `websocket` means in browsers. */
export class WebSocket extends WebSocketTransport {
  /** Browsers send none of the application's with it. */
  static readonly takesHeaders = false;

  constructor(context: TransportContext) {
    super(context, BrowserWebSocket);
  }
}
