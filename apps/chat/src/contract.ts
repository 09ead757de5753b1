/**
 * What the chat's pages and its server say to each other: one contract for both sides. The types follow from it,
 * whatever comes in is checked by it, and why something is turned down is said here, or where it is turned down.
 */
import { defineContract, type } from "@telsiz/events";
import * as v from "valibot";
import { directPair } from "./direct-room.ts";

/** In characters. */
export const MAX_NAME = 24;
/** In characters. */
export const MAX_TEXT = 2000;
/** In bytes. */
export const MAX_FILE = 8_000_000;
/** The pieces in which a file travels, in bytes. */
export const PIECE = 128_000;
/** Formats that every browser shows and that carry no script. */
export const PICTURE_TYPES: readonly string[] = ["image/png", "image/jpeg", "image/gif", "image/webp"];
export const REACTIONS: readonly string[] = ["👍", "❤️", "😄", "🎉", "🤔", "👀"];

/** A text that fits a pattern. @param rule what is said of one that does not */
const textLike = (pattern: RegExp, rule: string) => v.pipe(v.string(rule), v.regex(pattern, rule));
/** A whole number from 0 on. */
const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0, "A number was expected here."));

const Key = textLike(/^[0-9a-f]{32}$/, "A key has 32 hexadecimal digits.");

const NAME_RULE = `A name has 1 to ${MAX_NAME} visible characters.`;
const Name = v.pipe(
  v.string(NAME_RULE),
  v.normalize("NFKC"),
  v.trim(),
  v.regex(new RegExp(`^\\P{C}{1,${MAX_NAME}}$`, "u"), NAME_RULE),
);

const ROOM_RULE = "A room's name has 1 to 32 letters, digits, spaces or dashes.";
const ROOM_NAME = /^[\p{L}\p{N}](?:[\p{L}\p{N} _-]{0,30}[\p{L}\p{N}])?$/u;
/** The name of a room, or of one in which two people write to each other. */
const Room = v.pipe(
  v.string(ROOM_RULE),
  v.check((room) => ROOM_NAME.test(room) || directPair(room) !== undefined, ROOM_RULE),
);

const Text = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(MAX_TEXT, `A message has at most ${MAX_TEXT} characters.`),
);
const EMPTY = "There is nothing in this message.";
const Words = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(2, "Search for 2 to 100 characters."),
  v.maxLength(100, "Search for 2 to 100 characters."),
);

const Size = v.pipe(
  Count,
  v.minValue(1, "This file is empty."),
  v.maxValue(MAX_FILE, `A file has at most ${MAX_FILE / 1_000_000} MB.`),
);

/** Bytes as they travel: the sender may hand over a `Blob` as well, and what comes in is none. */
const Bytes = v.pipe(
  v.custom<Blob | ArrayBuffer | Uint8Array>(
    (value) => value instanceof Uint8Array || value instanceof ArrayBuffer || value instanceof Blob,
    "Bytes were expected here.",
  ),
  v.transform((bytes) => (bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes as ArrayBuffer))),
);
const Piece = v.pipe(Bytes, v.maxLength(PIECE, `A piece of a file has at most ${PIECE} bytes.`));

/** What a message carries beside its text: a picture, a voice note, any file. Its bytes travel in pieces of their own. */
const FileNote = v.object({
  name: textLike(/^\P{C}{1,120}$/u, "A file's name has 1 to 120 characters."),
  /** Its media type, as its sender says. What has none, or a strange one, is bytes and nothing else. */
  type: v.fallback(
    textLike(/^[\w.+-]{1,60}\/[\w.+-]{1,60}(?:;[\w=.+ -]{1,40})?$/, "not a media type"),
    "application/octet-stream",
  ),
  /** In bytes. */
  size: Size,
});

/** A message as its author sends it. */
const Draft = v.pipe(
  v.object({
    room: Room,
    /** Chosen at random by the author's page: the same draft sent twice is kept once. */
    key: Key,
    text: Text,
    /** The number of the message that it answers. */
    replyTo: v.exactOptional(Count),
    /** Its bytes were sent before, with `piece`. */
    file: v.exactOptional(FileNote),
  }),
  v.check(({ text, file }) => text !== "" || file !== undefined, EMPTY),
);

/** A message as the server keeps it and hands it on. */
const Message = v.object({
  /** Grows with every message of the server, and so says the order. */
  id: Count,
  /** Grows with every message and every change of one: the last one seen says where to go on reading. */
  revision: Count,
  key: v.string(),
  room: Room,
  /** The id of the person who wrote it. */
  author: v.string(),
  /** The name they had. */
  from: v.string(),
  text: v.string(),
  /** Milliseconds since 1970, by the server's clock. */
  sentAt: v.number(),
  editedAt: v.exactOptional(v.number()),
  /** Its author took it back; text and file are gone. */
  isRemoved: v.exactOptional(v.literal(true)),
  replyTo: v.exactOptional(Count),
  /** The ids of those who reacted, by emoji. */
  reactions: v.record(v.string(), v.array(v.string())),
  file: v.exactOptional(FileNote),
});

const Receipt = v.pick(Message, ["id", "revision", "sentAt"]);

/** What a message answers, shortened. */
const Quote = v.pick(Message, ["from", "text"]);

const Person = v.object({
  id: v.string(),
  name: v.string(),
  presence: v.picklist(["online", "idle", "away"]),
  /** When they were here last, in milliseconds since 1970. */
  seenAt: v.number(),
});

const RoomSummary = v.object({ name: Room, people: Count });

/** A room that a person is in, in all their windows. */
const Membership = v.object({ room: Room, unread: Count });

