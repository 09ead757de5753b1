/**
 * The chat: people with names meet in rooms, in as many windows as they like.
 *
 * A page that was away says which revision it saw last and gets what came or changed since; a draft that arrives
 * twice is known by its key and kept once. What comes in has been checked by the contract before it is here.
 */
import type { Person } from "../contract.ts";
import { channel, chatRooms, type ChatServer, type ChatSocket, isIn, windowsOf } from "./chat-server.ts";
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
    const { auth } = socket.handshake;
    const person = people.enter(socket, auth);
    if (!person) return next(Object.assign(new Error(taken(auth.name)), { data: { code: "NAME_TAKEN" } }));
    const { id, name } = person;
    socket.data = { id, name };
    const exit = (): void => {
      const left = people.exit(socket, id);
      if (left) io.emit("person", left);
    };
    socket.on("disconnect", exit);
    socket.conn.on("close", exit); // the only sign of those that leave before they are connected
    next();
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
    socket.handle("join", (room, revision, ctx) => rooms.join(socket, room, revision, ctx));
    socket.handle("leave", (room) => rooms.leave(socket, room));
    socket.handle("create", (room, isPrivate, ctx) => rooms.create(id, room, isPrivate, ctx));
    socket.handle("redeem", (room, invite, ctx) => rooms.redeem(id, room, invite, ctx));
    socket.handle("rename", (name, ctx) => rename(id, name) ?? ctx.fail("NAME_TAKEN", taken(name)));
    socket.on("seen", (room, message) => rooms.markSeen(socket, room, message));
    socket.on("idle", (isIdle) => {
      const changed = people.setIdle(socket, id, isIdle);
      if (changed) io.emit("person", changed);
    });
    socket.on("probe", (reply) => reply());
    socket.handle("mischief", (what, ctx) => strain.make(socket, what, ctx));
    socket.on("disconnecting", () => {
      const left = chatRooms(socket.rooms);
      socket.on("disconnect", () => {
        for (const room of left) rooms.announce(room);
      });
    });
  }

  function serveMessages(socket: ChatSocket): void {
    const { id } = socket.data;
    socket.handle("message", (draft, ctx) => {
      const receipt = posts.post(socket, draft, ctx);
      rooms.openForBoth(draft.room);
      return receipt;
    });
    socket.handle("piece", (key, size, offset, bytes, ctx) =>
      uploads.add(id, { key, size, offset, bytes }, Date.now(), ctx),
    );
    socket.handle("edit", (message, text, ctx) => posts.edit(socket, message, text, ctx));
    socket.handle("remove", (message, ctx) => posts.remove(socket, message, ctx));
    socket.handle("react", (message, emoji, isOn, ctx) => posts.react(socket, message, emoji, isOn, ctx));
    socket.handle("older", (room, message, ctx) => posts.older(socket, room, message, ctx));
    socket.handle("search", (words) => posts.search(socket, words));
    socket.handle("file", (message, ctx) => posts.file(socket, message, ctx));
    socket.on("typing", (room) => {
      if (isIn(socket, room)) socket.to(channel(room)).volatile.emit("typing", room, id);
    });
  }

  function rename(id: string, name: string): Person | undefined {
    const person = people.rename(id, name);
    if (!person) return undefined;
    for (const socket of io.sockets.sockets.values()) if (socket.data.id === id) socket.data.name = name;
    io.emit("person", person);
    return person;
  }
}

function taken(name: string): string {
  return `Somebody here is called ${name} already.`;
}
