/** A tab of the messenger. */
import { io, type Socket } from "socket.io-client";
import type { ClientToServerEvents, PrivateMessage, ServerToClientEvents, UserEntry } from "./events.ts";

/** Where the token is kept: the tabs of a browser share one. */
export type Storage = Map<"sessionID", string>;

/** What a tab knows of another user. */
export interface Contact extends UserEntry {
  typing: boolean;
}

/** One tab. */
export class Tab {
  readonly socket: Socket<ServerToClientEvents, ClientToServerEvents>;
  readonly contacts = new Map<string, Contact>();
  readonly errors: string[] = [];
  readonly log: string[] = [];
  userID = "";
  readonly #storage: Storage;

  constructor(url: string, storage: Storage) {
    this.#storage = storage;
    this.socket = io(url, { autoConnect: false, reconnectionDelay: 5, reconnectionDelayMax: 20 });
    this.socket.onAny((event: string) => this.log.push(event));
    this.socket.on("connect_error", (err) => {
      const { data } = err as { data?: { field: string } };
      this.errors.push(`${err.message}${data === undefined ? "" : `: ${data.field}`}`);
    });
    this.socket.on("session", ({ sessionID, userID }) => {
      this.socket.auth = { sessionID };
      storage.set("sessionID", sessionID);
      this.userID = userID;
    });
    this.socket.on("users", (users) => users.forEach((user) => this.#meet(user)));
    this.socket.on("user connected", (user) => {
      const known = this.contacts.get(user.userID);
      if (known === undefined) this.#meet(user);
      else known.connected = true;
    });
    this.socket.on("user disconnected", (userID) => {
      const contact = this.contacts.get(userID);
      if (contact !== undefined) contact.connected = false;
    });
    this.socket.on("private message", (message) => this.#keep(message));
    this.socket.on("typing", (from) => {
      const contact = this.contacts.get(from);
      if (contact !== undefined) contact.typing = true;
    });
  }

  /** Connects, by the kept token or by name. */
  signIn(username?: string): void {
    const sessionID = this.#storage.get("sessionID");
    this.socket.auth = sessionID === undefined ? { username } : { sessionID };
    this.socket.connect();
  }

  /** The user of a name, if known. */
  find(username: string): Contact | undefined {
    return [...this.contacts.values()].find((contact) => contact.username === username);
  }

  /** Writes to a user, at once or when connected. */
  write(to: string, content: string): void {
    this.socket.emit("private message", { content, to });
    this.#keep({ content, from: this.userID, to });
  }

  #meet(user: UserEntry): void {
    this.contacts.set(user.userID, { ...user, typing: false });
  }

  #keep(message: PrivateMessage): void {
    const other = message.from === this.userID ? message.to : message.from;
    const contact = this.contacts.get(other);
    if (contact === undefined) return;
    contact.messages.push(message);
    contact.typing = false;
  }
}
