/**
 * The seam between a namespace and its sockets: who is in which room, and how a packet reaches them, on this node
 * or on all. Method names are those of `socket.io-adapter`, so that adapters written for it fit.
 */
import type { Listener, ListenerOf } from "@telsiz/events";
import type { EventPacket } from "@telsiz/parser";
import type { PersistedSession, RestoredSession } from "./persisted-session.ts";

/** The name of a room. Each socket is in the room of its own id. */
export type Room = string;

/** The id of a socket. */
export type SocketId = string;

/** How a broadcast is to be sent. */
export interface BroadcastFlags {
  /** May be lost by a client whose connection cannot take it now. */
  readonly volatile?: boolean;
  /** While a client's connection cannot take it, only the newest event of this key is kept for it. */
  readonly latest?: string;
  /** Whether transports may compress it. @default true */
  readonly compress?: boolean;
  /** To the clients of this node only. */
  readonly local?: boolean;
  /** How long to wait for answers, in milliseconds. */
  readonly timeout?: number;
}

/** Which sockets are meant, and how they are to be reached. */
export interface BroadcastOptions {
  /** Members of any of these; all sockets where it is empty. */
  readonly rooms: ReadonlySet<Room>;
  /** But not the members of these. */
  readonly except?: ReadonlySet<Room>;
  /** How it is sent. */
  readonly flags?: BroadcastFlags;
}

/** What is known of a socket, wherever it is. */
export interface SocketDetails {
  /** Its id. */
  readonly id: SocketId;
  /** What was known of the client when it connected. */
  readonly handshake: unknown;
  /** The rooms it is in, that of its own id included. */
  readonly rooms: ReadonlySet<Room>;
  /** Whatever the application keeps for it. */
  readonly data: unknown;
}

/** What happens to rooms. `create-room` comes before the first `join-room`, `delete-room` after the last `leave-room`. */
export interface RoomEvents {
  /** Before its first member joins. */
  "create-room": (room: Room) => void;
  /** A socket has joined. */
  "join-room": (room: Room, id: SocketId) => void;
  /** A socket has left. */
  "leave-room": (room: Room, id: SocketId) => void;
  /** After its last member left. */
  "delete-room": (room: Room) => void;
}

/** Called with the values that one client answered. */
export type AnswerCallback = (...values: unknown[]) => void;

/** Called with the number of clients that a packet was sent to; `waiting` gives, each time, those who have not answered. */
export type ClientCountCallback = (count: number, waiting?: Iterable<SocketId>) => void;

/** What an adapter sees of a socket of this node. */
export interface AdapterSocket extends SocketDetails {
  /** Puts it into rooms. */
  join(rooms: Room | readonly Room[]): Promise<void> | void;
  /** Takes it out of a room. */
  leave(room: Room): Promise<void> | void;
  /** Disconnects it from its namespace; `close` also closes its connection. */
  disconnect(close?: boolean): unknown;
  /** Sends a packet that {@link AdapterNamespace._prepare} made. */
  _deliver(delivery: Delivery): void;
  /** Awaits the answer to the packet with this id. */
  _expectAnswer(id: number, onAnswer: AnswerCallback): void;
  /** Awaits it no longer. */
  _forgetAnswer(id: number): void;
}

/** A packet ready for any number of clients. Opaque to adapters. */
export interface Delivery {
  /** What is sent. */
  readonly packet: EventPacket;
  /** How it is sent. */
  readonly flags: BroadcastFlags;
  /** Length of its encoded form, in bytes, or UTF-16 units of text. */
  readonly byteLength: number;
}

/** What an adapter sees of its namespace. */
export interface AdapterNamespace {
  /** Its name, which begins with a slash. */
  readonly name: string;
  /** The connected sockets of this node. */
  readonly sockets: ReadonlyMap<SocketId, AdapterSocket>;
  /**
   * Encodes a packet, once for all who get it.
   * @param offset what a client that loses its connection says it got last; goes behind the event's arguments
   */
  _prepare(packet: EventPacket, flags: BroadcastFlags, offset?: string): Delivery;
  /** The messages of a packet that {@link _prepare} made, as they are sent to clients: for other servers. */
  _messagesOf(delivery: Delivery): readonly (string | Uint8Array)[];
  /** What {@link _prepare} made on another server, from its messages; the packet is read only if it is asked for. */
  _restore(messages: readonly (string | Uint8Array)[], flags: BroadcastFlags): Delivery;
  /** The next free acknowledgement id of the namespace. */
  _nextAckId(): number;
  /** Calls a function of the application, which may throw without harm to anything else. */
  _callHandler(handler: Listener, args: readonly unknown[], event: string): void;
  /**
   * Raises an event that another server has sent.
   * @param packet its name and arguments; a function at the end takes this server's answer, once or more often
   */
  _onServerSideEmit(packet: unknown): void;
  /** Reports an error of the adapter, with the name of the method that met it. */
  _onHandlerError(error: unknown, socket: undefined, method: string): void;
  /** The last of the lost sessions that were kept has expired. */
  _onSessionsExpired(): void;
  /** The client of a socket has come back to another server: the connection that it had here is lost. */
  _onMoved(id: SocketId): void;
}

