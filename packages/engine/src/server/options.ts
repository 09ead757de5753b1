/** The engine server's options: what users give, checked and completed. */
import type { IncomingMessage } from "node:http";
import type { ZlibOptions } from "node:zlib";
import {
  checkBooleans,
  checkCounts,
  checkDurations,
  checkFunctions,
  checkStrings,
  OptionError,
} from "@telsiz/events";
import { type BufferLimits, checkBufferLimits, resolveBufferLimits } from "./buffer-limits.ts";
import { checkFlush, type Flush } from "../shared/flush.ts";
import { checkObject } from "../shared/option-object.ts";
import type { TransportName } from "../shared/transport.ts";
import type { HttpCompressionOptions } from "./http/compression.ts";
import { checkCookie, type CookieOptions, resolveCookie } from "./http/cookie.ts";
import type { CorsOptions, CorsOptionsDelegate } from "./http/cors.ts";
import {
  checkBinding,
  resolveBinding,
  type ResolvedBinding,
  type SessionBindingOption,
} from "./session-origin.ts";

/** Compression of WebSocket messages, as the `ws` package takes it. */
export interface PerMessageDeflateOptions {
  /** Smaller messages are sent as they are, in bytes. @default 1024 */
  threshold?: number | undefined;
  /** Whether the server compresses each message by itself, which costs less memory. @default whether the client asks for it */
  serverNoContextTakeover?: boolean | undefined;
  /** Whether clients must compress each message by itself. @default whether the client offers to */
  clientNoContextTakeover?: boolean | undefined;
  /** Size of the server's compression window, as a power of two: 8 to 15. @default 15, or what the client asks for */
  serverMaxWindowBits?: number | undefined;
  /** Largest compression window that clients may use, as a power of two: 8 to 15; none are compressed for those that cannot choose. @default 15 */
  clientMaxWindowBits?: number | undefined;
  /** Options of `node:zlib` for what is sent. @default those of `node:zlib` */
  zlibDeflateOptions?: ZlibOptions | undefined;
  /** Options of `node:zlib` for what is received. @default those of `node:zlib` */
  zlibInflateOptions?: ZlibOptions | undefined;
  /** Most messages that are compressed or decompressed at once in the process; the first one given holds. @default 10 */
  concurrencyLimit?: number | undefined;
}

/** A WebSocket server class with the interface of `ws`, for example `eiows`. */
export type WebSocketEngine = new (options: Record<string, unknown>) => unknown;

/** Decides about a handshake: `callback(null, true)` accepts it, an error text or `false` refuses it. */
export type AllowRequest = (
  request: IncomingMessage,
  callback: (error: string | null | undefined, accept: boolean) => void,
) => unknown;

/** Where on a http server the engine is found. */
export interface AttachOptions {
  /** The path prefix of the engine's requests. @default "/engine.io" */
  path?: string | undefined;
  /** Whether a slash is added to the path. @default true */
  addTrailingSlash?: boolean | undefined;
  /** Whether sockets that ask for an upgrade on another path are ended. @default true */
  destroyUpgrade?: boolean | undefined;
  /** How long another listener has time to answer such an upgrade, in milliseconds; `Infinity` for no limit. @default 1000 */
  destroyUpgradeTimeout?: number | undefined;
}

/** Limits on what a peer may make the server hold. */
export interface EngineLimits extends BufferLimits {
  /** Longest time for the body of a polling request to arrive, in milliseconds. @default 30000 */
  bodyTimeout?: number | undefined;
  /** Most fragments of one WebSocket message. @default 16384 */
  maxFragments?: number | undefined;
  /** Most chunks of one WebSocket message that are held. @default 65536 */
  maxBufferedChunks?: number | undefined;
  /** Whether a polling body above `maxHttpBufferSize` ends its session, as a WebSocket message above it does. @default true */
  largeBodyEndsSession?: boolean | undefined;
  /** Most sessions that are open at once; requests for more get 503. @default Infinity */
  maxConnections?: number | undefined;
  /** Most sessions of one address, see `trustProxy`; requests for more get 503. @default Infinity */
  maxConnectionsPerAddress?: number | undefined;
  /** Most sessions that are opened each second, as many at once; requests for more get 503. @default Infinity */
  handshakesPerSecond?: number | undefined;
  /**
   * Longest delay of the event loop, in milliseconds, with which sessions are still opened; requests get 503 while it is
   * longer, so that those who are connected are served.
   * @default Infinity
   */
  maxEventLoopDelay?: number | undefined;
}

