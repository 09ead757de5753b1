/** Files on their way: they come in pieces, each acknowledged, and go on where a lost connection left them. */
import { MAX_FILE } from "../contract.ts";
import type { Refusing } from "./chat-server.ts";

interface Upload {
  readonly bytes: Uint8Array;
  received: number;
  touchedAt: number;
}

/** A piece of the file of a draft. */
interface Piece {
  /** That of the draft. */
  readonly key: string;
  /** Of the whole file, in bytes. */
  readonly size: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

type AddError = "WRONG_FILE" | "TOO_MANY_FILES";

/** Files of one person that may be on their way at a time. */
const PER_PERSON = 3;
/** Bytes that all unfinished files together may take. */
const TOTAL = 8 * MAX_FILE;
/** How long an unfinished file waits for its next piece, in milliseconds. */
const PATIENCE = 120_000;

export class Uploads {
  readonly #people = new Map<string, Map<string, Upload>>();

  /** Takes a piece, if it is the next one. @returns how many bytes are there: where the next piece begins */
  add(person: string, { key, size, offset, bytes }: Piece, now: number, ctx: Refusing<AddError>): number {
    this.#forgetStale(now);
    const uploads = this.#people.get(person) ?? new Map<string, Upload>();
    const upload = uploads.get(key) ?? this.#begin(uploads.size, size, now, ctx);
    if (upload.bytes.length !== size || offset + bytes.length > size)
      ctx.fail("WRONG_FILE", "This piece is of another file.");
    this.#people.set(person, uploads.set(key, upload));
    upload.touchedAt = now;
    if (offset === upload.received) {
      upload.bytes.set(bytes, offset);
      upload.received += bytes.length;
    }
    return upload.received;
  }

  /** The whole file, which is kept here no longer. */
  take(person: string, key: string, size: number, ctx: Refusing<"FILE_MISSING">): Uint8Array {
    const upload = this.#people.get(person)?.get(key);
    if (upload?.received !== size) ctx.fail("FILE_MISSING", "The file has not come through: try again.");
    this.drop(person, key);
    return upload.bytes;
  }

  drop(person: string, key: string): void {
    const uploads = this.#people.get(person);
    uploads?.delete(key);
    if (uploads?.size === 0) this.#people.delete(person);
  }

  #begin(others: number, size: number, now: number, ctx: Refusing<AddError>): Upload {
    const taken = [...this.#people.values()].flatMap((uploads) => [...uploads.values()]);
    const total = taken.reduce((sum, { bytes }) => sum + bytes.length, size);
    if (others >= PER_PERSON || total > TOTAL)
      ctx.fail("TOO_MANY_FILES", "Too many files are on their way: try again.");
    return { bytes: new Uint8Array(size), received: 0, touchedAt: now };
  }

  #forgetStale(now: number): void {
    for (const [person, uploads] of this.#people) {
      for (const [key, { touchedAt }] of uploads) if (now - touchedAt > PATIENCE) this.drop(person, key);
    }
  }
}
