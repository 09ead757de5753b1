/** Files on their way: they come in pieces, each acknowledged, and go on where a lost connection left them. */
import { MAX_FILE } from "../events.ts";
import { Refusal } from "./input.ts";

interface Upload {
  readonly bytes: Buffer;
  received: number;
  touchedAt: number;
}

/** Files of one person that may be on their way at a time. */
const PER_PERSON = 3;
/** Bytes that all unfinished files together may take. */
const TOTAL = 8 * MAX_FILE;
/** How long an unfinished file waits for its next piece, in milliseconds. */
const PATIENCE = 120_000;

export class Uploads {
  readonly #people = new Map<string, Map<string, Upload>>();

  /**
   * Takes a piece, if it is the next one.
   * @returns how many bytes are there: where the next piece begins
   * @throws Refusal when there is no room for it
   */
  add(person: string, key: string, size: number, offset: number, bytes: Buffer, now: number): number {
    this.#forgetStale(now);
    const uploads = this.#people.get(person) ?? new Map<string, Upload>();
    const upload = uploads.get(key) ?? this.#begin(uploads.size, size, now);
    if (upload.bytes.length !== size || offset + bytes.length > size)
      throw new Refusal("This piece is of another file.");
    this.#people.set(person, uploads.set(key, upload));
    upload.touchedAt = now;
    if (offset === upload.received) upload.received += bytes.copy(upload.bytes, offset);
    return upload.received;
  }

  /** The whole file, which is kept here no longer. @throws Refusal if it is not whole */
  take(person: string, key: string, size: number): Buffer {
    const upload = this.#people.get(person)?.get(key);
    if (upload?.received !== size) throw new Refusal("The file has not come through: try again.");
    this.drop(person, key);
    return upload.bytes;
  }

  drop(person: string, key: string): void {
    const uploads = this.#people.get(person);
    uploads?.delete(key);
    if (uploads?.size === 0) this.#people.delete(person);
  }

  #begin(others: number, size: number, now: number): Upload {
    const taken = [...this.#people.values()].flatMap((uploads) => [...uploads.values()]);
    const total = taken.reduce((sum, { bytes }) => sum + bytes.length, size);
    if (others >= PER_PERSON || total > TOTAL)
      throw new Refusal("Too many files are on their way: try again.");
    return { bytes: Buffer.alloc(size), received: 0, touchedAt: now };
  }

  #forgetStale(now: number): void {
    for (const [person, uploads] of this.#people) {
      for (const [key, { touchedAt }] of uploads) if (now - touchedAt > PATIENCE) this.drop(person, key);
    }
  }
}
