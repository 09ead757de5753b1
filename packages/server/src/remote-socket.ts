/** A socket as `fetchSockets` gives it, wherever it is connected. */
import type { Answer, EmitArgs, EventMap, OneOrTimeout, RequestArgs, Unanswered } from "@telsiz/events";
import type { Room, SocketId } from "@telsiz/adapter";
import type { Handshake } from "./handshake.ts";

/** What can be known of a socket, and done with it, from any node. */
export interface RemoteSocket<Emit extends EventMap<Emit>, SocketData> {
  /** Its id. */
  readonly id: SocketId;
  /** What was known of the client when it connected. */
  readonly handshake: Handshake;
  /** The rooms it is in; those of a socket of another server as they were when it was fetched. */
  readonly rooms: ReadonlySet<Room>;
  /** Of a socket of another server a copy, as it was when it was fetched. */
  readonly data: SocketData;
  /**
   * Sends an event to this socket. To ask for an acknowledgement, call {@link timeout} first.
   * @throws ReservedEventError, BroadcastTimeoutRequiredError (both for a socket of another server)
   */
  emit<K extends keyof Emit & string>(event: K, ...args: EmitArgs<Emit, K, Unanswered>): boolean;
  /** Sets how long to wait for the acknowledgement, in milliseconds. @throws OptionError */
  timeout(timeout: number): TimedRemoteSocket<Emit>;
  /** Puts it into rooms. */
  join(rooms: Room | readonly Room[]): Promise<void> | void;
  /** Takes it out of a room. */
  leave(room: Room): Promise<void> | void;
  /** Disconnects it, with `close` its whole connection. */
  disconnect(close?: boolean): unknown;
}

/** A {@link RemoteSocket} with a timeout. */
export interface TimedRemoteSocket<Emit extends EventMap<Emit>> {
  /** Sends an event; a function at the end gets an error, or `null` and the socket's answer. */
  emit<K extends keyof Emit & string>(event: K, ...args: EmitArgs<Emit, K, OneOrTimeout>): boolean;
  /** Sends an event and resolves with the socket's answer. @throws AckTimeoutError, DisconnectedError (through the promise) */
  emitWithAck<K extends keyof Emit & string>(
    event: K,
    ...args: RequestArgs<Emit, K, OneOrTimeout>
  ): Promise<Answer<Emit, K>>;
}
