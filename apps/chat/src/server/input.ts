/** What comes from a client may be anything: each function here returns a checked value or throws a {@link Refusal}. */
import { MAX_NAME, MAX_PICTURE, MAX_TEXT, PICTURE_TYPES, type Credentials, type Draft } from "../events.ts";

/** A request that is turned down, with a sentence for the user. */
export class Refusal extends Error {
  /** Goes to the client with a refused connection. */
  readonly data: { code: string };

  constructor(message: string, code = "BAD_INPUT") {
    super(message);
    this.data = { code };
  }
}

const ROOM = /^[\p{L}\p{N}](?:[\p{L}\p{N} _-]{0,30}[\p{L}\p{N}])?$/u;
const KEY = /^[0-9a-f]{32}$/;

/** A draft whose every field was looked at. */
export type CheckedDraft = Omit<Draft, "picture"> & { picture?: { type: string; bytes: Buffer } };

export function readCredentials(auth: unknown): Credentials {
  const { name, secret } = asRecord(auth);
  return { name: readName(name), secret: readKey(secret) };
}

export function readName(input: unknown): string {
  const name = typeof input === "string" ? input.normalize("NFKC").trim() : "";
  if (name === "" || name.length > MAX_NAME || /\p{C}/u.test(name)) {
    throw new Refusal(`A name has 1 to ${MAX_NAME} characters.`);
  }
  return name;
}

export function readRoom(input: unknown): string {
  if (typeof input !== "string" || !ROOM.test(input)) {
    throw new Refusal("A room's name has 1 to 32 letters, digits, spaces or dashes.");
  }
  return input;
}

/** A whole number from 0 on. */
export function readCount(input: unknown): number {
  if (!Number.isSafeInteger(input) || (input as number) < 0) throw new Refusal("A number was expected here.");
  return input as number;
}

export function readDraft(input: unknown): CheckedDraft {
  const { room, key, text, picture } = asRecord(input);
  const draft = { room: readRoom(room), key: readKey(key), text: readText(text) };
  if (picture !== undefined) return { ...draft, picture: readPicture(picture) };
  if (draft.text === "") throw new Refusal("There is nothing in this message.");
  return draft;
}

function readKey(input: unknown): string {
  if (typeof input !== "string" || !KEY.test(input)) throw new Refusal("A key has 32 hexadecimal digits.");
  return input;
}

function readText(input: unknown): string {
  const text = typeof input === "string" ? input.trim() : "";
  if (text.length > MAX_TEXT) throw new Refusal(`A message has at most ${MAX_TEXT} characters.`);
  return text;
}

function readPicture(input: unknown): { type: string; bytes: Buffer } {
  const { type, bytes } = asRecord(input);
  if (typeof type !== "string" || !PICTURE_TYPES.includes(type) || !Buffer.isBuffer(bytes)) {
    throw new Refusal("A picture is a PNG, JPEG, GIF or WebP file.");
  }
  if (bytes.length > MAX_PICTURE) throw new Refusal("This picture is too large.");
  return { type, bytes };
}

function asRecord(input: unknown): Record<string, unknown> {
  // Every object may be read as a record of unknown values.
  return typeof input === "object" && input !== null ? { ...input } : {};
}
