/** Makes WebSockets by `ws`, where messages may be compressed, or by the class given as `wsEngine`. */
import type { OutgoingHttpHeaders } from "node:http";
import { createRequire } from "node:module";
import type * as Ws from "ws";
import type { WebSocketServer } from "ws";
import type { ResolvedOptions } from "../options.ts";
import { addHeaders } from "../websocket/switching-headers.ts";
import type { ServerTransport } from "./server-transport.ts";
import type { AcceptedUpgrade, HeaderHook, WebSocketAcceptor } from "./websocket-acceptor.ts";
import { WsWebSocket } from "./ws-websocket.ts";

/** The part of `ws` that is used. */
type Engine = Pick<WebSocketServer, "handleUpgrade" | "on"> & Partial<Pick<WebSocketServer, "close">>;

/** An acceptor on a server of `ws`. */
export class WsAcceptor implements WebSocketAcceptor {
  readonly #engine: Engine;
  readonly #compressionThreshold: number;
  /** The upgrade at work: `ws` asks for its headers while it is being accepted. */
  #accepting: AcceptedUpgrade | undefined;

  constructor(options: ResolvedOptions, onHeaders: HeaderHook) {
    // The type of a foreign engine is not known; it has the interface of `ws` or it is none.
    const EngineClass = (options.wsEngine ?? loadWs().WebSocketServer) as unknown as new (
      settings: object,
    ) => Engine;
    this.#compressionThreshold = options.perMessageDeflate ? (options.perMessageDeflate.threshold ?? 0) : 0;
    this.#engine = new EngineClass({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: options.perMessageDeflate,
      maxPayload: options.maxHttpBufferSize,
      maxFragments: options.limits.maxFragments,
      maxBufferedChunks: options.limits.maxBufferedChunks,
    });
    this.#engine.on("headers", (lines, request) => {
      const headers: OutgoingHttpHeaders = {};
      onHeaders(headers, request, this.#accepting?.initial === true);
      addHeaders(lines, this.#accepting?.writeHead() ?? {}, headers);
    });
  }

  accept(upgrade: AcceptedUpgrade, onOpen: (transport: ServerTransport) => void): void {
    const { request, socket, head, textOnly } = upgrade;
    // The 101 answer and what the session sends first leave together.
    socket.cork();
    this.#accepting = upgrade;
    this.#engine.handleUpgrade(request, socket, head, (ws) => {
      onOpen(new WsWebSocket(ws, { textOnly, compressionThreshold: this.#compressionThreshold }));
    });
    this.#accepting = undefined;
    socket.uncork();
  }

  close(): void {
    this.#engine.close?.();
  }
}

/** Loaded when a server first compresses: most never do, and `ws` takes as long to load as everything else here. */
function loadWs(): typeof Ws {
  return createRequire(import.meta.url)("ws") as typeof Ws;
}
