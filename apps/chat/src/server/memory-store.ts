/** The chat's memory where no database can be opened: the same rules, and nothing survives the process. */
import type { Message } from "../contract.ts";
import {
  type Change,
  type Member,
  type NewMessage,
  type Store,
  STORE_LIMITS,
  type StoredFile,
  type StoredPerson,
  type StoreLimits,
} from "./store.ts";

export class MemoryStore implements Store {
  readonly name = "memory";
  /** By number, which grows: the order of the map is theirs. */
  readonly #messages = new Map<number, Message>();
  readonly #files = new Map<number, Uint8Array>();
  readonly #invites = new Map<string, string>();
  readonly #members = new Map<string, Member>();
  readonly #people = new Map<string, StoredPerson>();
  // Both start above the numbers of an earlier process, which pages that reconnect still remember.
  #lastId = Date.now();
  #revision = Date.now();
  readonly #limits: StoreLimits;

  constructor(limits = STORE_LIMITS) {
    this.#limits = limits;
  }

  add({ bytes, ...message }: NewMessage): { message: Message; isNew: boolean } {
    const [earlier] = this.#all(({ key }) => key === message.key);
    if (earlier) return { message: earlier, isNew: false };
    const added = { ...message, id: ++this.#lastId, revision: ++this.#revision, reactions: {} };
    this.#messages.set(added.id, added);
    if (bytes) this.#files.set(added.id, bytes);
    for (const { id } of this.#all(inRoom(message.room)).slice(0, -this.#limits.messagesPerRoom))
      this.#forget(id);
    return { message: added, isNew: true };
  }

  change(id: number, change: Change): Message {
    const { file, ...message } = { ...this.#messages.get(id)!, ...change, revision: ++this.#revision };
    const changed = file && !message.isRemoved ? { ...message, file } : message;
    this.#messages.set(id, changed);
    if (changed.isRemoved) this.#files.delete(id);
    return changed;
  }

  find(id: number): Message | undefined {
    return this.#messages.get(id);
  }

  hasKey(key: string): boolean {
    return this.#all((message) => message.key === key).length > 0;
  }

  before(room: string, id: number, limit: number): Message[] {
    return this.#all(inRoom(room))
      .filter((message) => message.id < id)
      .slice(-limit);
  }

  since(room: string, revision: number, limit: number): Message[] {
    return this.#all(inRoom(room))
      .filter((message) => message.revision > revision)
      .slice(-limit);
  }

  search(rooms: readonly string[], words: string, limit: number): Message[] {
    const wanted = words.toLowerCase();
    const found = this.#all(({ room, text }) => rooms.includes(room) && text.toLowerCase().includes(wanted));
    return found.slice(-limit).reverse();
  }

  file(id: number): StoredFile | undefined {
    const bytes = this.#files.get(id);
    return bytes && { room: this.#messages.get(id)!.room, bytes };
  }

  countUnread(room: string, person: string, id: number): number {
    return this.#all(inRoom(room)).filter((message) => message.author !== person && message.id > id).length;
  }

  rooms(): string[] {
    return [...new Set(this.#all(() => true).map(({ room }) => room))].sort();
  }

  inviteTo(room: string): string | undefined {
    return this.#invites.get(room);
  }

  countPrivate(): number {
    return this.#invites.size;
  }

  makePrivate(room: string, invite: string): void {
    if (!this.#invites.has(room)) this.#invites.set(room, invite);
  }

  saveMember(member: Member): void {
    this.#members.set(`${member.person} ${member.room}`, member);
  }

  removeMember(person: string, room: string): void {
    this.#members.delete(`${person} ${room}`);
  }

  membersOf(room: string): Member[] {
    return [...this.#members.values()].filter((member) => member.room === room);
  }

  roomsOf(person: string): Member[] {
    return [...this.#members.values()].filter((member) => member.person === person);
  }

  savePerson(person: StoredPerson): void {
    this.#people.delete(person.id); // to the end of the map
    this.#people.set(person.id, person);
    const [longestAgo] = this.#people.keys();
    if (this.#people.size <= this.#limits.people || longestAgo === undefined) return;
    this.#people.delete(longestAgo);
    for (const { room } of this.roomsOf(longestAgo)) this.removeMember(longestAgo, room);
  }

  person(id: string): StoredPerson | undefined {
    return this.#people.get(id);
  }

  people(limit: number): StoredPerson[] {
    return [...this.#people.values()].reverse().slice(0, limit);
  }

  close(): void {
    this.#messages.clear();
    this.#files.clear();
  }

  #all(accept: (message: Message) => boolean): Message[] {
    return [...this.#messages.values()].filter(accept);
  }

  #forget(id: number): void {
    this.#messages.delete(id);
    this.#files.delete(id);
  }
}

function inRoom(room: string): (message: Message) => boolean {
  return (message) => message.room === room;
}