/** Options of the engine server. */
export interface EngineOptions extends AttachOptions {
  /** From a pong to the next ping, in milliseconds, finite. @default 25000 */
  pingInterval?: number | undefined;
  /** From a ping to the latest pong, in milliseconds, finite. @default 20000 */
  pingTimeout?: number | undefined;
  /** Longest time for an upgrade to complete, in milliseconds. @default 10000 */
  upgradeTimeout?: number | undefined;
  /** Largest polling body or WebSocket message taken from a client, in bytes. @default 1000000 */
  maxHttpBufferSize?: number | undefined;
  /** Decides about each handshake. */
  allowRequest?: AllowRequest | undefined;
  /** The transports that are offered. @default ["polling", "websocket"] */
  transports?: readonly TransportName[] | undefined;
  /** Whether a polling session may move to WebSocket. @default true */
  allowUpgrades?: boolean | undefined;
  /** Compression of WebSocket messages; costs much memory for each connection. @default false */
  perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
  /** Compression of polling answers. @default { threshold: 1024 } */
  httpCompression?: boolean | HttpCompressionOptions | undefined;
  /** Another WebSocket server class in place of that of `ws`. */
  wsEngine?: WebSocketEngine | undefined;
  /** The cookie of the polling handshake. @default false */
  cookie?: boolean | CookieOptions | undefined;
  /** Which origins may connect. @default none but the server's own, and those without cookies */
  cors?: boolean | CorsOptions | CorsOptionsDelegate | undefined;
  /**
   * Whether origins that `cors` does not allow are refused. Without that, as in Socket.IO, any page may open a WebSocket
   * with its visitor's cookies, since `cors` alone only keeps it from reading answers over HTTP.
   * @default true
   */
  checkOrigin?: boolean | undefined;
  /**
   * What later requests with a session's id must have in common with the one that opened it, besides an `Origin`
   * that does not contradict: the peer's address (which breaks mobile clients that roam); a cookie's value, if the session
   * was opened with one of that name; or what a function says.
   * @default nothing
   */
  sessionBinding?: SessionBindingOption | undefined;
  /**
   * When what is sent leaves: at the end of the loop turn, all of it with one write, which costs several times less CPU where messages
   * come together; or at once, each with a write of its own, for the least delay under load. Callbacks of `send` then run within it.
   * @default "turn"
   */
  flush?: Flush | undefined;
  /** A message that every client gets right after the handshake. */
  initialPacket?: string | Uint8Array | undefined;
  /**
   * How many proxies stand before the server and add to `X-Forwarded-For` whom they saw; `true` for one. By it, addresses
   * are told apart for `limits.maxConnectionsPerAddress`.
   * @default false
   */
  trustProxy?: boolean | number | undefined;
  /** Limits on what a peer may make the server hold. */
  limits?: EngineLimits | undefined;
}

/** Options as the engine uses them. */
export interface ResolvedOptions {
  /** In milliseconds. */
  pingInterval: number;
  /** In milliseconds. */
  pingTimeout: number;
  /** In milliseconds. */
  upgradeTimeout: number;
  /** In bytes. */
  maxHttpBufferSize: number;
  /** `undefined` where every handshake is allowed. */
  allowRequest: AllowRequest | undefined;
  /** Those that are offered. */
  transports: readonly TransportName[];
  /** Whether a polling session may move to another transport. */
  allowUpgrades: boolean;
  /** How WebSocket messages are compressed. */
  perMessageDeflate: false | PerMessageDeflateOptions;
  /** How answers to polling are compressed; `undefined` where they are not. */
  httpCompression: HttpCompressionOptions | undefined;
  /** The WebSocket server class of the application. */
  wsEngine: WebSocketEngine | undefined;
  /** The cookie of the handshake; `undefined` for none. */
  cookie: CookieOptions | undefined;
  /** Which origins may connect. */
  cors: CorsOptions | CorsOptionsDelegate | undefined;
  /** Whether others are refused. */
  checkOrigin: boolean;
  /** What later requests of a session must have in common with its first. */
  sessionBinding: ResolvedBinding | undefined;
  /** When what is queued leaves. */
  flush: Flush;
  /** What every client gets right after the handshake. */
  initialPacket: string | Uint8Array | undefined;
  /** How many proxies stand before the server. */
  trustProxy: number;
  /** All limits, with the defaults filled in. */
  limits: { [K in keyof EngineLimits]-?: NonNullable<EngineLimits[K]> };
}

const TRANSPORTS: readonly TransportName[] = ["polling", "websocket", "webtransport"];

/** From this size on compressed messages are smaller, in bytes. */
const COMPRESSION_THRESHOLD = 1024;

