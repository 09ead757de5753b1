/** What a socket sees of its namespace, and of the server. */
import type { BroadcastFlags, Delivery, NamespaceAdapter, RecoveryStore, SocketId } from "@telsiz/adapter";
import type { EngineServer, HttpServer } from "@telsiz/engine/server";
import type { EventMap, InvalidEventError } from "@telsiz/events";
import type { EventPacket } from "@telsiz/parser";
import type { Broadcaster } from "./broadcaster.ts";
import type { Terms } from "./terms.ts";

/** A namespace, as its sockets see it. */
export interface SocketNamespace<
  Emit extends EventMap<Emit>,
  ServerSide extends EventMap<ServerSide>,
  Reserved extends EventMap<Reserved>,
  SocketData,
  NamespaceSocket,
> extends Broadcaster<Emit, ServerSide, Reserved, SocketData> {
  readonly name: string;
  readonly server: SocketServer;
  /** The connected sockets of this node. */
  readonly sockets: ReadonlyMap<SocketId, NamespaceSocket>;
  readonly adapter: NamespaceAdapter;
  /** What recovers lost sessions, if the adapter can. */
  readonly _recovery: RecoveryStore | undefined;
  /** The timeout of acknowledgements that have none of their own, in milliseconds. */
  readonly _ackTimeout: number | undefined;
  /** How many acknowledgements a socket may await. */
  readonly _maxPendingAcks: number;
  /** Whether clients are told how many of their events have come, so that they can send the others again. */
  readonly _countsEvents: boolean;
  /** The next free acknowledgement id. */
  _nextAckId(): number;
  /** Encodes a packet, once for all who get it. */
  _prepare(packet: EventPacket, flags: BroadcastFlags, offset?: string): Delivery;
  /** Its contract, and what is said beside it. */
  readonly _terms: Terms;
  /** An event does not fit the contract, and nobody asked for an answer. */
  _onInvalidEvent(error: InvalidEventError, socket: unknown): void;
  /** A function of the application failed. */
  _onHandlerError(error: unknown, socket: unknown, event: string): void;
  /** Calls a function of the application, whose errors are reported. */
  _callHandler(handler: (...args: never[]) => unknown, args: readonly unknown[], event: string): void;
  /** Reports what the promise of an adapter's method is rejected with. */
  _watch(outcome: Promise<void> | void, method: string): void;
  /** A socket has left. */
  _remove(id: SocketId): void;
  /** A socket that waited to be let in does so no more. */
  _dismiss(): void;
}

/* eslint-disable @typescript-eslint/no-explicit-any -- a namespace does not know the event maps of the others */

/** The server, as its namespaces and sockets see it. */
export interface SocketServer extends Broadcaster<any, any, any, any> {
  /** The main namespace. */
  readonly sockets: SocketNamespace<any, any, any, any, any>;
  /** The engine below, the latest if there are several. */
  readonly engine: EngineServer;
  /** The http server that it was attached to last. */
  readonly httpServer: HttpServer | undefined;
  /** The namespace of a name, which is made if it is not there. */
  of(name: string): SocketNamespace<any, any, any, any, any>;
  /** Ends all connections and the http server. */
  close(callback?: (error?: Error) => void): Promise<void>;
}
