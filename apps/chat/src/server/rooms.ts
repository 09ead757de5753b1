/** Which rooms there are, and who is in them: in one window of a person is in all of them. */
import { randomBytes } from "node:crypto";
import type { Membership, RoomState, RoomSummary } from "../contract.ts";
import { directPair } from "../direct-room.ts";
import {
  channel,
  chatRooms,
  type ChatServer,
  type ChatSocket,
  isIn,
  type Refusing,
  windowsOf,
} from "./chat-server.ts";
import type { PeopleBook } from "./people-book.ts";
import type { Posts } from "./posts.ts";
import type { Member, Store } from "./store.ts";

/** Rooms that are there before anybody came. */
const FIRST_ROOMS = ["lobby", "tea house", "workshop"];
/** Rooms that one person may be in at a time, those with one other person aside. */
const ROOMS_PER_PERSON = 20;
/** Rooms by invitation that there may be. */
const PRIVATE_ROOMS = 500;

type JoinError = "INVITED_ONLY" | "NO_SUCH_ROOM" | "TOO_MANY_ROOMS";

export class Rooms {
  readonly #io: ChatServer;
  readonly #store: Store;
  readonly #people: PeopleBook;
  readonly #posts: Posts;

  constructor(io: ChatServer, store: Store, people: PeopleBook, posts: Posts) {
    this.#io = io;
    this.#store = store;
    this.#people = people;
    this.#posts = posts;
  }

  /** The rooms that are open to all. */
  list(): RoomSummary[] {
    const open = chatRooms(this.#io.sockets.adapter.rooms.keys());
    const all = new Set([...FIRST_ROOMS, ...this.#store.rooms(), ...open]);
    const isPublic = (room: string): boolean => !directPair(room) && this.#store.inviteTo(room) === undefined;
    return [...all].filter(isPublic).map((name) => ({ name, people: this.#idsIn(name).length }));
  }

  membershipsOf(person: string): Membership[] {
    return this.#store.roomsOf(person).map((member) => this.#membership(member));
  }

  async join(
    socket: ChatSocket,
    room: string,
    revision: number,
    ctx: Refusing<JoinError>,
  ): Promise<RoomState> {
    const { id } = socket.data;
    const member = this.#memberIn(room, id);
    if (!member) this.#admit(id, room, ctx);
    await socket.join(channel(room));
    if (!member) socket.to(windowsOf(id)).emit("joined", { room, unread: 0 });
    this.announce(room);
    const invite = this.#store.inviteTo(room);
    return {
      ...this.#posts.stateOf(room, revision),
      seen: Object.fromEntries(this.#store.membersOf(room).map(({ person, seen }) => [person, seen])),
      ...(invite !== undefined && { invite }),
    };
  }

  leave(socket: ChatSocket, room: string): void {
    const { id } = socket.data;
    this.#store.removeMember(id, room);
    socket.to(windowsOf(id)).emit("left", room);
    this.#io.in(windowsOf(id)).socketsLeave(channel(room));
    this.announce(room);
  }

  /** @returns what a link into a private room has to carry */
  create(
    person: string,
    room: string,
    isPrivate: boolean,
    ctx: Refusing<"ROOM_TAKEN" | "TOO_MANY_ROOMS">,
  ): string {
    const isTaken = this.#store.inviteTo(room) !== undefined || this.list().some(({ name }) => name === room);
    if (isTaken || directPair(room)) ctx.fail("ROOM_TAKEN", `There is a room called ${room} already.`);
    if (!isPrivate) return "";
    if (this.#store.countPrivate() >= PRIVATE_ROOMS)
      ctx.fail("TOO_MANY_ROOMS", "There are too many private rooms.");
    const invite = randomBytes(8).toString("hex");
    this.#store.makePrivate(room, invite);
    this.#addMember(person, room, ctx);
    return invite;
  }

  redeem(person: string, room: string, invite: string, ctx: Refusing<"BAD_INVITE" | "TOO_MANY_ROOMS">): void {
    if (this.#store.inviteTo(room) !== invite)
      ctx.fail("BAD_INVITE", "This invitation is not, or no longer, valid.");
    if (!this.#memberIn(room, person)) this.#addMember(person, room, ctx);
  }

  markSeen(socket: ChatSocket, room: string, id: number): void {
    const person = socket.data.id;
    const member = this.#memberIn(room, person);
    if (!member || !isIn(socket, room) || id <= member.seen) return;
    this.#store.saveMember({ ...member, seen: id });
    socket.to(channel(room)).emit("seen", room, person, id);
  }

  /** Opens a room of two in the windows of the other one too, where it was closed. */
  openForBoth(room: string): void {
    for (const person of directPair(room) ?? []) {
      if (this.#memberIn(room, person)) continue;
      this.#store.saveMember({ room, person, seen: 0 });
      this.#io.to(windowsOf(person)).emit("joined", this.#membership({ room, person, seen: 0 }));
    }
  }

  /** Tells who is in a room now. */
  announce(room: string): void {
    this.#io.to(channel(room)).emit("people", room, this.#idsIn(room));
    this.#io.emit("rooms", this.list());
  }

  /** Makes somebody a member, if they may be. */
  #admit(person: string, room: string, ctx: Refusing<JoinError>): void {
    const pair = directPair(room);
    const isStrange = pair && (!pair.includes(person) || pair.some((id) => !this.#people.find(id)));
    if (isStrange) ctx.fail("NO_SUCH_ROOM", "There is no such conversation.");
    if (this.#store.inviteTo(room) !== undefined)
      ctx.fail("INVITED_ONLY", `${room} is by invitation: ask somebody inside for its link.`);
    this.#addMember(person, room, ctx);
  }

  #addMember(person: string, room: string, ctx: Refusing<"TOO_MANY_ROOMS">): void {
    const rooms = this.#store.roomsOf(person).filter((member) => !directPair(member.room));
    if (rooms.length >= ROOMS_PER_PERSON && !directPair(room))
      ctx.fail("TOO_MANY_ROOMS", "Leave another room first.");
    this.#store.saveMember({ person, room, seen: this.#posts.lastIn(room) });
  }

  #memberIn(room: string, person: string): Member | undefined {
    return this.#store.roomsOf(person).find((member) => member.room === room);
  }

  #membership({ room, person, seen }: Member): Membership {
    return { room, unread: this.#store.countUnread(room, person, seen) };
  }

  #idsIn(room: string): string[] {
    const { rooms } = this.#io.sockets.adapter;
    const windows = [...(rooms.get(channel(room)) ?? [])];
    const ids = windows.map((window) => this.#io.sockets.sockets.get(window)?.data.id);
    return [...new Set(ids.filter((id) => id !== undefined))];
  }
}
