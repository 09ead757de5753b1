/** The types of the chat's server, and the names of the adapter's rooms in which its sockets are. */
import type { ServerEmitOf, ServerListenOf, ServerSideOf, SocketDataOf } from "@telsiz/events";
import type { Server, Socket } from "@telsiz/server";
import type { chat } from "../contract.ts";

type Chat = typeof chat;
type Listen = ServerListenOf<Chat>;
type Emit = ServerEmitOf<Chat>;

export type ChatServer = Server<Listen, Emit, ServerSideOf<Chat>, SocketDataOf<Chat>>;
export type ChatSocket = Socket<Listen, Emit, ServerSideOf<Chat>, SocketDataOf<Chat>>;

/** What a handler turns a request down with: an error that the contract has for it, and a sentence for the user. */
export interface Refusing<Code extends string> {
  fail(code: Code, why: string): never;
}

// A socket is also in a room of its own, named after its id: prefixes keep the kinds apart.
const CHANNEL = "chat:";

/** Where those are to whom a room of the chat is open. */
export const channel = (room: string): string => CHANNEL + room;

/** Where all windows of a person are. */
export const windowsOf = (person: string): string => `person:${person}`;

/** The rooms of the chat among those of the adapter. */
export function chatRooms(names: Iterable<string>): string[] {
  return [...names].filter((name) => name.startsWith(CHANNEL)).map((name) => name.slice(CHANNEL.length));
}

export function isIn(socket: ChatSocket, room: string): boolean {
  return socket.rooms.has(channel(room));
}
