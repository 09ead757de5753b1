/** Messages: posted, delivered, changed, found again. A message is kept before it is acknowledged. */
import type { Draft, Message, Quote, Receipt, RoomState } from "../events.ts";
import { channel, type ChatServer, type ChatSocket, chatRooms, isIn, windowsOf } from "./chat-server.ts";
import { Refusal } from "./input.ts";
import type { NewMessage, Store } from "./store.ts";
import type { Uploads } from "./uploads.ts";

/** Messages that a newcomer to a room gets to see, and that scrolling up brings. */
const PAGE = 50;
/** Messages that a page may have missed and still go on with what it has. */
const MISSED = 500;
/** How long the pages of a room have to confirm a message, in milliseconds. */
const DELIVERY_TIMEOUT = 4000;
/** People who may react to a message. */
const REACTING = 200;

type History = Omit<RoomState, "seen" | "invite">;

export class Posts {
  readonly #io: ChatServer;
  readonly #store: Store;
  readonly #uploads: Uploads;

  constructor(io: ChatServer, store: Store, uploads: Uploads) {
    this.#io = io;
    this.#store = store;
    this.#uploads = uploads;
  }

  /** @throws Refusal */
  post(author: ChatSocket, draft: Draft): Receipt {
    requireRoom(author, draft.room);
    const { message, isNew } = this.#store.add(this.#toMessage(author, draft));
    if (isNew) void this.#deliver(author, message);
    const { id, revision, sentAt } = message;
    return { id, revision, sentAt };
  }

  /** @throws Refusal */
  edit(socket: ChatSocket, id: number, text: string): null {
    this.#own(socket, id);
    return this.#tell(this.#store.change(id, { text, editedAt: Date.now() }));
  }

  /** @throws Refusal */
  remove(socket: ChatSocket, id: number): null {
    this.#own(socket, id);
    return this.#tell(this.#store.change(id, { text: "", isRemoved: true, reactions: {} }));
  }

  /** @throws Refusal */
  react(socket: ChatSocket, id: number, emoji: string, isOn: boolean): null {
    const { reactions, isRemoved } = this.#visible(socket, id);
    if (isRemoved) throw new Refusal("This message is gone.");
    const others = (reactions[emoji] ?? []).filter((person) => person !== socket.data.id);
    if (isOn && others.length >= REACTING) throw new Refusal("Enough people feel like that.");
    const now = { ...reactions, [emoji]: isOn ? [...others, socket.data.id] : others };
    const felt = Object.entries(now).filter(([, people]) => people.length > 0);
    return this.#tell(this.#store.change(id, { reactions: Object.fromEntries(felt) }));
  }

  /** What came or changed after a revision, or the newest messages for somebody who has none, or too old ones. */
  stateOf(room: string, revision: number): History {
    const missed = revision === 0 ? undefined : this.#store.since(room, revision, MISSED);
    if (!missed || missed.length === MISSED) return this.#page(room, Number.MAX_SAFE_INTEGER);
    return { messages: missed, quotes: this.#quotesIn(missed), hasMore: true, isFresh: false };
  }

  /** @throws Refusal */
  older(socket: ChatSocket, room: string, id: number): RoomState {
    requireRoom(socket, room);
    return { ...this.#page(room, id), seen: {} };
  }

  search(socket: ChatSocket, words: string): Message[] {
    return this.#store.search(chatRooms(socket.rooms), words, PAGE);
  }

  /** @throws Refusal */
  file(socket: ChatSocket, id: number): Uint8Array {
    const file = this.#store.file(id);
    if (!file || !isIn(socket, file.room)) throw new Refusal("There is no such file.");
    return file.bytes;
  }

  /** The number of the last message in a room, 0 for none. */
  lastIn(room: string): number {
    return this.#store.before(room, Number.MAX_SAFE_INTEGER, 1)[0]?.id ?? 0;
  }

  #toMessage(author: ChatSocket, draft: Draft): NewMessage {
    const { id, name } = author.data;
    const { replyTo, file, key } = draft;
    if (replyTo !== undefined && this.#store.find(replyTo)?.room !== draft.room)
      throw new Refusal("There is no such message to answer.");
    const message = { ...draft, author: id, from: name, sentAt: Date.now() };
    // Sent once more after its acknowledgement was lost, the message is here already and its file is not on the way.
    if (this.#store.hasKey(key)) this.#uploads.drop(id, key);
    else if (file) return { ...message, bytes: this.#uploads.take(id, key, file.size) };
    return message;
  }

  /** Sends a message to everybody in its room, and tells the author how many windows of others have it. */
  async #deliver(author: ChatSocket, message: Message): Promise<void> {
    const mine = windowsOf(author.data.id);
    author.to(mine).emit("changed", message);
    const others = this.#io.to(channel(message.room)).except(mine).timeout(DELIVERY_TIMEOUT);
    const answers = await others.emitWithAck("message", message).catch(answersInTime);
    this.#io.to(mine).emit("delivered", message.key, answers.length);
  }

  #tell(message: Message): null {
    this.#io.to(channel(message.room)).emit("changed", message);
    return null;
  }

  #visible(socket: ChatSocket, id: number): Message {
    const message = this.#store.find(id);
    if (!message || !isIn(socket, message.room)) throw new Refusal("There is no such message.");
    return message;
  }

  #own(socket: ChatSocket, id: number): void {
    const { author, isRemoved } = this.#visible(socket, id);
    if (author !== socket.data.id) throw new Refusal("This message is somebody else's.");
    if (isRemoved) throw new Refusal("This message is gone.");
  }

  /** The messages before one, and whether there are more. */
  #page(room: string, id: number): History {
    const found = this.#store.before(room, id, PAGE + 1);
    const messages = found.slice(-PAGE);
    return { messages, quotes: this.#quotesIn(messages), hasMore: found.length > PAGE, isFresh: true };
  }

  #quotesIn(messages: readonly Message[]): Record<number, Quote> {
    const quotes: Record<number, Quote> = {};
    for (const { replyTo } of messages) {
      const quoted = replyTo === undefined ? undefined : this.#store.find(replyTo);
      if (quoted) quotes[quoted.id] = { from: quoted.from, text: quoted.text.slice(0, 140) };
    }
    return quotes;
  }
}

function requireRoom(socket: ChatSocket, room: string): void {
  if (!isIn(socket, room)) throw new Refusal("Join the room first.");
}

/** What had been answered when the time was up: the error of a broadcast carries it. */
function answersInTime(error: unknown): unknown[] {
  return (error as { responses?: unknown[] }).responses ?? [];
}
