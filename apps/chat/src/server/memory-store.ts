/** Messages in memory, where no database can be opened: the same rules, and nothing survives the process. */
import {
  MESSAGES_PER_ROOM,
  type NewMessage,
  type Store,
  type StoredMessage,
  type StoredPicture,
} from "./store.ts";

interface Entry {
  message: StoredMessage;
  bytes: Uint8Array | undefined;
}

export class MemoryStore implements Store {
  readonly name = "memory";
  readonly #rooms = new Map<string, Entry[]>();
  // Starts above the numbers of an earlier process, which pages that reconnect still remember.
  #lastId = Date.now();

  add({ bytes, ...message }: NewMessage): { message: StoredMessage; isNew: boolean } {
    const earlier = this.#entries().find((entry) => entry.message.key === message.key);
    if (earlier) return { message: earlier.message, isNew: false };
    const entry = { message: { ...message, id: ++this.#lastId }, bytes };
    const entries = this.#rooms.get(message.room) ?? [];
    this.#rooms.set(message.room, [...entries, entry].slice(-MESSAGES_PER_ROOM));
    return { message: entry.message, isNew: true };
  }

  history(room: string, after: number, limit: number): StoredMessage[] {
    const messages = (this.#rooms.get(room) ?? []).map((entry) => entry.message);
    return messages.filter(({ id }) => id > after).slice(-limit);
  }

  picture(id: number): StoredPicture | undefined {
    const entry = this.#entries().find(({ message }) => message.id === id);
    return entry?.bytes && { room: entry.message.room, bytes: entry.bytes };
  }

  rooms(): string[] {
    return [...this.#rooms.keys()].sort();
  }

  close(): void {
    this.#rooms.clear();
  }

  #entries(): Entry[] {
    return [...this.#rooms.values()].flat();
  }
}