const History = v.object({
  /** Oldest first. */
  messages: v.array(Message),
  /** What they answer, by number. */
  quotes: v.record(v.string(), Quote),
  /** Whether there is more before the first of them. */
  hasMore: v.boolean(),
  /** Whether they leave out some that came since: what the page has is too old to go on with. */
  isFresh: v.boolean(),
});

/** What a page needs to show a room. */
const RoomState = v.object({
  ...History.entries,
  /** Who is a member, and the last message that each has seen. */
  seen: v.record(v.string(), Count),
  /** What a link into a private room has to carry. */
  invite: v.exactOptional(v.string()),
});

const Welcome = v.object({ me: Person, people: v.array(Person), memberships: v.array(Membership) });

/** What one may do to the connection, to see what holds. */
const Mischief = v.picklist(["slow", "fast", "drop", "restart"], "Nobody knows how to do that.");

/** What a page sends as `auth` when it connects. */
const Credentials = v.object({
  name: Name,
  /** A random secret of this person: all windows that have it are theirs. */
  secret: Key,
});

/** An answer that says no more than that it was done. */
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- its handlers return nothing
const done = type<void>();
/** What the errors carry: a sentence for the user. */
const why = v.string();

export const chat = defineContract({
  clientToServer: {
    /** Enters a room. The answer has what was said or changed after a revision; the newest messages if that is 0. */
    join: {
      args: [Room, Count],
      ack: RoomState,
      errors: { INVITED_ONLY: why, NO_SUCH_ROOM: why, TOO_MANY_ROOMS: why },
    },
    leave: { args: Room, ack: done },
    /** Makes a new room, private or not. The answer is what a link into a private one has to carry. */
    create: {
      args: [Room, v.boolean()],
      ack: v.string(),
      errors: { ROOM_TAKEN: why, TOO_MANY_ROOMS: why },
    },
    /** Shows the invitation to a private room. */
    redeem: { args: [Room, v.string()], ack: done, errors: { BAD_INVITE: why, TOO_MANY_ROOMS: why } },
    /** Takes another name. */
    rename: { args: Name, ack: Person, errors: { NAME_TAKEN: why } },
    message: {
      args: Draft,
      ack: Receipt,
      errors: { NOT_IN_ROOM: why, NO_SUCH_MESSAGE: why, FILE_MISSING: why },
    },
    /** Of the file of the draft with this key and of this size, a piece at an offset. The answer is how many bytes are there. */
    piece: {
      args: [Key, Size, Count, Piece],
      ack: Count,
      errors: { WRONG_FILE: why, TOO_MANY_FILES: why },
    },
    edit: {
      args: [Count, v.pipe(Text, v.nonEmpty(EMPTY))],
      ack: done,
      errors: { NO_SUCH_MESSAGE: why, NOT_YOURS: why, GONE: why },
    },
    remove: { args: Count, ack: done, errors: { NO_SUCH_MESSAGE: why, NOT_YOURS: why, GONE: why } },
    /** Puts a reaction on, or takes it back. */
    react: {
      args: [Count, v.picklist(REACTIONS, "There is no such reaction."), v.boolean()],
      ack: done,
      errors: { NO_SUCH_MESSAGE: why, GONE: why, TOO_MANY_REACTIONS: why },
    },
    /** The messages before one. */
    older: { args: [Room, Count], ack: History, errors: { NOT_IN_ROOM: why } },
    /** The newest messages with these words, in all rooms that this person is in. */
    search: { args: Words, ack: v.array(Message) },
    /** The file of a message. */
    file: { args: Count, ack: Bytes, errors: { NO_SUCH_FILE: why } },
    typing: { args: Room },
    /** Everything in the room up to this message was seen. */
    seen: { args: [Room, Count] },
    /** Whether nobody has touched the page for a while. */
    idle: { args: v.boolean() },
    /** Comes back at once: for the time it takes. */
    probe: { ack: done },
    mischief: { args: Mischief, ack: done, errors: { TOO_SOON: why } },
  },

  serverToClient: {
    welcome: { args: Welcome },
    /** The open rooms to choose from, whenever they change. */
    rooms: { args: v.array(RoomSummary) },
    /** Somebody came, left, fell idle or took another name. */
    person: { args: Person },
    /** The ids of whoever is in a room, whenever that changes. */
    people: { args: [Room, v.array(v.string())] },
    /** Another window of this person, or somebody who writes to them, has opened a room. */
    joined: { args: Membership },
    /** Another window of this person has left a room. */
    left: { args: Room },
    /** A message of somebody else. The page confirms that it has it. */
    message: { args: Message, ack: done },
    /** A message that has changed, or that another window of this person has sent. */
    changed: { args: Message },
    /** To the author: how many pages of others confirmed the message with this key. */
    delivered: { args: [v.string(), Count] },
    /** The last message that a person has seen in a room. */
    seen: { args: [Room, v.string(), Count] },
    /** A person types in a room. */
    typing: { args: [Room, v.string()] },
  },

  auth: Credentials,
  data: type<{ id: string; name: string }>(),
});

export type FileNote = v.InferOutput<typeof FileNote>;
export type Draft = v.InferOutput<typeof Draft>;
export type Message = v.InferOutput<typeof Message>;
export type Receipt = v.InferOutput<typeof Receipt>;
export type Quote = v.InferOutput<typeof Quote>;
export type Person = v.InferOutput<typeof Person>;
export type Presence = Person["presence"];
export type RoomSummary = v.InferOutput<typeof RoomSummary>;
export type Membership = v.InferOutput<typeof Membership>;
export type History = v.InferOutput<typeof History>;
export type RoomState = v.InferOutput<typeof RoomState>;
export type Welcome = v.InferOutput<typeof Welcome>;
export type Mischief = v.InferOutput<typeof Mischief>;
export type Credentials = v.InferOutput<typeof Credentials>;
export type Bytes = v.InferInput<typeof Bytes>;
