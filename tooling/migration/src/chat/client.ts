/** A window of the chat. */
import { io, type Socket } from "socket.io-client";
import type { ClientToServerEvents, ServerToClientEvents } from "./events.ts";

/** Somebody who chats. */
export interface Chatter {
  readonly socket: Socket<ServerToClientEvents, ClientToServerEvents>;
  /** What the window shows. */
  readonly lines: string[];
  /** Whose pictures came, with their bytes. */
  readonly pictures: [from: string, name: string, bytes: Uint8Array][];
  readonly typing: Set<string>;
  say(text: string): void;
}

/** Joins. @param name without one, the server refuses */
export function joinChat(url: string, name?: string): Chatter {
  const auth = { name, serverOffset: 0 };
  const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io(url, {
    auth,
    ackTimeout: 10_000,
    retries: 3,
    reconnectionDelay: 5,
    reconnectionDelayMax: 20,
  });
  const lines: string[] = [];
  const pictures: [string, string, Uint8Array][] = [];
  const typing = new Set<string>();
  let counter = 0;

  socket.on("connect_error", (err) => lines.push(`! ${err.message}`));
  socket.on("chat message", (from, text, serverOffset) => {
    lines.push(`${from}: ${text}`);
    auth.serverOffset = serverOffset;
  });
  socket.on("user joined", (who) => lines.push(`${who} joined`));
  socket.on("user left", (who, reason) => lines.push(`${who} left: ${reason}`));
  socket.on("room message", (room, from, text) => lines.push(`${from} in ${room}: ${text}`));
  socket.on("picture", (from, file, bytes) => pictures.push([from, file, bytes]));
  socket.on("typing", (who, active) => {
    if (active) typing.add(who);
    else typing.delete(who);
  });
  socket.on("are you there?", (answer) => answer(name ?? "nobody"));

  const say = (text: string): void => {
    const clientOffset = `${name ?? ""}-${counter++}`;
    socket.emit("chat message", text, clientOffset, () => undefined);
  };
  return { socket, lines, pictures, typing, say };
}