/** A listener as `on` takes it. */
type RoomListener<K> = ListenerOf<RoomEvents, Record<never, Listener>, K>;

/** An adapter. Every namespace has its own. What a method rejects with, if it returns a promise, is reported. */
export interface NamespaceAdapter {
  /** The sockets in each room. */
  readonly rooms: ReadonlyMap<Room, ReadonlySet<SocketId>>;
  /** The rooms of each socket. */
  readonly sids: ReadonlyMap<SocketId, ReadonlySet<Room>>;
  /** Called before the first use. */
  init(): Promise<void> | void;
  /** Called when the server closes. */
  close(): Promise<void> | void;
  /** How many servers share the namespace. */
  serverCount(): Promise<number>;
  /** Puts a socket into rooms. */
  addAll(id: SocketId, rooms: ReadonlySet<Room>): Promise<void> | void;
  /** Takes a socket out of a room. */
  del(id: SocketId, room: Room): Promise<void> | void;
  /** Takes a socket out of all rooms. */
  delAll(id: SocketId): Promise<void> | void;
  /** Sends a packet to the selected sockets. */
  broadcast(packet: EventPacket, options: BroadcastOptions): Promise<void> | void;
  /**
   * Sends a packet to the selected sockets and collects their answers.
   * @param onClientCount called for each server with the number of clients that it sent the packet to, and with the ids
   * of those who have not answered whenever they are asked for, if it knows
   * @param onAnswer called for each answer
   */
  broadcastWithAck(
    packet: EventPacket,
    options: BroadcastOptions,
    onClientCount: ClientCountCallback,
    onAnswer: AnswerCallback,
  ): Promise<void> | void;
  /** The ids of the sockets in any of `rooms`; all where it is empty. */
  sockets(rooms: ReadonlySet<Room>): Promise<Set<SocketId>>;
  /** The rooms of a socket; `undefined` if it is not here. */
  socketRooms(id: SocketId): ReadonlySet<Room> | undefined;
  /** The selected sockets. */
  fetchSockets(options: BroadcastOptions): Promise<SocketDetails[]>;
  /** Puts the selected sockets into rooms. */
  addSockets(options: BroadcastOptions, rooms: readonly Room[]): Promise<void> | void;
  /** Takes the selected sockets out of rooms. */
  delSockets(options: BroadcastOptions, rooms: readonly Room[]): Promise<void> | void;
  /** Disconnects the selected sockets, with `close` their connections too. */
  disconnectSockets(options: BroadcastOptions, close: boolean): Promise<void> | void;
  /**
   * Raises an event on the other servers of the namespace.
   * @param packet its name and arguments, and perhaps a {@link ServerAnswersCallback}; the adapter's own to change
   */
  serverSideEmit(packet: unknown[]): Promise<void> | void;
  /** Keeps the session of a socket whose connection was lost. Adapters that recover sessions have this, and the next. */
  persistSession?(session: PersistedSession): Promise<void> | void;
  /**
   * Takes out a session that was kept.
   * @param offset the last argument of the event that the client got last
   * @returns `null` if it is unknown, has expired, or what it missed is not known any more
   */
  restoreSession?(pid: string, offset: string): Promise<RestoredSession | null>;
  /** Calls `listener` at what happens to rooms. */
  on<K extends keyof RoomEvents>(event: K, listener: RoomListener<K>): unknown;
  /** Calls `listener` the next time alone. */
  once<K extends keyof RoomEvents>(event: K, listener: RoomListener<K>): unknown;
  /** Calls `listener` no more. */
  off<K extends keyof RoomEvents>(event: K, listener: RoomListener<K>): unknown;
}

/** Called once: with an error if not all other servers have answered, and with the answers that came, one of each. */
export type ServerAnswersCallback = (error: Error | null, answers: unknown[]) => void;

/** Makes the adapter of a namespace: a class that takes it, or a function. */
export type AdapterFactory =
  (new (nsp: AdapterNamespace) => NamespaceAdapter) | ((nsp: AdapterNamespace) => NamespaceAdapter);
