/** Messages: posted, delivered, changed, found again. A message is kept before it is acknowledged. */
import type { Draft, History, Message, Quote, Receipt } from "../contract.ts";
import {
  channel,
  type ChatServer,
  type ChatSocket,
  chatRooms,
  isIn,
  type Refusing,
  windowsOf,
} from "./chat-server.ts";
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

type PostError = "NOT_IN_ROOM" | "NO_SUCH_MESSAGE" | "FILE_MISSING";
type ChangeError = "NO_SUCH_MESSAGE" | "NOT_YOURS" | "GONE";
type ReactError = "NO_SUCH_MESSAGE" | "GONE" | "TOO_MANY_REACTIONS";

export class Posts {
  readonly #io: ChatServer;
  readonly #store: Store;
  readonly #uploads: Uploads;

  constructor(io: ChatServer, store: Store, uploads: Uploads) {
    this.#io = io;
    this.#store = store;
    this.#uploads = uploads;
  }

  post(author: ChatSocket, draft: Draft, ctx: Refusing<PostError>): Receipt {
    requireRoom(author, draft.room, ctx);
    const { message, isNew } = this.#store.add(this.#toMessage(author, draft, ctx));
    if (isNew) void this.#deliver(author, message);
    const { id, revision, sentAt } = message;
    return { id, revision, sentAt };
  }

  edit(socket: ChatSocket, id: number, text: string, ctx: Refusing<ChangeError>): void {
    this.#own(socket, id, ctx);
    this.#tell(this.#store.change(id, { text, editedAt: Date.now() }));
  }

  remove(socket: ChatSocket, id: number, ctx: Refusing<ChangeError>): void {
    this.#own(socket, id, ctx);
    this.#tell(this.#store.change(id, { text: "", isRemoved: true, reactions: {} }));
  }

  react(socket: ChatSocket, id: number, emoji: string, isOn: boolean, ctx: Refusing<ReactError>): void {
    const { reactions } = this.#present(socket, id, ctx);
    const others = (reactions[emoji] ?? []).filter((person) => person !== socket.data.id);
    if (isOn && others.length >= REACTING) ctx.fail("TOO_MANY_REACTIONS", "Enough people feel like that.");
    const now = { ...reactions, [emoji]: isOn ? [...others, socket.data.id] : others };
    const felt = Object.entries(now).filter(([, people]) => people.length > 0);
    this.#tell(this.#store.change(id, { reactions: Object.fromEntries(felt) }));
  }

  /** What came or changed after a revision, or the newest messages for somebody who has none, or too old ones. */
  stateOf(room: string, revision: number): History {
    const missed = revision === 0 ? undefined : this.#store.since(room, revision, MISSED);
    if (!missed || missed.length === MISSED) return this.#page(room, Number.MAX_SAFE_INTEGER);
    return { messages: missed, quotes: this.#quotesIn(missed), hasMore: true, isFresh: false };
  }

  older(socket: ChatSocket, room: string, id: number, ctx: Refusing<"NOT_IN_ROOM">): History {
    requireRoom(socket, room, ctx);
    return this.#page(room, id);
  }

  search(socket: ChatSocket, words: string): Message[] {
    return this.#store.search(chatRooms(socket.rooms), words, PAGE);
  }

  file(socket: ChatSocket, id: number, ctx: Refusing<"NO_SUCH_FILE">): Uint8Array {
    const file = this.#store.file(id);
    if (!file || !isIn(socket, file.room)) ctx.fail("NO_SUCH_FILE", "There is no such file.");
    return file.bytes;
  }

  /** The number of the last message in a room, 0 for none. */
  lastIn(room: string): number {
    return this.#store.before(room, Number.MAX_SAFE_INTEGER, 1)[0]?.id ?? 0;
  }

  #toMessage(author: ChatSocket, draft: Draft, ctx: Refusing<PostError>): NewMessage {
    const { id, name } = author.data;
    const { replyTo, file, key } = draft;
    if (replyTo !== undefined && this.#store.find(replyTo)?.room !== draft.room)
      ctx.fail("NO_SUCH_MESSAGE", "There is no such message to answer.");
    const message = { ...draft, author: id, from: name, sentAt: Date.now() };
    // Sent once more after its acknowledgement was lost, the message is here already and its file is not on the way.
    if (this.#store.hasKey(key)) this.#uploads.drop(id, key);
    else if (file) return { ...message, bytes: this.#uploads.take(id, key, file.size, ctx) };
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

  #tell(message: Message): void {
    this.#io.to(channel(message.room)).emit("changed", message);
  }

  /** A message that this person sees, and that nobody took back. */
  #present(socket: ChatSocket, id: number, ctx: Refusing<"NO_SUCH_MESSAGE" | "GONE">): Message {
    const message = this.#store.find(id);
    if (!message || !isIn(socket, message.room)) ctx.fail("NO_SUCH_MESSAGE", "There is no such message.");
    if (message.isRemoved) ctx.fail("GONE", "This message is gone.");
    return message;
  }

  /** Fails unless it is this person's own. */
  #own(socket: ChatSocket, id: number, ctx: Refusing<ChangeError>): void {
    const { author } = this.#present(socket, id, ctx);
    if (author !== socket.data.id) ctx.fail("NOT_YOURS", "This message is somebody else's.");
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

function requireRoom(socket: ChatSocket, room: string, ctx: Refusing<"NOT_IN_ROOM">): void {
  if (!isIn(socket, room)) ctx.fail("NOT_IN_ROOM", "Join the room first.");
}

/** What had been answered when the time was up: the error of a broadcast carries it. */
function answersInTime(error: unknown): unknown[] {
  return (error as { responses?: unknown[] }).responses ?? [];
}
