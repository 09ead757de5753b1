/** The options of single requests and connections, as the transports take them. */

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
  /** The largest message or answer that is accepted from the server, in bytes. Node.js, and WebTransport. @default 10_000_000 */
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
  /** The server's certificates to trust, by their hashes. WebTransport. */
  serverCertificateHashes?:
    readonly { readonly algorithm: string; readonly value: ArrayBuffer | ArrayBufferView }[] | undefined;
  /** Whether sessions may share a connection. WebTransport. @default false */
  allowPooling?: boolean | undefined;
  /** What to send at the expense of what else. WebTransport. @default "default" */
  congestionControl?: "default" | "throughput" | "low-latency" | undefined;
  /** Whether a connection without datagrams is refused. WebTransport. @default false */
  requireUnreliable?: boolean | undefined;
}

/** The largest answer or message by default: enough for any sensible one (security.md row 33). */
export const DEFAULT_MAX_PAYLOAD = 10_000_000;
