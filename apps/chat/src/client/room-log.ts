/** What one room shows: the server's messages in its order, and this window's own drafts below them. */
import type { Bytes, Draft, FileNote, Message, Quote, Receipt } from "../contract.ts";

/**
 * Where an own message is; whether others have seen it is theirs to say, and kept by the room:
 *
 *            connected            kept by the server          confirmed by pages of others
 *   waiting ───────────▶ sending ────────────────────▶ sent ──────────────────────────────▶ delivered
 *      ▲                  │    │ no answer in time, or refused
 *      └──────────────────┘    └──────────────────────────────▶ failed ──▶ waiting (tried again)
 *        connection lost
 */
export type Status = "waiting" | "sending" | "sent" | "delivered" | "failed";

export interface Entry {
  readonly key: string;
  /** The server's number; a draft has none until the server keeps it. */
  id?: number;
  /** The author's id; empty for what this window wrote before it knew its own. */
  readonly author: string;
  readonly from: string;
  text: string;
  sentAt: number;
  editedAt?: number | undefined;
  isRemoved?: boolean | undefined;
  readonly replyTo?: number | undefined;
  reactions: Record<string, string[]>;
  status: Status;
  /** What went wrong, if the status is `failed`. */
  problem?: string;
  /** How many pages of others have it, if the status is `delivered`. */
  pages?: number;
  file?: FileNote | undefined;
  /** Address of the file's bytes in this page, once they are here. */
  fileUrl?: string;
  /** How much of the file has gone out, from 0 to 1. */
  progress?: number;
  /** It came while this page was away. */
  isCaughtUp?: boolean;
}

export class RoomLog {
  readonly #entries = new Map<string, Entry>();
  readonly #quotes = new Map<number, Quote>();
  /** The highest revision that came from the server, 0 for none: where to go on reading. */
  revision = 0;

  /** All entries, in the order to show them in. */
  get entries(): Entry[] {
    return [...this.#entries.values()].sort(
      (one, other) => (one.id ?? Infinity) - (other.id ?? Infinity) || one.sentAt - other.sentAt,
    );
  }

  /** The numbers of the first and the last message from the server, 0 for none. */
  get firstId(): number {
    return this.entries[0]?.id ?? 0;
  }
  get lastId(): number {
    return this.entries.findLast(({ id }) => id !== undefined)?.id ?? 0;
  }

  find(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  findById(id: number): Entry | undefined {
    return [...this.#entries.values()].find((entry) => entry.id === id);
  }

  /** What a message answers, as far as that is known here. */
  quote(id: number): Quote | undefined {
    return this.findById(id) ?? this.#quotes.get(id);
  }

  addQuotes(quotes: Record<number, Quote>): void {
    for (const [id, quote] of Object.entries(quotes)) this.#quotes.set(Number(id), quote);
  }

  /** Adds a message from the server, or what it has become. Returns whether it was not here in any form. */
  addMessage(message: Message): boolean {
    const { id, revision, key, text, sentAt, editedAt, isRemoved, reactions, file, author, from, replyTo } =
      message;
    this.revision = Math.max(this.revision, revision);
    const known = this.#entries.get(key);
    if (known) {
      this.addReceipt(key, { id, revision, sentAt });
      Object.assign(known, { text, editedAt, isRemoved, reactions, file });
      return false;
    }
    const fields = { key, id, author, from, text, sentAt, editedAt, isRemoved, reactions, file, replyTo };
    this.#entries.set(key, { ...fields, status: "sent" });
    return true;
  }

  addDraft({ key, text, replyTo, file }: Draft, me: { author: string; from: string }, bytes?: Blob): void {
    const fields = { key, ...me, text, replyTo, file, reactions: {}, sentAt: Date.now() };
    const entry: Entry = { ...fields, status: "waiting" };
    if (bytes) entry.fileUrl = URL.createObjectURL(bytes);
    this.#entries.set(key, entry);
  }

  addReceipt(key: string, { id, revision, sentAt }: Receipt): void {
    const entry = this.#entries.get(key);
    if (!entry || entry.id !== undefined) return;
    this.revision = Math.max(this.revision, revision);
    Object.assign(entry, { id, sentAt });
    if (entry.status !== "delivered") entry.status = "sent";
  }

  addFile(key: string, bytes: Bytes): void {
    const entry = this.#entries.get(key);
    if (!entry?.file || entry.fileUrl !== undefined) return;
    // Typed arrays over shared memory are no BlobPart: none of these is one.
    entry.fileUrl = URL.createObjectURL(new Blob([bytes as BlobPart], { type: entry.file.type }));
  }

  /** Forgets what came from the server, but not the own drafts. */
  reset(): void {
    for (const entry of this.entries) {
      if (entry.id === undefined) continue;
      this.#entries.delete(entry.key);
      if (entry.fileUrl !== undefined) URL.revokeObjectURL(entry.fileUrl);
    }
  }

  /** Gives the memory of files back. */
  close(): void {
    for (const { fileUrl } of this.#entries.values()) if (fileUrl !== undefined) URL.revokeObjectURL(fileUrl);
  }
}
