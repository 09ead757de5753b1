/** A room that is open in this window. */
import type { History, Message, RoomState } from "../contract.ts";
import { RoomLog, type Entry } from "./room-log.ts";
import { TypingMarks } from "./typing-marks.ts";

export class Room {
  readonly name: string;
  readonly log = new RoomLog();
  readonly typing: TypingMarks;
  /** The ids of those who are in it now. */
  people: string[] = [];
  unread = 0;
  /** The last message that each member has seen. */
  readonly seen = new Map<string, number>();
  /** What a link into it has to carry, if it is private. */
  invite: string | undefined;
  /** Whether the server has messages before the first one here. */
  hasMore = false;
  isLoading = false;
  /** The server's answer has been here. */
  isLoaded = false;

  constructor(name: string, onChange: () => void) {
    this.name = name;
    this.typing = new TypingMarks(onChange);
  }

  /** Takes the server's answer to entering. Returns how many messages had been missed. */
  enter({ messages, quotes, hasMore, isFresh, seen, invite }: RoomState, me: string): number {
    const isReturn = this.isLoaded;
    if (isFresh) this.log.reset();
    if (isFresh) this.hasMore = hasMore;
    this.invite = invite;
    for (const [person, id] of Object.entries(seen)) this.seen.set(person, id);
    this.log.addQuotes(quotes);
    const missed = messages.filter((message) => this.log.addMessage(message) && message.author !== me);
    this.isLoaded = true;
    if (!isReturn) return 0;
    for (const { key } of missed) this.log.find(key)!.isCaughtUp = true;
    return missed.length;
  }

  addOlder({ messages, quotes, hasMore }: History): void {
    this.log.addQuotes(quotes);
    for (const message of messages) this.log.addMessage(message);
    this.hasMore = hasMore;
  }

  addMessage(message: Message): void {
    this.log.addMessage(message);
    this.typing.clear(message.author);
  }

  /** Who has seen an own message, as ids. */
  seenBy(entry: Entry): string[] {
    const { id, author } = entry;
    if (id === undefined) return [];
    return [...this.seen]
      .filter(([person, seen]) => person !== author && seen >= id)
      .map(([person]) => person);
  }

  close(): void {
    this.log.close();
    this.typing.close();
  }
}
