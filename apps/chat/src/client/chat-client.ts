/** The chat in this window: one socket, the rooms that are open, and what to show of them. */
import { io, type Socket } from "@telsiz/client";
import type { ClientEmitOf, ClientListenOf } from "@telsiz/events";
import {
  chat,
  type Credentials,
  type Draft,
  type Membership,
  type Message,
  type Person,
  type RoomSummary,
  type Welcome,
} from "../contract.ts";
import { directPair, directRoom } from "../direct-room.ts";
import { randomHex } from "../random-hex.ts";
import { Changes } from "./changes.ts";
import { type Connection, watchConnection } from "./connection.ts";
import { remember } from "./identity.ts";
import { Mischief } from "./mischief.ts";
import { Outbox, type OutboxOwner, type Parcel } from "./outbox.ts";
import { ANSWER_TIMEOUT, FILE_TIMEOUT, problemOf, sendPieces } from "./requests.ts";
import { Room } from "./room.ts";
import type { Entry } from "./room-log.ts";
import { Toasts } from "./toasts.ts";
import { WireLog } from "./wire-log.ts";

export type ChatSocket = Socket<ClientListenOf<typeof chat>, ClientEmitOf<typeof chat>>;

/** How often others are told that somebody goes on typing, in milliseconds. */
const TYPING_INTERVAL = 1500;

export class ChatClient {
  readonly rooms = new Map<string, Room>();
  readonly people = new Map<string, Person>();
  readonly toasts: Toasts;
  readonly wire: WireLog;
  readonly mischief: Mischief;
  /** Known once the server has said welcome. */
  me: Person | undefined;
  connection: Connection = { state: "connecting" };
  /** Every room that is open to all, open here or not. */
  directory: RoomSummary[] = [];
  current = "";
  /** Why the last attempt to open a room was refused. */
  notice = "";

