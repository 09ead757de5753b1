/** Makes WebSockets of upgrade requests, by `ws` or the class given as `wsEngine`. */
import type { IncomingMessage, OutgoingHttpHeader, OutgoingHttpHeaders } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { ResolvedOptions } from "../options.ts";
import { WebSocketTransport } from "./websocket.ts";

/** An upgrade request that was found good. */
export interface AcceptedUpgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  /** The peer takes no binary. */
  readonly textOnly: boolean;
  /** Whether it opens a session. */
  readonly initial: boolean;
  /** The 101 answer is about to be sent: gives the headers that middlewares have set for it. */
  writeHead(): OutgoingHttpHeaders;
}

/** Lets the application see and change the headers that are added to the 101 answer. */
export type HeaderHook = (headers: OutgoingHttpHeaders, request: IncomingMessage, initial: boolean) => void;

/** The part of `ws` that is used. */
type Engine = Pick<WebSocketServer, "handleUpgrade" | "on"> & Partial<Pick<WebSocketServer, "close">>;

/** Turns upgrade requests into transports. */
export class WebSocketAcceptor {
  readonly #engine: Engine;
  readonly #isOwnEngine: boolean;
  readonly #compressionThreshold: number;
  /** The upgrade at work: `ws` asks for its headers while it is being accepted. */
  #accepting: AcceptedUpgrade | undefined;

  constructor(options: ResolvedOptions, onHeaders: HeaderHook) {
    // The type of a foreign engine is not known; it has the interface of `ws` or it is none.
    const EngineClass = (options.wsEngine ?? WebSocketServer) as unknown as new (settings: object) => Engine;
    this.#isOwnEngine = options.wsEngine === undefined;
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

  /** Answers with 101 and hands the open transport over. A bad WebSocket handshake is answered here and ends here. */
  accept(upgrade: AcceptedUpgrade, onOpen: (transport: WebSocketTransport) => void): void {
    const { request, socket, head, textOnly } = upgrade;
    // The 101 answer and what the session sends first leave together.
    socket.cork();
    this.#accepting = upgrade;
    this.#engine.handleUpgrade(request, socket, head, (ws) => {
      const settings = { textOnly, compressionThreshold: this.#compressionThreshold };
      onOpen(new WebSocketTransport(ws, this.#mayFrame(ws) ? socket : undefined, settings));
    });
    this.#accepting = undefined;
    socket.uncork();
  }

  close(): void {
    this.#engine.close?.();
  }

  /** Whether frames may be written below `ws`: not if an extension changes them. */
  #mayFrame(ws: WebSocket): boolean {
    return this.#isOwnEngine && ws.extensions === "";
  }
}

/** Their values are those of the handshake, or would contradict it (RFC 9110 §8.6: no length in a 101). */
const OF_HANDSHAKE = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "sec-websocket-accept",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Adds headers to the lines of a 101. As in answers to polling, what listeners of the header events give takes the place
 * of what middlewares have set, but for cookies, which are added.
 */
function addHeaders(lines: string[], set: OutgoingHttpHeaders, given: OutgoingHttpHeaders): void {
  const replaced = new Set(Object.keys(given).map((name) => name.toLowerCase()));
  for (const [name, value] of Object.entries(set)) {
    if (name === "set-cookie" || !replaced.has(name)) addHeader(lines, name, value);
  }
  for (const [name, value] of Object.entries(given)) addHeader(lines, name, value);
}

function addHeader(lines: string[], name: string, value: OutgoingHttpHeader | undefined): void {
  if (value === undefined || OF_HANDSHAKE.has(name.toLowerCase())) return;
  for (const one of Array.isArray(value) ? value : [value]) lines.push(`${name}: ${one}`);
}
