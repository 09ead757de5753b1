/**
 * The chat: people with names meet in rooms, and a message is kept before it is acknowledged.
 *
 * A page that was away says which message it saw last and gets those that came since; a draft that arrives twice
 * is known by its key and kept once. The events are described in events.ts.
 */
import type { Server, Socket } from "@telsiz/server";
import type { ClientToServer, Message, Receipt, Reply, RoomSummary, ServerToClient } from "../events.ts";
import { Refusal, readCount, readCredentials, readDraft, readRoom, type CheckedDraft } from "./input.ts";
import { NameBook } from "./names.ts";
import type { Store } from "./store.ts";

type NoEvents = Record<never, never>;
interface Person {
  name: string;
}
export type ChatServer = Server<ClientToServer, ServerToClient, NoEvents, Person>;
type ChatSocket = Socket<ClientToServer, ServerToClient, NoEvents, Person>;

/** Rooms that are there before anybody came. */
const FIRST_ROOMS = ["lobby", "tea house", "workshop"];
/** Messages that a newcomer to a room gets to see. */
const HISTORY = 50;
/** Rooms that one page may be in at a time. */
const ROOMS_PER_PAGE = 20;
/** How long the pages of a room have to confirm a message, in milliseconds. */
const DELIVERY_TIMEOUT = 4000;

/** Runs the chat on a server's main namespace. */
export function serveChat(io: ChatServer, store: Store): void {
  const names = new NameBook();

  io.use((socket, next) => {
    try {
      const { name, secret } = readCredentials(socket.handshake.auth);
      const release = names.claim(name, secret, () => socket.disconnect(true));
      if (!release) throw new Refusal(`Somebody here is called ${name} already.`, "NAME_TAKEN");
      socket.data.name = name;
      socket.on("disconnect", release);
      socket.conn.on("close", release); // the only sign of those that leave before they are connected
      next();
    } catch (error) {
      next(error as Error);
    }
  });

  io.on("connection", (socket) => {
    socket.emit("rooms", listRooms());

    socket.on("join", (room, after, reply) => {
      void answer(reply, () => join(socket, readRoom(room), readCount(after)));
    });
    socket.on("leave", (room, reply) => {
      void answer(reply, () => leave(socket, readRoom(room)));
    });
    socket.on("message", (draft, reply) => {
      void answer(reply, () => post(socket, readDraft(draft)));
    });
    socket.on("picture", (id, reply) => {
      void answer(reply, () => findPicture(socket, readCount(id)));
    });
    socket.on("typing", (room) => {
      if (isIn(socket, room)) socket.to(channel(room)).volatile.emit("typing", room, socket.data.name);
    });

    socket.on("disconnecting", () => {
      const rooms = roomsOf(socket);
      socket.on("disconnect", () => {
        for (const room of rooms) void announce(room);
      });
    });
  });

  async function join(socket: ChatSocket, room: string, after: number): Promise<Message[]> {
    if (!isIn(socket, room) && roomsOf(socket).length >= ROOMS_PER_PAGE)
      throw new Refusal("Leave another room first.");
    await socket.join(channel(room));
    await announce(room);
    return store.history(room, after, HISTORY);
  }

  async function leave(socket: ChatSocket, room: string): Promise<null> {
    await socket.leave(channel(room));
    await announce(room);
    return null;
  }

  function post(socket: ChatSocket, { picture, ...draft }: CheckedDraft): Receipt {
    if (!isIn(socket, draft.room)) throw new Refusal("Join the room first.");
    const { message, isNew } = store.add({
      ...draft,
      from: socket.data.name,
      sentAt: Date.now(),
      ...(picture && { pictureType: picture.type, bytes: picture.bytes }),
    });
    if (isNew) void deliver(socket, { ...message, ...(picture && { bytes: picture.bytes }) });
    return { id: message.id, sentAt: message.sentAt };
  }

  /** Sends a message to everybody else in its room, and tells the author how many have it. */
  async function deliver(author: ChatSocket, message: Message): Promise<void> {
    const others = author.to(channel(message.room)).timeout(DELIVERY_TIMEOUT);
    const answers = await others.emitWithAck("message", message).catch(answersInTime);
    author.emit("delivered", message.key, answers.length);
  }

  function findPicture(socket: ChatSocket, id: number): Uint8Array {
    const picture = store.picture(id);
    if (!picture || !isIn(socket, picture.room)) throw new Refusal("There is no such picture.");
    return picture.bytes;
  }

  async function announce(room: string): Promise<void> {
    io.to(channel(room)).emit("people", room, await peopleIn(room));
    io.emit("rooms", listRooms());
  }

  async function peopleIn(room: string): Promise<string[]> {
    const sockets = await io.in(channel(room)).fetchSockets();
    return sockets.map((socket) => socket.data.name).sort();
  }

  function listRooms(): RoomSummary[] {
    const { rooms } = io.sockets.adapter;
    const open = [...rooms.keys()].filter(isChannel).map(roomOf);
    const all = new Set([...FIRST_ROOMS, ...store.rooms(), ...open]);
    return [...all].map((name) => ({ name, people: rooms.get(channel(name))?.size ?? 0 }));
  }
}

/** Answers a request with what `work` returns, or with the reason why not. */
async function answer<T>(reply: (answer: Reply<T>) => void, work: () => T | Promise<T>): Promise<void> {
  if (typeof reply !== "function") return; // a client may send anything
  try {
    reply({ ok: true, value: await work() });
  } catch (error) {
    if (!(error instanceof Refusal)) console.error(error);
    reply({ ok: false, problem: error instanceof Refusal ? error.message : "The server could not do this." });
  }
}

/** What had been answered when the time was up: the error of a broadcast carries it. */
function answersInTime(error: unknown): unknown[] {
  return (error as { responses?: unknown[] }).responses ?? [];
}

// A socket is also in a room of its own, named after its id: a prefix keeps the two kinds apart.
const PREFIX = "chat:";
const channel = (room: string): string => PREFIX + room;
const isChannel = (name: string): boolean => name.startsWith(PREFIX);
const roomOf = (name: string): string => name.slice(PREFIX.length);
const roomsOf = (socket: ChatSocket): string[] => [...socket.rooms].filter(isChannel).map(roomOf);
const isIn = (socket: ChatSocket, room: unknown): boolean =>
  typeof room === "string" && socket.rooms.has(channel(room));
