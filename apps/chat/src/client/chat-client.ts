/** The chat in this window: one socket, the rooms that are open, and what to show of them. */
import { io, type Socket } from "@telsiz/client";
import type {
  ClientToServer,
  Credentials,
  Draft,
  Message,
  Picture,
  RoomSummary,
  ServerToClient,
} from "../events.ts";
import { randomHex } from "../random-hex.ts";
import { Outbox, type OutboxOwner } from "./outbox.ts";
import { RoomLog } from "./room-log.ts";
import { TypingMarks } from "./typing-marks.ts";

type ChatSocket = Socket<ServerToClient, ClientToServer>;

export type Connection =
  | { state: "connecting" }
  | { state: "online"; transport: string }
  | { state: "reconnecting"; attempt: number }
  /** The server turned the name down; it says why. */
  | { state: "refused"; problem: string }
  /** Another window has taken over. */
  | { state: "replaced" };

export interface OpenRoom {
  readonly log: RoomLog;
  readonly typing: TypingMarks;
  people: string[];
  unread: number;
}

/** How long the server may take to keep a message, in milliseconds. */
const ANSWER_TIMEOUT = 6000;
/** The same for a picture, which takes longer to travel. */
const PICTURE_TIMEOUT = 30_000;
/** How often others are told that somebody goes on typing, in milliseconds. */
const TYPING_INTERVAL = 1500;

export class ChatClient {
  readonly name: string;
  readonly rooms = new Map<string, OpenRoom>();
  connection: Connection = { state: "connecting" };
  /** Every room there is, open here or not. */
  directory: RoomSummary[] = [];
  current = "";
  /** Why the last attempt to open a room was refused. */
  notice = "";

  readonly #socket: ChatSocket;
  readonly #outbox: Outbox;
  readonly #watchers = new Set<() => void>();
  #typingSentAt = 0;

  constructor(credentials: Credentials) {
    this.name = credentials.name;
    this.#socket = io("/", { auth: { ...credentials }, autoConnect: false, reconnectionDelayMax: 3000 });
    this.#outbox = new Outbox(this.#outboxOwner());
  }

