/** Makes WebSockets of upgrade requests without help (RFC 6455 §4.2): no extensions, and little memory for each. */
import type { OutgoingHttpHeaders } from "node:http";
import type { TimerWheel } from "../../shared/timer-wheel.ts";
import type { ResolvedOptions } from "../options.ts";
import type { FrameLimits } from "../websocket/frame-reader.ts";
import { acceptingLines, handshakeFault, refusalText } from "../websocket/opening-handshake.ts";
import { addHeaders } from "../websocket/switching-headers.ts";
import { FramedWebSocket } from "./framed-websocket.ts";
import type { ServerTransport } from "./server-transport.ts";
import type { AcceptedUpgrade, HeaderHook, WebSocketAcceptor } from "./websocket-acceptor.ts";

/** The acceptor of this package. */
export class FramedAcceptor implements WebSocketAcceptor {
  readonly #limits: FrameLimits;
  readonly #wheel: TimerWheel;
  readonly #onHeaders: HeaderHook;
  #closed = false;

  constructor({ limits, maxHttpBufferSize }: ResolvedOptions, wheel: TimerWheel, onHeaders: HeaderHook) {
    const { maxFragments, maxBufferedChunks } = limits;
    this.#limits = { maxPayload: maxHttpBufferSize, maxFragments, maxBufferedChunks };
    this.#wheel = wheel;
    this.#onHeaders = onHeaders;
  }

  accept(upgrade: AcceptedUpgrade, onOpen: (transport: ServerTransport) => void): void {
    const { request, socket, head, textOnly } = upgrade;
    if (!socket.writable) return void socket.destroy();
    const fault = this.#closed ? CLOSED : handshakeFault(request);
    if (fault !== undefined) return void socket.end(refusalText(fault), () => socket.destroy());
    const headers: OutgoingHttpHeaders = {};
    this.#onHeaders(headers, request, upgrade.initial);
    const lines = acceptingLines(request);
    addHeaders(lines, upgrade.writeHead(), headers);
    // The 101 answer and what the session sends first leave together.
    socket.cork();
    socket.write(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
    const transport = new FramedWebSocket(socket, this.#limits, this.#wheel, textOnly);
    onOpen(transport);
    transport.start(head);
    socket.uncork();
  }

  close(): void {
    this.#closed = true;
  }
}

const CLOSED = { status: 503, message: "The server is closing" } as const;
