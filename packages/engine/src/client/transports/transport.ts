/** The client's half of the transport seam: what it needs of a transport beyond sending and receiving. */
import type { TransportCloseReason } from "../../shared/close-reason.ts";
import type { OutgoingPacket } from "../../shared/packet.ts";
import type { Transport, TransportHandler, TransportName } from "../../shared/transport.ts";
import type { Handshake } from "../handshake.ts";
import type { NetworkOptions } from "../network-options.ts";
import type { CookieStore, Platform } from "../platform/platform.ts";
import { cacheBuster, type Endpoint } from "../url.ts";

/** The options of a transport, defaults filled in. */
export interface TransportOptions extends NetworkOptions, Endpoint {
  /** Keys and values that precede the protocol's own in every request's query. */
  readonly query: Readonly<Record<string, string>>;
  /** Whether binary messages travel as base64 text. */
  readonly forceBase64: boolean;
  /** Whether requests carry a value against caches; `undefined` leaves it to the transport. */
  readonly timestampRequests: boolean | undefined;
  /** The key of that value. */
  readonly timestampParam: string;
  /** In milliseconds, zero or `Infinity` for none. */
  readonly requestTimeout: number;
}

/** What a transport is made of. */
export interface TransportContext {
  /** What the platform has to offer. */
  readonly platform: Platform;
  /** What the transport was told. */
  readonly options: TransportOptions;
  /** The cookies to send and to take in; `undefined` where that is not asked for, or not the transport's to do. */
  readonly cookies: CookieStore | undefined;
  /** The session to continue; `undefined` where it opens one. */
  readonly sid: string | undefined;
}

/** What the layer above adds to the query of the request that opens a session. */
export type Greeting = Readonly<Record<string, string>>;

/** A transport on the client's side. Besides what every transport calls, its first `onDrain` tells that it is open. */
export interface ClientTransport extends Transport {
  /** Whom it reports to. Changes hands when a session moves to another transport. */
  handler: TransportHandler;
  /** The query of its requests. */
  readonly query: Readonly<Record<string, string>>;
  /** As any transport's. @param sid the session that goes on, over another transport */
  close(sid?: string): void;
  /** Starts to open. Called once. @param greeting what the query of the request that opens the session says, too */
  open(greeting?: Greeting): void;
  /** The session that this transport opened has begun. */
  onHandshake?(handshake: Handshake): void;
  /** How many of `packets` one `send` may take. Absent where there is no limit. */
  fitting?(packets: readonly OutgoingPacket[]): number;
  /** Moves the session from here to `candidate`, which is not open yet. Absent where a session cannot leave. */
  upgradeTo?(candidate: ClientTransport, owner: UpgradeOwner): TransportUpgrade;
}

/** A move of the session from one transport to another. */
export interface TransportUpgrade {
  readonly candidate: ClientTransport;
  /** Whether the candidate has been tried and found good: packets have to wait for it. */
  readonly holding: boolean;
  /** Opens the candidate and tries it. */
  start(): void;
  /** Gives up without a word to the owner. Does nothing after the end. */
  cancel(): void;
}

/** Whom an upgrade reports to. */
export interface UpgradeOwner {
  /** The candidate is good, and the move begins. */
  onUpgrading(): void;
  /** The session has moved; the candidate may be used and has told the server. */
  onUpgraded(): void;
  /** The session stays where it is. */
  onUpgradeFailed(error: Error): void;
}

/** What a client makes its transports of. Only the classes that are named end up in a bundle. */
export interface TransportClass {
  /** As it stands in requests and in the option `transports`. */
  readonly transportName: TransportName;
  /** Whether the platform has what it needs; if not, a client leaves it out. @default true */
  readonly supported?: boolean;
  /** Whether its requests can carry the option `extraHeaders`. @default true */
  readonly takesHeaders?: boolean;
  new (context: TransportContext): ClientTransport;
}

/** Takes what a transport says after it has been left. */
export const deafHandler: TransportHandler = {
  onMessage() {},
  onControl() {},
  onDrain() {},
  onClose() {},
};

/** Leaves a transport: what it still says concerns nobody. @param sid the session that goes on, over another transport */
export function leave(transport: ClientTransport, sid?: string): void {
  transport.handler = deafHandler;
  transport.close(sid);
}

/** Ends a transport from this side, and tells whoever it served. */
export function end(transport: ClientTransport, reason: TransportCloseReason, cause: unknown): void {
  const { handler } = transport;
  leave(transport);
  handler.onClose(reason, cause);
}

/**
 * The query of a transport's requests without what changes from one to the next (protocol.md A.1 has the order).
 * @param stamped whether it has a value against caches
 */
export function transportQuery(
  name: TransportName,
  { options, sid }: TransportContext,
  stamped: boolean,
): Record<string, string> {
  const query: Record<string, string> = { ...options.query, EIO: "4", transport: name };
  if (sid !== undefined) query["sid"] = sid;
  if (stamped) query[options.timestampParam] = cacheBuster();
  if (options.forceBase64) query["b64"] = "1";
  return query;
}
