/** The WebSocket of `ws`, which writes to its connection once for everything that is sent together. */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { type ClientOptions, type RawData, WebSocket } from "ws";
import { isCompressible, lengthOf, type OutgoingPacket, wireOf } from "../../shared/packet.ts";
import { DEFAULT_MAX_PAYLOAD, type NetworkOptions } from "../network-options.ts";
import { passedOn } from "../platform/node-options.ts";
import { requestHeaders } from "../request-headers.ts";
import type { TransportContext } from "./transport.ts";
import { type WebSocketHandle, type WebSocketOwner, WebSocketTransport } from "./websocket.ts";

/** Shorter messages grow by compression. */
const DEFAULT_THRESHOLD = 1024;

class WsWebSocket implements WebSocketHandle {
  readonly #ws: WebSocket;
  readonly #owner: WebSocketOwner;
  readonly #threshold: number;
  /** The connection below, once it is there. */
  #socket: Socket | undefined;
  readonly #onSent = (error?: Error | null): void => {
    if (error == null) this.#owner.onSent(); // an error is told by the socket as well
  };

  /** @throws SyntaxError for a URL or a subprotocol that is none */
  constructor(url: string, owner: WebSocketOwner, context: TransportContext) {
    const { options, cookies } = context;
    const address = new URL(url);
    const { perMessageDeflate } = options;
    this.#owner = owner;
    this.#threshold =
      perMessageDeflate === false ? Infinity : (perMessageDeflate?.threshold ?? DEFAULT_THRESHOLD);
    this.#ws = new WebSocket(address, protocolsOf(options), optionsOf(address, context));
    this.#listen(owner, (response) => {
      this.#socket = response.socket;
      cookies?.store(response.headers["set-cookie"], address);
      if (options.autoUnref === true) response.socket.unref();
    });
  }

  get bufferedAmount(): number {
    return this.#ws.bufferedAmount;
  }

  send(packets: readonly OutgoingPacket[]): void {
    const last = packets.length - 1;
    if (last > 0) this.#socket?.cork();
    packets.forEach((packet, index) => {
      const compress = isCompressible(packet) && lengthOf(packet) >= this.#threshold;
      this.#ws.send(wireOf(packet), { compress }, index === last ? this.#onSent : undefined);
    });
    if (last > 0) this.#socket?.uncork();
  }

  close(): void {
    this.#ws.close();
  }

  #listen(owner: WebSocketOwner, onUpgrade: (response: IncomingMessage) => void): void {
    const ws = this.#ws;
    ws.on("upgrade", onUpgrade);
    ws.on("open", () => owner.onOpen());
    ws.on("message", (data: RawData, isBinary: boolean) => {
      // With the binary type "nodebuffer", the default, messages come as one Buffer.
      const bytes = data as Buffer;
      owner.onData(isBinary ? bytes : bytes.toString());
    });
    ws.on("error", (error) => owner.onError(error));
    ws.onclose = (event) => owner.onClose(event);
  }
}

function protocolsOf({ protocols }: NetworkOptions): string[] {
  if (protocols === undefined) return [];
  return typeof protocols === "string" ? [protocols] : [...protocols];
}

function optionsOf(url: URL, context: TransportContext): ClientOptions {
  const { options } = context;
  const { perMessageDeflate, origin, protocolVersion } = options;
  return {
    ...passedOn(options),
    ...(origin === undefined ? {} : { origin }),
    ...(protocolVersion === undefined ? {} : { protocolVersion }),
    headers: requestHeaders(url, context),
    maxPayload: options.maxPayload ?? DEFAULT_MAX_PAYLOAD,
    perMessageDeflate: perMessageDeflate !== false,
  };
}

/** WebSocket with the package `ws`: what `websocket` means on Node.js. */
export class NodeWebSocket extends WebSocketTransport {
  constructor(context: TransportContext) {
    super(context, WsWebSocket);
  }
}
