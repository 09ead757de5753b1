/** The options of an engine client, and what they come to (api-surface.md 11). */
import { checkBooleans, checkDurations, checkStrings } from "@telsiz/events";
import { OptionConflictError } from "../shared/errors.ts";
import { checkFlush, type Flush } from "../shared/flush.ts";
import { checkObject } from "../shared/option-object.ts";
import type { TransportName } from "../shared/transport.ts";
import type { NetworkOptions } from "./network-options.ts";
import type { PageLocation } from "./platform/platform.ts";
import { checkTransports } from "./transport-list.ts";
import type { TransportClass, TransportOptions } from "./transports/transport.ts";
import { isSecure, urlOf } from "./url.ts";

/** The transports of the clients of this package; which of them one has is a matter of its entry. */
const TRANSPORTS: readonly TransportName[] = ["polling", "websocket", "webtransport"];

/** What an {@link EngineClient} may be told. */
export interface EngineClientOptions extends NetworkOptions {
  /** The server's address without scheme and port; an alias of `hostname`. */
  host?: string | undefined;
  /** The server's name or address. @default the page's, or `localhost` */
  hostname?: string | undefined;
  /** The server's port. @default the page's, or the scheme's */
  port?: string | number | undefined;
  /** Whether to use TLS. @default whether the page does */
  secure?: boolean | undefined;
  /** The path that the server listens at. @default "/engine.io" */
  path?: string | undefined;
  /** Whether `path` is made to end in a slash. @default true */
  addTrailingSlash?: boolean | undefined;
  /** Keys and values for the query of every request. `EIO`, `transport`, `sid`, `t`, `j` and `b64` are taken. */
  query?: Readonly<Record<string, unknown>> | undefined;
  /**
   * The transports to use, by name or by class; the session begins on the first, and moves to a better one.
   * @default WebSocket first, and polling beside it if that is not open after half a second, or fails; whichever opens
   * first is kept, and tried first at the next connection. In browsers, which cannot send `extraHeaders` with a
   * WebSocket, polling goes first if there are any. A session that began on polling moves to WebTransport where the platform has it
   * and the server offers it.
   */
  transports?: readonly (TransportName | TransportClass)[] | undefined;
  /** As `transports`, classes alone: another name that Socket.IO has for the choice. @default none */
  transportImplementations?: readonly TransportClass[] | undefined;
  /** Options that differ for one transport. @default {} */
  transportOptions?: { readonly [name in TransportName]?: EngineClientOptions | undefined } | undefined;
  /** Whether a session that began on polling moves to a better transport. @default true */
  upgrade?: boolean | undefined;
  /**
   * Whether to begin with WebSocket, if `transports` names it, after a session of this program that succeeded with it.
   * @default false
   */
  rememberUpgrade?: boolean | undefined;
  /**
   * Whether to try the other transports if the first cannot open a session. Where `transports` is not given, they are
   * tried in any case. @default false
   */
  tryAllTransports?: boolean | undefined;
  /** Whether binary messages travel as base64 text. @default false */
  forceBase64?: boolean | undefined;
  /** Whether requests carry a value against caches. @default true for polling, false for WebSocket */
  timestampRequests?: boolean | undefined;
  /** The key of that value in the query. @default "t" */
  timestampParam?: string | undefined;
  /** Longest time that a polling request may take, in milliseconds; zero or `Infinity` for no limit. @default 0 */
  requestTimeout?: number | undefined;
  /**
   * Whether the session is closed when the page is about to go. There is no `close` event, unless the page stays: then
   * it is lost after the time for a ping. @default false
   */
  closeOnBeforeunload?: boolean | undefined;
  /**
   * When what is sent leaves: at the end of the turn, all of it together, or within the call that sends it, if the transport can take
   * it. @default "turn"
   */
  flush?: Flush | undefined;
  /** Accepted as in Socket.IO; timers are always those of the platform. @default false */
  useNativeTimers?: boolean | undefined;
}

/** The options of one client with addresses taken apart and defaults filled in. */
export interface ResolvedOptions extends Omit<EngineClientOptions, keyof TransportOptions>, TransportOptions {
  readonly upgrade: boolean;
}

/**
 * Checks all that a client of any transports would refuse, and does nothing else.
 * @throws OptionError naming the option that is not acceptable
 * @throws OptionConflictError for two that exclude each other
 */
export function checkEngineClientOptions(options: EngineClientOptions): void {
  checkObject("options", options);
  checkEach(options);
  const { transportOptions = {} } = options;
  checkObject("transportOptions", transportOptions);
  for (const [name, own = {}] of Object.entries(transportOptions)) {
    checkObject(`transportOptions.${name}`, own);
    checkEach(own);
  }
}

function checkEach(options: EngineClientOptions): void {
  checkBooleans(
    options,
    "secure", "addTrailingSlash", "upgrade", "rememberUpgrade", "tryAllTransports", "forceBase64",
    "timestampRequests", "closeOnBeforeunload", "withCredentials", "autoUnref",
  ); // prettier-ignore
  checkStrings(options, "host", "hostname", "path", "timestampParam");
  checkDurations(options, "requestTimeout");
  checkFlush(options);
  checkTransports("transports", options.transports, TRANSPORTS);
  checkTransports("transportImplementations", options.transportImplementations, []);
  if (options.transports !== undefined && options.transportImplementations !== undefined) {
    // The text is Socket.IO's.
    throw new OptionConflictError(
      "specifying both 'transportImplementations' and 'transports' options is not supported",
    );
  }
  if (options.query !== undefined) checkObject("query", options.query);
}

/**
 * Fills in defaults and joins what the address says, which wins. The given objects stay as they are.
 * @throws OptionError naming the option that is not acceptable
 */
export function resolveOptions(
  uri: string | undefined,
  options: EngineClientOptions,
  page: PageLocation | undefined,
): ResolvedOptions {
  checkEngineClientOptions(options);
  const { host, path = "/engine.io", query = {} } = options;
  const url = uri === undefined ? undefined : urlOf("uri", uri, "http:");
  const named = host === undefined ? options.hostname : urlOf("host", host, "http:").hostname;
  const secure = url === undefined ? (options.secure ?? page?.secure ?? false) : isSecure(url);
  const hostname = url?.hostname ?? named ?? page?.hostname ?? "localhost";
  const port = url === undefined ? options.port || (named === undefined && page?.port) : url.port;
  const parameters = url?.search ? url.searchParams : new URLSearchParams(query as Record<string, string>);
  return {
    ...options,
    hostname: hostname.replace(/^\[|\]$/g, ""), // around IPv6 addresses
    secure,
    port: String(port || (secure ? 443 : 80)),
    upgrade: options.upgrade ?? true,
    path: path.replace(/\/$/, "") + (options.addTrailingSlash === false ? "" : "/"),
    query: Object.fromEntries(parameters),
    forceBase64: options.forceBase64 ?? false,
    timestampRequests: options.timestampRequests,
    timestampParam: options.timestampParam ?? "t",
    requestTimeout: options.requestTimeout ?? 0,
  };
}
