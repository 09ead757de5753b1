/** What the chat asks of the place where its messages are kept. */
import type { Message } from "../events.ts";

/** A message that has no number yet. */
export type NewMessage = Omit<Message, "id" | "bytes"> & { bytes?: Uint8Array };

/** A message from the store: its picture is read on its own. */
export type StoredMessage = Omit<Message, "bytes">;

export interface StoredPicture {
  room: string;
  bytes: Uint8Array;
}

/** Messages by room, in the order in which they came. */
export interface Store {
  /** What keeps the messages, for people to read. */
  readonly name: string;
  /** Keeps a message and numbers it. Returns the earlier one, and `isNew: false`, if its key is known already. */
  add(message: NewMessage): { message: StoredMessage; isNew: boolean };
  /** The newest `limit` messages of a room after the one numbered `after`, oldest first. */
  history(room: string, after: number, limit: number): StoredMessage[];
  /** The picture of a message, and the room it was sent to. */
  picture(id: number): StoredPicture | undefined;
  /** Every room with a message in it. */
  rooms(): string[];
  close(): void;
}

/** Messages kept for each room; older ones make place. */
export const MESSAGES_PER_ROOM = 500;
