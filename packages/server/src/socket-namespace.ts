/** What a socket sees of its namespace. */
import type { BroadcastFlags, Delivery, NamespaceAdapter, RecoveryStore, SocketId } from "@telsiz/adapter";
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
> extends Broadcaster<Emit, ServerSide, Reserved, SocketData> {
  readonly name: string;
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
