/** What the chat asks of the place where it keeps messages, rooms and people. */
import type { Message } from "../contract.ts";

/** A message that has no number yet. */
export type NewMessage = Omit<Message, "id" | "revision" | "reactions"> & { bytes?: Uint8Array };

/** What may become of a message. */
export type Change = Partial<Pick<Message, "text" | "editedAt" | "isRemoved" | "reactions">>;

export interface StoredFile {
  room: string;
  bytes: Uint8Array;
}

export interface StoredPerson {
  id: string;
  name: string;
  seenAt: number;
}

export interface Member {
  person: string;
  room: string;
  /** The last message that this person has seen there. */
  seen: number;
}

/** Messages by room, in the order in which they came; who is in which room; who was here. */
export interface Store {
  /** What keeps it all, for people to read. */
  readonly name: string;

  /** Keeps a message and numbers it. Returns the earlier one, and `isNew: false`, if its key is known already. */
  add(message: NewMessage): { message: Message; isNew: boolean };
  /** Changes a message, which gets a new revision. Removing it forgets its file. */
  change(id: number, change: Change): Message;
  find(id: number): Message | undefined;
  hasKey(key: string): boolean;
  /** The newest `limit` messages of a room with a number below `id`, oldest first. */
  before(room: string, id: number, limit: number): Message[];
  /** The newest `limit` messages of a room that came or changed after a revision, in the order of their numbers. */
  since(room: string, revision: number, limit: number): Message[];
  /** The newest `limit` messages with these words in these rooms, newest first. */
  search(rooms: readonly string[], words: string, limit: number): Message[];
  file(id: number): StoredFile | undefined;
  /** How many messages of others there are in a room after the one numbered `id`. */
  countUnread(room: string, person: string, id: number): number;
  /** Every room with a message in it. */
  rooms(): string[];

  /** What a link into this room has to carry; `undefined` for rooms that are open to all. */
  inviteTo(room: string): string | undefined;
  /** How many rooms are private. */
  countPrivate(): number;
  makePrivate(room: string, invite: string): void;

  saveMember(member: Member): void;
  removeMember(person: string, room: string): void;
  membersOf(room: string): Member[];
  roomsOf(person: string): Member[];

  savePerson(person: StoredPerson): void;
  person(id: string): StoredPerson | undefined;
  /** Those who were here last, the last one first. */
  people(limit: number): StoredPerson[];

  close(): void;
}

/** How much is kept. */
export interface StoreLimits {
  /** Messages of each room; older ones make place. */
  readonly messagesPerRoom: number;
  /** People whose rooms are remembered; those who were here longest ago make place. */
  readonly people: number;
}

export const STORE_LIMITS: StoreLimits = { messagesPerRoom: 5000, people: 2000 };
