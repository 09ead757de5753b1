/** A socket as `fetchSockets` gives it, wherever it is connected. */
import type { EventMap, EventName, OneOrTimeout, EmitArgs } from "@telsiz/events";
import type { Room, SocketId } from "@telsiz/adapter";
import type { Handshake } from "./handshake.ts";

/** What can be known of a socket, and done with it, from any node. */
export interface RemoteSocket<Emit extends EventMap<Emit>, SocketData> {
  readonly id: SocketId;
  readonly handshake: Handshake;
  readonly rooms: ReadonlySet<Room>;
  data: SocketData;
  /** Sends an event to this socket. */
  emit<K extends EventName<Emit>>(event: K, ...args: EmitArgs<Emit, K>): boolean;
  /** Sets how long to wait for the acknowledgement, in milliseconds. */
  timeout(timeout: number): {
    emit<K extends EventName<Emit>>(event: K, ...args: EmitArgs<Emit, K, OneOrTimeout>): boolean;
  };
  /** Puts it into rooms. */
  join(rooms: Room | readonly Room[]): Promise<void> | void;
  /** Takes it out of a room. */
  leave(room: Room): Promise<void> | void;
  /** Disconnects it, with `close` its whole connection. */
  disconnect(close?: boolean): unknown;
}
