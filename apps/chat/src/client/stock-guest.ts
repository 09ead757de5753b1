/** Somebody in the same room with the client of Socket.IO from the registry, as anybody may have it. */
import { io, type Socket } from "socket.io-client";
import {
  type ClientToServer,
  type Message,
  type Reply,
  type RoomState,
  type ServerToClient,
} from "../events.ts";
import { randomHex } from "../random-hex.ts";
import { Changes } from "./changes.ts";

/** Lines that are shown. */
const SHOWN = 20;

export class StockGuest {
  readonly name = `Stock ${Math.floor(100 + Math.random() * 900)}`;
  readonly room: string;
  readonly changes = new Changes();
  lines: readonly string[] = [];
  isOnline = false;
  readonly #socket: Socket<ServerToClient, ClientToServer>;

  constructor(room: string) {
    this.room = room;
    const socket: Socket<ServerToClient, ClientToServer> = io("/", {
      forceNew: true,
      auth: { name: this.name, secret: randomHex(16) },
    });
    this.#socket = socket;
    socket.on("connect", () => socket.emit("join", room, 0, (answer) => this.#onJoined(answer)));
    socket.on("disconnect", () => this.#setOnline(false));
    socket.on("connect_error", (error) => this.#note(error.message));
    socket.on("message", (message, received) => {
      received();
      if (message.room === room) this.#show(message);
    });
  }

  say(text: string): void {
    const draft = { room: this.room, key: randomHex(16), text };
    this.#socket.emit("message", draft, (answer) =>
      this.#note(answer.ok ? `${this.name}: ${text}` : answer.problem),
    );
  }

  leave(): void {
    this.#socket.emit("leave", this.room, () => this.#socket.disconnect());
  }

  #onJoined(answer: Reply<RoomState>): void {
    if (!answer.ok) return this.#note(answer.problem);
    for (const message of answer.value.messages.slice(-3)) this.#show(message);
    this.#setOnline(true);
  }

  #show({ from, text, file }: Message): void {
    this.#note(`${from}: ${text || (file ? `(${file.name})` : "(deleted)")}`);
  }

  #note(line: string): void {
    this.lines = [...this.lines, line].slice(-SHOWN);
    this.changes.tell();
  }

  #setOnline(isOnline: boolean): void {
    this.isOnline = isOnline;
    this.changes.tell();
  }
}
