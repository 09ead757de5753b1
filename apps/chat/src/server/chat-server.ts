/** The types of the chat's server, and the names of the adapter's rooms in which its sockets are. */
import type { Server, Socket } from "@telsiz/server";
import type { ClientToServer, ServerToClient } from "../events.ts";

type NoEvents = Record<never, never>;

/** What a socket knows of the person behind it. */
interface Self {
  id: string;
  name: string;
}

export type ChatServer = Server<ClientToServer, ServerToClient, NoEvents, Self>;
export type ChatSocket = Socket<ClientToServer, ServerToClient, NoEvents, Self>;

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
