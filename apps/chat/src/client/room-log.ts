/** What one room shows: the server's messages in its order, and this window's own drafts below them. */
import type { Draft, Message, Picture, Receipt } from "../events.ts";

/**
 * Where an own message is:
 *
 *            connected            kept by the server          confirmed by other pages
 *   waiting ───────────▶ sending ────────────────────▶ sent ──────────────────────────▶ delivered
 *      ▲                  │    │ no answer in time, or refused
 *      └──────────────────┘    └──────────────────────────────▶ failed ──▶ waiting (tried again)
 *        connection lost
 */
export type Status = "waiting" | "sending" | "sent" | "delivered" | "failed";

export interface Entry {
  readonly key: string;
  /** The server's number; a draft has none until the server keeps it. */
  id?: number;
  readonly from: string;
  readonly text: string;
  sentAt: number;
  status: Status;
  /** What went wrong, if the status is `failed`. */
  problem?: string;
  /** How many other pages have it, if the status is `delivered`. */
  pages?: number;
  readonly hasPicture: boolean;
  /** Address of the picture's bytes in this page, once they are here. */
  pictureUrl?: string;
}

export class RoomLog {
  readonly #entries = new Map<string, Entry>();

  /** The number of the last message that came from the server, 0 for none. */
  get lastId(): number {
    return Math.max(0, ...this.#list().map(({ id }) => id ?? 0));
  }

  /** All entries, in the order to show them in. */
  get entries(): Entry[] {
    return this.#list().sort(
      (one, other) => (one.id ?? Infinity) - (other.id ?? Infinity) || one.sentAt - other.sentAt,
    );
  }

  find(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  /** Adds a message from the server; the own draft with the same key becomes that message. */
  addMessage(message: Message): void {
    const { id, key, from, text, sentAt, pictureType, bytes } = message;
    if (this.#entries.has(key)) return this.addReceipt(key, { id, sentAt });
    const entry: Entry = {
      key,
      id,
      from,
      text,
      sentAt,
      status: "sent",
      hasPicture: pictureType !== undefined,
    };
    if (bytes) entry.pictureUrl = urlOf(bytes, pictureType);
    this.#entries.set(key, entry);
  }

  addDraft({ key, text, picture }: Draft, from: string): void {
    const entry: Entry = {
      key,
      from,
      text,
      sentAt: Date.now(),
      status: "waiting",
      hasPicture: picture !== undefined,
    };
    if (picture) entry.pictureUrl = urlOf(picture.bytes, picture.type);
    this.#entries.set(key, entry);
  }

  addReceipt(key: string, { id, sentAt }: Receipt): void {
    const entry = this.#entries.get(key);
    if (!entry || entry.id !== undefined) return;
    Object.assign(entry, { id, sentAt });
    if (entry.status !== "delivered") entry.status = "sent";
  }

  addPicture(key: string, bytes: ArrayBuffer | Uint8Array): void {
    const entry = this.#entries.get(key);
    if (entry) entry.pictureUrl = urlOf(bytes);
  }

  /** Gives the pictures' memory back. */
  close(): void {
    for (const { pictureUrl } of this.#list()) if (pictureUrl !== undefined) URL.revokeObjectURL(pictureUrl);
  }

  #list(): Entry[] {
    return [...this.#entries.values()];
  }
}

function urlOf(bytes: Picture["bytes"], type = ""): string {
  // Typed arrays over shared memory are no BlobPart: none of these is one.
  return URL.createObjectURL(new Blob([bytes as BlobPart], { type }));
}
