/**
 * The chat: people with names meet in rooms, in as many windows as they like.
 *
 * A page that was away says which revision it saw last and gets what came or changed since; a draft that arrives
 * twice is known by its key and kept once. The events are described in events.ts.
 */
import type { Answer } from "../events.ts";
import { channel, chatRooms, type ChatServer, type ChatSocket, isIn, windowsOf } from "./chat-server.ts";
import {
  readCount,
  readCredentials,
  readDraft,
  readEmoji,
  readKey,
  readMischief,
  readName,
  readPiece,
  readRoom,
  readSize,
  readText,
  readWords,
  Refusal,
} from "./input.ts";
import { PeopleBook } from "./people-book.ts";
import { Posts } from "./posts.ts";
import { Rooms } from "./rooms.ts";
import type { Store } from "./store.ts";
import type { Strain } from "./strain.ts";
import { Uploads } from "./uploads.ts";

/** Runs the chat on a server's main namespace. */
export function serveChat(io: ChatServer, store: Store, strain: Strain): void {
  const uploads = new Uploads();
  const people = new PeopleBook(store);
  const posts = new Posts(io, store, uploads);
  const rooms = new Rooms(io, store, people, posts);

  io.use((socket, next) => {
    try {
      const { id, name } = people.enter(socket, readCredentials(socket.handshake.auth));
      socket.data = { id, name };
      const exit = (): void => {
        const left = people.exit(socket, id);
        if (left) io.emit("person", left);
      };
      socket.on("disconnect", exit);
      socket.conn.on("close", exit); // the only sign of those that leave before they are connected
      next();
    } catch (error) {
      next(error as Error);
    }
  });

  io.on("connection", (socket) => {
    const { id } = socket.data;
    strain.watch(io, socket);
    servePlaces(socket);
    serveMessages(socket);
    void socket.join(windowsOf(id)); // at once, in memory
    const me = people.find(id)!;
    socket.emit("welcome", { me, people: people.list(), memberships: rooms.membershipsOf(id) });
    socket.emit("rooms", rooms.list());
    socket.broadcast.emit("person", me);
  });

  function servePlaces(socket: ChatSocket): void {
    const { id } = socket.data;
    socket.on("join", (room, revision, reply) => {
      void answer(reply, () => rooms.join(socket, readRoom(room), readCount(revision)));
    });
    socket.on("leave", (room, reply) => {
      void answer(reply, () => rooms.leave(socket, readRoom(room)));
    });
    socket.on("create", (room, isPrivate, reply) => {
      void answer(reply, () => rooms.create(id, readRoom(room), isPrivate));
    });
    socket.on("redeem", (room, invite, reply) => {
      void answer(reply, () => rooms.redeem(id, readRoom(room), invite));
    });
    socket.on("rename", (name, reply) => {
      void answer(reply, () => rename(id, readName(name)));
    });
    socket.on("seen", (room, message) => {
      quietly(() => rooms.markSeen(socket, readRoom(room), readCount(message)));
    });
    socket.on("idle", (isIdle) => {
      const changed = people.setIdle(socket, id, isIdle);
      if (changed) io.emit("person", changed);
    });
    socket.on("probe", (reply) => void answer(reply, () => null));
    socket.on("mischief", (what, reply) => {
      void answer(reply, () => strain.make(socket, readMischief(what)));
    });
    socket.on("disconnecting", () => {
      const left = chatRooms(socket.rooms);
      socket.on("disconnect", () => {
        for (const room of left) rooms.announce(room);
      });
    });
  }

  function serveMessages(socket: ChatSocket): void {
    socket.on("message", (input, reply) => {
      void answer(reply, () => {
        const draft = readDraft(input);
        const receipt = posts.post(socket, draft);
        rooms.openForBoth(draft.room);
        return receipt;
      });
    });
    socket.on("piece", (key, size, offset, bytes, reply) => {
      const add = (): number => {
        const piece = [readKey(key), readSize(size), readCount(offset), readPiece(bytes)] as const;
        return uploads.add(socket.data.id, ...piece, Date.now());
      };
      void answer(reply, add);
    });
    socket.on("edit", (id, text, reply) => {
      void answer(reply, () => posts.edit(socket, readCount(id), readText(text)));
    });
    socket.on("remove", (id, reply) => {
      void answer(reply, () => posts.remove(socket, readCount(id)));
    });
    socket.on("react", (id, emoji, isOn, reply) => {
      void answer(reply, () => posts.react(socket, readCount(id), readEmoji(emoji), isOn));
    });
    socket.on("older", (room, id, reply) => {
      void answer(reply, () => posts.older(socket, readRoom(room), readCount(id)));
    });
    socket.on("search", (words, reply) => {
      void answer(reply, () => posts.search(socket, readWords(words)));
    });
    socket.on("file", (id, reply) => {
      void answer(reply, () => posts.file(socket, readCount(id)));
    });
    socket.on("typing", (room) => {
      if (typeof room === "string" && isIn(socket, room))
        socket.to(channel(room)).volatile.emit("typing", room, socket.data.id);
    });
  }

  function rename(id: string, name: string): ReturnType<PeopleBook["rename"]> {
    const person = people.rename(id, name);
    for (const socket of io.sockets.sockets.values()) if (socket.data.id === id) socket.data.name = name;
    io.emit("person", person);
    return person;
  }
}

/** Answers a request with what `work` returns, or with the reason why not. */
async function answer<T>(reply: Answer<T>, work: () => T | Promise<T>): Promise<void> {
  if (typeof reply !== "function") return; // a client may send anything
  try {
    reply({ ok: true, value: await work() });
  } catch (error) {
    if (!(error instanceof Refusal)) console.error(error);
    reply({ ok: false, problem: error instanceof Refusal ? error.message : "The server could not do this." });
  }
}

/** Does what nobody awaits an answer to: a refusal is nobody's business. */
function quietly(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Refusal)) console.error(error);
  }
}
