/** What comes from a client may be anything: each function here returns a checked value or throws a {@link Refusal}. */
import {
  type Credentials,
  directPair,
  type Draft,
  type FileNote,
  MAX_FILE,
  MAX_NAME,
  MAX_TEXT,
  type Mischief,
  PIECE,
  REACTIONS,
} from "../events.ts";

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
const MEDIA_TYPE = /^[\w.+-]{1,60}\/[\w.+-]{1,60}(?:;[\w=.+ -]{1,40})?$/;
const MISCHIEF: readonly unknown[] = ["slow", "fast", "drop", "restart"] satisfies Mischief[];

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

/** The name of a room, or of one in which two people write to each other. */
export function readRoom(input: unknown): string {
  const isName = typeof input === "string" && (ROOM.test(input) || directPair(input) !== undefined);
  if (!isName) throw new Refusal("A room's name has 1 to 32 letters, digits, spaces or dashes.");
  return input;
}

/** A whole number from 0 on. */
export function readCount(input: unknown): number {
  if (!Number.isSafeInteger(input) || (input as number) < 0) throw new Refusal("A number was expected here.");
  return input as number;
}

export function readDraft(input: unknown): Draft {
  const { room, key, text, file, replyTo } = asRecord(input);
  const draft: Draft = {
    room: readRoom(room),
    key: readKey(key),
    text: trimText(text),
  };
  if (replyTo !== undefined) draft.replyTo = readCount(replyTo);
  if (file !== undefined) draft.file = readFile(file);
  else if (draft.text === "") throw new Refusal("There is nothing in this message.");
  return draft;
}

export function readKey(input: unknown): string {
  if (typeof input !== "string" || !KEY.test(input)) throw new Refusal("A key has 32 hexadecimal digits.");
  return input;
}

export function readText(input: unknown): string {
  const text = trimText(input);
  if (text === "") throw new Refusal("There is nothing in this message.");
  return text;
}

export function readSize(input: unknown): number {
  const size = readCount(input);
  if (size === 0) throw new Refusal("This file is empty.");
  if (size > MAX_FILE) throw new Refusal(`A file has at most ${MAX_FILE / 1_000_000} MB.`);
  return size;
}

export function readPiece(input: unknown): Buffer {
  if (!Buffer.isBuffer(input) || input.length > PIECE)
    throw new Refusal("A piece of a file was expected here.");
  return input;
}

export function readEmoji(input: unknown): string {
  if (typeof input !== "string" || !REACTIONS.includes(input))
    throw new Refusal("There is no such reaction.");
  return input;
}

export function readWords(input: unknown): string {
  const words = typeof input === "string" ? input.trim() : "";
  if (words.length < 2 || words.length > 100) throw new Refusal("Search for 2 to 100 characters.");
  return words;
}

export function readMischief(input: unknown): Mischief {
  if (!MISCHIEF.includes(input)) throw new Refusal("Nobody knows how to do that.");
  return input as Mischief; // one of them
}

function trimText(input: unknown): string {
  const text = typeof input === "string" ? input.trim() : "";
  if (text.length > MAX_TEXT) throw new Refusal(`A message has at most ${MAX_TEXT} characters.`);
  return text;
}

function readFile(input: unknown): FileNote {
  const { name, type, size } = asRecord(input);
  if (typeof name !== "string" || name === "" || name.length > 120 || /\p{C}/u.test(name))
    throw new Refusal("A file's name has 1 to 120 characters.");
  // What has no type, or a strange one, is bytes and nothing else.
  const isKnown = typeof type === "string" && MEDIA_TYPE.test(type);
  return { name, type: isKnown ? type : "application/octet-stream", size: readSize(size) };
}

function asRecord(input: unknown): Record<string, unknown> {
  // Every object may be read as a record of unknown values.
  return typeof input === "object" && input !== null ? { ...input } : {};
}