/** Checks `options` and fills in the defaults. @throws OptionError */
export function resolveOptions(options: EngineOptions): ResolvedOptions {
  checkEngineOptions(options);
  const { limits = {} } = options;
  return {
    pingInterval: options.pingInterval ?? 25_000,
    pingTimeout: options.pingTimeout ?? 20_000,
    upgradeTimeout: options.upgradeTimeout ?? 10_000,
    maxHttpBufferSize: options.maxHttpBufferSize ?? 1_000_000,
    allowRequest: options.allowRequest,
    transports: [...(options.transports ?? ["polling", "websocket"])],
    allowUpgrades: options.allowUpgrades ?? true,
    perMessageDeflate: withThreshold(options.perMessageDeflate ?? false) ?? false,
    httpCompression: resolveHttpCompression(options.httpCompression ?? { threshold: COMPRESSION_THRESHOLD }),
    wsEngine: options.wsEngine,
    cookie: resolveCookie(options.cookie),
    cors: options.cors === true ? {} : options.cors === false ? undefined : options.cors,
    checkOrigin: options.checkOrigin ?? true,
    sessionBinding: resolveBinding(options.sessionBinding),
    flush: options.flush ?? "turn",
    initialPacket: options.initialPacket,
    trustProxy: Number(options.trustProxy ?? 0),
    limits: {
      ...resolveBufferLimits(limits),
      bodyTimeout: limits.bodyTimeout ?? 30_000,
      maxFragments: limits.maxFragments ?? 16_384,
      maxBufferedChunks: limits.maxBufferedChunks ?? 65_536,
      largeBodyEndsSession: limits.largeBodyEndsSession ?? true,
      maxConnections: limits.maxConnections ?? Infinity,
      maxConnectionsPerAddress: limits.maxConnectionsPerAddress ?? Infinity,
      handshakesPerSecond: limits.handshakesPerSecond ?? Infinity,
      maxEventLoopDelay: limits.maxEventLoopDelay ?? Infinity,
    },
  };
}

/**
 * Checks all that an engine and {@link EngineServer.attach} would refuse, and does nothing else.
 * @throws OptionError
 */
export function checkEngineOptions(options: EngineOptions): void {
  checkAttachOptions(options);
  checkDurations(options, "pingInterval", "pingTimeout", "upgradeTimeout");
  checkFinite(options, "pingInterval", "pingTimeout");
  checkCounts(options, "maxHttpBufferSize");
  checkFunctions(options, "allowRequest", "wsEngine");
  checkBooleans(options, "allowUpgrades", "checkOrigin");
  checkTransports(options.transports);
  checkFlush(options);
  checkCompression(options, "perMessageDeflate");
  checkCompression(options, "httpCompression");
  checkCookie(options.cookie);
  checkCors(options.cors);
  checkBinding(options.sessionBinding);
  if (typeof options.trustProxy !== "boolean") checkCounts(options, "trustProxy");
  checkLimits(options.limits);
}

/** Checks where on a http server the engine is to be found. @throws OptionError */
export function checkAttachOptions(options: AttachOptions): void {
  checkObject("options", options);
  checkStrings(options, "path");
  checkBooleans(options, "addTrailingSlash", "destroyUpgrade");
  checkDurations(options, "destroyUpgradeTimeout");
}

/** Clients are told these times, and could not be told that there is no end. */
function checkFinite(options: EngineOptions, ...names: ("pingInterval" | "pingTimeout")[]): void {
  for (const name of names) {
    if (options[name] === Infinity) throw new OptionError(name, "a finite time in milliseconds", Infinity);
  }
}

function checkLimits(limits: EngineLimits | undefined): void {
  if (limits === undefined) return;
  checkObject("limits", limits);
  checkDurations(limits, "bodyTimeout", "maxEventLoopDelay");
  checkBufferLimits(limits);
  checkCounts(limits, "maxFragments", "maxBufferedChunks");
  checkCounts(limits, "maxConnections", "maxConnectionsPerAddress", "handshakesPerSecond");
  checkBooleans(limits, "largeBodyEndsSession");
}

function checkCompression(options: EngineOptions, name: "perMessageDeflate" | "httpCompression"): void {
  const option = options[name];
  if (option === undefined || typeof option === "boolean") return;
  checkObject(name, option, "true, false or an object");
  checkCounts(option, "threshold");
}

function checkCors(cors: EngineOptions["cors"]): void {
  if (cors === undefined || typeof cors === "boolean" || typeof cors === "function") return;
  checkObject("cors", cors, "true, false, an object or a function that chooses one");
}

function checkTransports(transports: unknown): void {
  if (transports === undefined) return;
  const accepted = `an array of ${TRANSPORTS.map((name) => JSON.stringify(name)).join(", ")}`;
  if (!Array.isArray(transports)) throw new OptionError("transports", accepted, transports);
  const unknownOne: unknown = transports.find((name) => !TRANSPORTS.includes(name as TransportName));
  if (unknownOne !== undefined) throw new OptionError("transports", accepted, unknownOne);
}

function resolveHttpCompression(
  option: boolean | HttpCompressionOptions,
): HttpCompressionOptions | undefined {
  if (option === true) return { threshold: 0 }; // as in Socket.IO, where `true` names no threshold
  return option === false ? undefined : withThreshold(option);
}

function withThreshold<T extends { threshold?: number | undefined }>(
  option: boolean | T,
): T | { threshold: number } | undefined {
  if (option === false) return undefined;
  if (option === true) return { threshold: COMPRESSION_THRESHOLD };
  return { ...option, threshold: option.threshold ?? COMPRESSION_THRESHOLD };
}
