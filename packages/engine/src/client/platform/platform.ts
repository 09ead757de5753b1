/**
 * What the client needs of the platform it runs on. One file beside this one for each platform; nothing else in
 * this directory may name a browser or a Node.js global.
 */
import type { Base64 } from "../../shared/codec.ts";
import type { OutgoingPacket, WirePacket } from "../../shared/packet.ts";
import type { Clock } from "../../shared/timer-wheel.ts";

/** A key, certificate or list of them, as Node.js takes them: PEM text or bytes. */
export type SecureMaterial = string | Uint8Array | readonly (string | Uint8Array)[];

/** The options that concern single connections and requests rather than the session. Those marked Node.js do nothing in browsers. */
export interface NetworkOptions {
  /** Headers of every request. Browsers ignore them for WebSockets. */
  extraHeaders?: Readonly<Record<string, string>> | undefined;
  /**
   * Whether cookies go with cross-site requests. On Node.js, whether cookies that the server sets are sent back
   * to it as long as this client lives. @default false
   */
  withCredentials?: boolean | undefined;
  /** The subprotocols to offer when a WebSocket is opened. @default none */
  protocols?: string | readonly string[] | undefined;
  /** Whether open connections do not keep the process alive. Node.js. @default false */
  autoUnref?: boolean | undefined;
  /**
   * Compression of WebSocket messages, if the server agrees: `false`, or the length in bytes from which on a
   * message is compressed. Node.js; browsers decide themselves. @default { threshold: 1024 }
   */
  perMessageDeflate?: false | { readonly threshold?: number | undefined } | undefined;
  /** The largest message or answer that is accepted from the server, in bytes. Node.js. @default 10_000_000 */
  maxPayload?: number | undefined;
  /** The agent of HTTP requests and of WebSocket handshakes. Node.js. @default the global agent */
  agent?: object | false | undefined;
  /** Local address to connect from. Node.js. */
  localAddress?: string | undefined;
  /** Version of the IP protocol, 4 or 6. Node.js. @default both */
  family?: number | undefined;
  /** Value of the `Origin` header of WebSockets. Node.js. */
  origin?: string | undefined;
  /** Value of the `Sec-WebSocket-Version` header. Node.js. @default 13 */
  protocolVersion?: number | undefined;
  /** Certificate and key in PKCS #12. Node.js. */
  pfx?: SecureMaterial | undefined;
  /** Private key of the client. Node.js. */
  key?: SecureMaterial | undefined;
  /** Passphrase of `key` or `pfx`. Node.js. */
  passphrase?: string | undefined;
  /** Certificate of the client. Node.js. */
  cert?: SecureMaterial | undefined;
  /** Certificates of the authorities to trust. Node.js. @default those that Node.js trusts */
  ca?: SecureMaterial | undefined;
  /** The ciphers to allow. Node.js. */
  ciphers?: string | undefined;
  /** Whether a server without a trusted certificate is refused. Node.js. @default true */
  rejectUnauthorized?: boolean | undefined;
  /** Checks the server's name against its certificate; what it returns refuses the server. Node.js. */
  checkServerIdentity?: ((hostname: string, certificate: never) => Error | undefined) | undefined;
}

/** One HTTP request. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  /** Text, sent as `text/plain;charset=UTF-8`. */
  readonly body: string | undefined;
  /** Ends the request, which then rejects. */
  readonly signal: AbortSignal;
  /** Whether it has to arrive even if the page goes away. */
  readonly keepalive: boolean;
}

/** The answer to a request. The names are those of `XMLHttpRequest`, since users find it in an error's `context`. */
export interface HttpResponse {
  readonly status: number;
  readonly responseText: string;
}

/** Whom a WebSocket reports to. Nothing is called from inside `openWebSocket`, nor after `onClose`. */
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

/** The connections and requests of one client. */
export interface Network {
  /** Resolves with any answer, whatever its status; rejects where there is none. */
  request(request: HttpRequest, options: NetworkOptions): Promise<HttpResponse>;
  /** @throws what the platform throws for a URL or option that it cannot use */
  openWebSocket(url: string, options: NetworkOptions, owner: WebSocketOwner): WebSocketHandle;
}

/** The host that a page came from. */
export interface PageLocation {
  readonly hostname: string;
  /** Empty for the scheme's default. */
  readonly port: string;
  readonly secure: boolean;
}

/** Whom a page's events concern. */
export interface PageOwner {
  /** The device lost its network. */
  onOffline(): void;
  /** The page is about to go away. */
  onLeave(): void;
}

/** Forms in which binary messages are handed to `message` listeners. */
export type BinaryType = "nodebuffer" | "arraybuffer" | "blob";

/** A platform. */
export interface Platform {
  readonly base64: Base64;
  readonly clock: Clock;
  /** Where the page came from, if there is a page. */
  readonly location: PageLocation | undefined;
  readonly binaryType: BinaryType;
  /** Calls `callback` once the code that runs now has come to its end, before time-outs. */
  afterTurn(callback: () => void): void;
  network(): Network;
  /** Reports to `owner` until the returned function is called. */
  watchPage(owner: PageOwner): () => void;
}
