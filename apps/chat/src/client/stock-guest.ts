/** Somebody in the same room with the client of Socket.IO from the registry, as anybody may have it. */
import type { ClientEmitOf, ClientListenOf } from "@telsiz/events";
import { io, type Socket } from "socket.io-client";
import type { chat, Message } from "../contract.ts";
import { randomHex } from "../random-hex.ts";
import { Changes } from "./changes.ts";
import { whyRefused } from "./connection.ts";
import { type Refusal, sentenceOf } from "./requests.ts";

type StockSocket = Socket<ClientListenOf<typeof chat>, ClientEmitOf<typeof chat>>;

/** Lines that are shown. */
const SHOWN = 20;

export class StockGuest {
  readonly name = `Stock ${Math.floor(100 + Math.random() * 900)}`;
  readonly room: string;
  readonly changes = new Changes();
  lines: readonly string[] = [];
  isOnline = false;
  readonly #socket: StockSocket;

  constructor(room: string) {
    this.room = room;
    const socket: StockSocket = io("/", {
      forceNew: true,
      auth: { name: this.name, secret: randomHex(16) },
    });
    this.#socket = socket;
    socket.on("connect", () => this.#join());
    socket.on("disconnect", () => this.#setOnline(false));
    socket.on("connect_error", (error) => this.#note(whyRefused(error)));
    socket.on("message", (message, received) => {
      received();
      if (message.room === room) this.#show(message);
    });
  }

  say(text: string): void {
    const draft = { room: this.room, key: randomHex(16), text };
    this.#socket.emit("message", draft, (answer) =>
      this.#note(isRefusal(answer) ? sentenceOf(answer.error) : `${this.name}: ${text}`),
    );
  }

  leave(): void {
    this.#socket.emit("leave", this.room, () => this.#socket.disconnect());
  }

  #join(): void {
    this.#socket.emit("join", this.room, 0, (answer) => {
      if (isRefusal(answer)) return this.#note(sentenceOf(answer.error));
      for (const message of answer.messages.slice(-3)) this.#show(message);
      this.#setOnline(true);
    });
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

/** A client that knows nothing of contracts gets an error as a value (docs/contracts.md, "With stock peers"). */
function isRefusal(answer: object): answer is { error: Refusal } {
  return "error" in answer;
}