  readonly #credentials: Credentials;
  readonly #socket: ChatSocket;
  readonly #outbox: Outbox;
  readonly #changes = new Changes();
  /** What links into rooms carried that could not be entered yet. */
  readonly #invites = new Map<string, string | undefined>();
  #typingSentAt = 0;
  /** Nobody has touched the page for a while: each new connection has to be told. */
  #isIdle = false;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
    this.#socket = io("/", {
      contract: chat,
      auth: (give) => give({ ...this.#credentials }),
      autoConnect: false,
      // Without this it opens a WebSocket at once; in this order the wire shows how a session moves to one.
      transports: ["polling", "websocket"],
      reconnectionDelayMax: 3000,
    });
    this.#outbox = new Outbox(this.#outboxOwner());
    this.toasts = new Toasts(this.#changes.tell);
    this.wire = new WireLog(this.#socket.io);
    this.mischief = new Mischief(this.#socket, this.toasts);
  }

  get name(): string {
    return this.me?.name ?? this.#credentials.name;
  }

  get #ask(): ReturnType<ChatSocket["timeout"]> {
    return this.#socket.timeout(ANSWER_TIMEOUT);
  }

  /** Messages that wait for the connection. */
  get waiting(): number {
    return this.#outbox.size;
  }

  start(): void {
    const socket = this.#socket;
    watchConnection(socket, (connection) => {
      this.connection = connection;
      this.#changes.tell();
    });
    socket.on("connect", () => this.#onConnect());
    socket.on("welcome", (welcome) => this.#onWelcome(welcome));
    socket.on("rooms", (rooms) => {
      this.directory = rooms;
      this.#changes.tell();
    });
    socket.on("person", (person) => this.#onPerson(person));
    socket.on("people", (room, ids) => this.#update(room, (open) => (open.people = ids)));
    socket.on("joined", (membership) => this.#add(membership));
    socket.on("left", (room) => this.#forget(room));
    socket.on("typing", (room, person) => this.rooms.get(room)?.typing.set(person));
    socket.handle("message", (message) => this.#onMessage(message));
    socket.on("changed", (message) => this.#update(message.room, (open) => open.addMessage(message)));
    socket.on("delivered", (key, pages) => {
      const entry = this.#findEntry(key);
      if (entry && pages > 0) Object.assign(entry, { status: "delivered", pages });
      this.#changes.tell();
    });
    socket.on("seen", (room, person, id) => this.#onSeen(room, person, id));
    socket.connect();
  }

  close(): void {
    this.#socket.disconnect();
    for (const room of this.rooms.values()) room.close();
    this.rooms.clear();
  }

  /** Calls `watcher` after every change, until the returned function is called. */
  watch(watcher: () => void): () => void {
    return this.#changes.watch(watcher);
  }

  // Rooms

  /** Shows a room, and enters it first if need be. @param invite what a link into a private room carries */
  open(room: string, invite?: string): void {
    this.notice = "";
    this.current = room;
    if (!this.rooms.has(room)) {
      this.rooms.set(room, new Room(room, this.#changes.tell));
      if (this.#socket.connected) void this.#join(room, invite);
      else this.#invites.set(room, invite);
    }
    this.#changes.tell();
  }

  /** Opens the room in which one writes to another person alone. */
  write(person: string): void {
    if (this.me) this.open(directRoom(this.me.id, person));
  }

  async create(room: string, isPrivate: boolean): Promise<void> {
    await this.#ask.emitWithAck("create", room, isPrivate);
    this.open(room);
  }

  leave(room: string): void {
    this.#forget(room);
    this.#socket.emit("leave", room);
  }

  /** What a room is called here: one with another person has their name. */
  titleOf(room: string): string {
    const pair = directPair(room);
    if (!pair) return room;
    const other = pair.find((id) => id !== this.me?.id) ?? pair[0];
    return this.people.get(other)?.name ?? "Somebody";
  }

  nameOf(person: string): string {
    return this.people.get(person)?.name ?? "Somebody";
  }

  /** The messages before the first one shown. */
  async loadOlder(): Promise<void> {
    const room = this.rooms.get(this.current);
    if (!room || !room.hasMore || room.isLoading || !this.#socket.connected) return;
    room.isLoading = true;
    this.#changes.tell();
    try {
      room.addOlder(await this.#ask.emitWithAck("older", room.name, room.log.firstId));
    } catch {
      // Scrolling up asks again.
    } finally {
      room.isLoading = false;
      this.#changes.tell();
    }
  }

  search(words: string): Promise<Message[]> {
    return this.#ask.emitWithAck("search", words);
  }

  // Messages

  send(text: string, file?: File, replyTo?: number): void {
    const note = file && { name: file.name.slice(-120), type: file.type, size: file.size };
    const draft: Draft = {
      room: this.current,
      key: randomHex(16),
      text,
      ...(note && { file: note }),
      ...(replyTo !== undefined && { replyTo }),
    };
    const me = { author: this.me?.id ?? "", from: this.name };
    this.rooms.get(this.current)?.log.addDraft(draft, me, file);
    this.#typingSentAt = 0;
    this.#outbox.add({ draft, bytes: file });
    this.#changes.tell();
  }

  retry(key: string): void {
    this.#outbox.retry(key);
  }

  isMine({ author }: Entry): boolean {
    return author === "" || author === this.me?.id;
  }

  edit(id: number, text: string): void {
    this.#request(this.#ask.emitWithAck("edit", id, text));
  }

  remove(id: number): void {
    this.#request(this.#ask.emitWithAck("remove", id));
  }

  react(id: number, emoji: string, isOn: boolean): void {
    this.#request(this.#ask.emitWithAck("react", id, emoji, isOn));
  }

  /** Fetches the file of a message. */
  async loadFile({ id, key }: Entry): Promise<void> {
    const log = this.rooms.get(this.current)?.log;
    if (id === undefined || !log) return;
    try {
      log.addFile(key, await this.#socket.timeout(FILE_TIMEOUT).emitWithAck("file", id));
      this.#changes.tell();
    } catch {
      // The connection went away: the row asks again when it is back.
    }
  }

  noteTyping(): void {
    if (Date.now() - this.#typingSentAt < TYPING_INTERVAL) return;
    this.#typingSentAt = Date.now();
    this.#socket.volatile.emit("typing", this.current);
  }

  /** Everything in the room that is shown has been seen. */
  noteSeen(): void {
    const room = this.rooms.get(this.current);
    if (!room || !this.me || !this.#socket.connected || document.visibilityState === "hidden") return;
    const { lastId } = room.log;
    const isNew = lastId > (room.seen.get(this.me.id) ?? 0);
    if (!isNew && room.unread === 0) return;
    room.unread = 0;
    room.seen.set(this.me.id, lastId);
    if (isNew) this.#socket.emit("seen", room.name, lastId);
    this.#changes.tell();
  }

  // The person

  async rename(name: string): Promise<void> {
    this.#onPerson(await this.#ask.emitWithAck("rename", name));
  }

  setIdle(isIdle: boolean): void {
    this.#isIdle = isIdle;
    if (this.#socket.connected) this.#socket.emit("idle", isIdle);
  }

  #onConnect(): void {
    // On one connection events arrive in order: the rooms are entered before the drafts get there.
    for (const room of this.rooms.keys()) void this.#join(room, this.#invites.get(room));
    if (this.#isIdle) this.#socket.emit("idle", true);
    this.#outbox.flush();
    this.mischief.onConnect();
  }

  #onWelcome({ me, people, memberships }: Welcome): void {
    this.me = me;
    for (const person of people) this.people.set(person.id, person);
    for (const membership of memberships) this.#add(membership);
    this.#changes.tell();
  }

  #onPerson(person: Person): void {
    this.people.set(person.id, person);
    if (person.id === this.me?.id && person.presence !== "away") {
      this.me = person;
      this.#credentials.name = person.name;
      remember(person.name);
    }
    this.#changes.tell();
  }

  /** Opens a room without showing it. */
  #add({ room, unread }: Membership): void {
    const known = this.rooms.get(room);
    const open = known ?? new Room(room, this.#changes.tell);
    if (room !== this.current) open.unread = unread;
    this.rooms.set(room, open);
    if (!known) void this.#join(room);
    this.#changes.tell();
  }

  async #join(name: string, invite?: string): Promise<void> {
    const room = this.rooms.get(name)!;
    this.#invites.delete(name);
    try {
      if (invite !== undefined) this.#socket.emit("redeem", name, invite);
      const state = await this.#ask.emitWithAck("join", name, room.log.revision);
      const missed = room.enter(state, this.me?.id ?? "");
      if (name !== this.current) room.unread += missed;
      this.mischief.onMissed(missed);
    } catch (error) {
      if (!this.#socket.connected) return; // the next connection enters the room again
      this.notice = problemOf(error);
      this.#forget(name);
    }
    this.#changes.tell();
  }

  #forget(room: string): void {
    this.rooms.get(room)?.close();
    this.rooms.delete(room);
    if (this.current === room) this.current = [...this.rooms.keys()].at(-1) ?? "";
    this.#changes.tell();
  }

  #onMessage(message: Message): void {
    this.#update(message.room, (open) => {
      open.addMessage(message);
      if (message.room !== this.current || document.visibilityState === "hidden") open.unread += 1;
    });
  }

  #onSeen(room: string, person: string, id: number): void {
    this.#update(room, (open) => {
      open.seen.set(person, Math.max(id, open.seen.get(person) ?? 0));
      if (person === this.me?.id) open.unread = 0;
    });
  }

  #request(answer: Promise<void>): void {
    answer.catch((error: unknown) => this.toasts.add(problemOf(error)));
  }

  #outboxOwner(): OutboxOwner {
    const socket = this.#socket;
    const set = (key: string, change: Partial<Entry>): void => {
      const entry = this.#findEntry(key);
      if (entry) Object.assign(entry, change);
      this.#changes.tell();
    };
    const send = async ({ draft, bytes }: Parcel): ReturnType<OutboxOwner["send"]> => {
      const { key } = draft;
      const put = socket.timeout(FILE_TIMEOUT);
      if (bytes) {
        await sendPieces(
          bytes,
          (offset, piece) => put.emitWithAck("piece", key, bytes.size, offset, piece),
          (progress) => set(key, { progress }),
        );
      }
      return this.#ask.emitWithAck("message", draft);
    };
    return {
      get isConnected() {
        return socket.connected;
      },
      send,
      onSending: ({ key }) => set(key, { status: "sending" }),
      onWaiting: ({ key }) => set(key, { status: "waiting" }),
      onFailed: ({ key }, problem) => set(key, { status: "failed", problem }),
      onSent: ({ room, key }, receipt) => {
        this.rooms.get(room)?.log.addReceipt(key, receipt);
        this.#changes.tell();
      },
    };
  }

  #findEntry(key: string): Entry | undefined {
    for (const { log } of this.rooms.values()) {
      const entry = log.find(key);
      if (entry) return entry;
    }
    return undefined;
  }

  #update(room: string, change: (open: Room) => void): void {
    const open = this.rooms.get(room);
    if (!open) return;
    change(open);
    this.#changes.tell();
  }
}