  start(): void {
    const socket = this.#socket;
    socket.on("connect", () => this.#onConnect());
    socket.on("disconnect", (reason) => {
      this.#setConnection(
        reason === "io server disconnect" ? { state: "replaced" } : { state: "reconnecting", attempt: 0 },
      );
    });
    socket.on("connect_error", (error) => {
      // Active sockets try again by themselves; a refused one does not.
      if (!socket.active) this.#setConnection({ state: "refused", problem: error.message });
    });
    socket.io.on("reconnect_attempt", (attempt) => this.#setConnection({ state: "reconnecting", attempt }));

    socket.on("rooms", (rooms) => {
      this.directory = rooms;
      this.#changed();
    });
    socket.on("people", (room, names) => this.#update(room, (open) => (open.people = names)));
    socket.on("typing", (room, name) => this.rooms.get(room)?.typing.set(name));
    socket.on("message", (message, received) => {
      received();
      this.#onMessage(message);
    });
    socket.on("delivered", (key, pages) => {
      const entry = this.#findEntry(key);
      if (entry && pages > 0) Object.assign(entry, { status: "delivered", pages });
      this.#changed();
    });
    socket.connect();
  }

  close(): void {
    this.#socket.disconnect();
    for (const { log, typing } of this.rooms.values()) {
      log.close();
      typing.close();
    }
    this.rooms.clear();
  }

  /** Tells `watcher` of every change, until the returned function is called. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** Shows a room, and enters it first if need be. */
  open(room: string): void {
    this.notice = "";
    this.current = room;
    const known = this.rooms.get(room);
    if (known) known.unread = 0;
    else {
      this.rooms.set(room, {
        log: new RoomLog(),
        typing: new TypingMarks(this.#changed),
        people: [],
        unread: 0,
      });
      if (this.#socket.connected) void this.#join(room);
    }
    this.#changed();
  }

  leave(room: string): void {
    this.#forget(room);
    if (this.#socket.connected) this.#socket.emit("leave", room, () => {});
    this.#changed();
  }

  send(text: string, picture?: Picture): void {
    const draft: Draft = { room: this.current, key: randomHex(16), text, ...(picture && { picture }) };
    this.rooms.get(this.current)?.log.addDraft(draft, this.name);
    this.#typingSentAt = 0;
    this.#outbox.add(draft);
    this.#changed();
  }

  retry(key: string): void {
    this.#outbox.retry(key);
  }

  /** Fetches the picture of a message from the history. */
  async loadPicture(room: string, key: string): Promise<void> {
    const log = this.rooms.get(room)?.log;
    const id = log?.find(key)?.id;
    if (id === undefined) return;
    try {
      const answer = await this.#socket.timeout(PICTURE_TIMEOUT).emitWithAck("picture", id);
      if (answer.ok) log?.addPicture(key, answer.value);
      this.#changed();
    } catch {
      // The connection went away: the row asks again when it is shown anew.
    }
  }

  noteTyping(): void {
    if (Date.now() - this.#typingSentAt < TYPING_INTERVAL) return;
    this.#typingSentAt = Date.now();
    this.#socket.volatile.emit("typing", this.current);
  }

  /** Drops the connection, to see what happens: it comes back by itself. */
  cut(): void {
    this.#socket.io.engine.close();
  }

  /** Takes the name back from another window. */
  takeOver(): void {
    this.#setConnection({ state: "connecting" });
    this.#socket.connect();
  }

  #onConnect(): void {
    const showTransport = (): void => {
      this.#setConnection({ state: "online", transport: this.#socket.io.engine.transport.name });
    };
    showTransport();
    this.#socket.io.engine.once("upgrade", showTransport);
    // On one connection events arrive in order: the rooms are entered before the drafts get there.
    for (const room of this.rooms.keys()) void this.#join(room);
    this.#outbox.flush();
  }

  async #join(room: string): Promise<void> {
    const log = this.rooms.get(room)?.log;
    if (!log) return;
    try {
      const answer = await this.#socket.timeout(ANSWER_TIMEOUT).emitWithAck("join", room, log.lastId);
      if (answer.ok) {
        for (const message of answer.value) log.addMessage(message);
        this.#changed();
      } else {
        this.notice = answer.problem;
        this.#forget(room);
        this.#changed();
      }
    } catch {
      // The connection was lost meanwhile: the next one enters the room again.
    }
  }

  #forget(room: string): void {
    this.rooms.get(room)?.log.close();
    this.rooms.get(room)?.typing.close();
    this.rooms.delete(room);
    if (this.current === room) this.current = [...this.rooms.keys()].at(-1) ?? "";
  }

  #onMessage(message: Message): void {
    this.#update(message.room, (open) => {
      open.log.addMessage(message);
      open.typing.clear(message.from);
      if (message.room !== this.current) open.unread += 1;
    });
  }

  #outboxOwner(): OutboxOwner {
    const socket = this.#socket;
    const set = (key: string, change: object): void => {
      const entry = this.#findEntry(key);
      if (entry) Object.assign(entry, change);
      this.#changed();
    };
    return {
      get isConnected() {
        return socket.connected;
      },
      send: (draft) => {
        const limit = draft.picture ? PICTURE_TIMEOUT : ANSWER_TIMEOUT;
        return socket.timeout(limit).emitWithAck("message", draft);
      },
      onSending: ({ key }) => set(key, { status: "sending" }),
      onWaiting: ({ key }) => set(key, { status: "waiting" }),
      onFailed: ({ key }, problem) => set(key, { status: "failed", problem }),
      onSent: ({ room, key }, receipt) => {
        this.rooms.get(room)?.log.addReceipt(key, receipt);
        this.#changed();
      },
    };
  }

  #findEntry(key: string): ReturnType<RoomLog["find"]> {
    for (const { log } of this.rooms.values()) {
      const entry = log.find(key);
      if (entry) return entry;
    }
    return undefined;
  }

  #update(room: string, change: (open: OpenRoom) => void): void {
    const open = this.rooms.get(room);
    if (!open) return;
    change(open);
    this.#changed();
  }

  #setConnection(connection: Connection): void {
    this.connection = connection;
    this.#changed();
  }

  readonly #changed = (): void => {
    for (const watcher of this.#watchers) watcher();
  };
}
