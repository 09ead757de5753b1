/** What the chat's pages and its server say to each other: the event maps, and the limits both sides know. */

/** What a message carries beside its text: a picture, a voice note, any file. Its bytes travel in pieces of their own. */
export interface FileNote {
  name: string;
  /** Its media type, as its sender says. */
  type: string;
  /** In bytes. */
  size: number;
}

/** A message as its author sends it. */
export interface Draft {
  room: string;
  /** Chosen at random by the author's page: the same draft sent twice is kept once. */
  key: string;
  text: string;
  /** The number of the message that it answers. */
  replyTo?: number;
  /** Its bytes were sent before, with `piece`. */
  file?: FileNote;
}

/** A message as the server keeps it and hands it on. */
export interface Message {
  /** Grows with every message of the server, and so says the order. */
  id: number;
  /** Grows with every message and every change of one: the last one seen says where to go on reading. */
  revision: number;
  key: string;
  room: string;
  /** The id of the person who wrote it. */
  author: string;
  /** The name they had. */
  from: string;
  text: string;
  /** Milliseconds since 1970, by the server's clock. */
  sentAt: number;
  editedAt?: number;
  /** Its author took it back; text and file are gone. */
  isRemoved?: true;
  replyTo?: number;
  /** The ids of those who reacted, by emoji. */
  reactions: Record<string, string[]>;
  file?: FileNote;
}

/** What a message answers, shortened. */
export interface Quote {
  from: string;
  text: string;
}

export type Presence = "online" | "idle" | "away";

export interface Person {
  id: string;
  name: string;
  presence: Presence;
  /** When they were here last, in milliseconds since 1970. */
  seenAt: number;
}

/** The answer to a request: what was asked for, or a sentence for the user. */
export type Reply<T> = { ok: true; value: T } | { ok: false; problem: string };
export type Answer<T> = (answer: Reply<T>) => void;

export interface Receipt {
  id: number;
  revision: number;
  sentAt: number;
}

export interface RoomSummary {
  name: string;
  people: number;
}

/** A room that a person is in, in all their windows. */
export interface Membership {
  room: string;
  unread: number;
}

/** What a page needs to show a room. */
export interface RoomState {
  /** Oldest first. */
  messages: Message[];
  /** What they answer, by number. */
  quotes: Record<number, Quote>;
  /** Whether there is more before the first of them. */
  hasMore: boolean;
  /** Whether they leave out some that came since: what the page has is too old to go on with. */
  isFresh: boolean;
  /** Who is a member, and the last message that each has seen. */
  seen: Record<string, number>;
  /** What a link into a private room has to carry. */
  invite?: string;
}

export interface Welcome {
  me: Person;
  people: Person[];
  memberships: Membership[];
}

/** What one may do to the connection, to see what holds. */
export type Mischief = "slow" | "fast" | "drop" | "restart";

export interface ClientToServer {
  /** Enters a room. The answer has what was said or changed after `revision`; the newest messages if that is 0. */
  join: (room: string, revision: number, reply: Answer<RoomState>) => void;
  leave: (room: string, reply: Answer<null>) => void;
  /** Makes a new room. The answer is what a link into a private one has to carry. */
  create: (room: string, isPrivate: boolean, reply: Answer<string>) => void;
  /** Shows the invitation to a private room. */
  redeem: (room: string, invite: string, reply: Answer<null>) => void;
  /** Takes another name. */
  rename: (name: string, reply: Answer<Person>) => void;
  message: (draft: Draft, reply: Answer<Receipt>) => void;
  /** A piece of the file of the draft with this key. The answer is how many bytes are there. */
  piece: (key: string, size: number, offset: number, bytes: Bytes, reply: Answer<number>) => void;
  edit: (id: number, text: string, reply: Answer<null>) => void;
  remove: (id: number, reply: Answer<null>) => void;
  react: (id: number, emoji: string, isOn: boolean, reply: Answer<null>) => void;
  /** The messages before one. */
  older: (room: string, id: number, reply: Answer<RoomState>) => void;
  /** The newest messages with these words, in all rooms that this person is in. */
  search: (words: string, reply: Answer<Message[]>) => void;
  /** The file of a message. */
  file: (id: number, reply: Answer<Bytes>) => void;
  typing: (room: string) => void;
  /** Everything in the room up to this message was seen. */
  seen: (room: string, id: number) => void;
  /** Whether nobody has touched the page for a while. */
  idle: (isIdle: boolean) => void;
  /** Comes back at once: for the time it takes. */
  probe: (reply: Answer<null>) => void;
  mischief: (what: Mischief, reply: Answer<null>) => void;
}

export interface ServerToClient {
  welcome: (welcome: Welcome) => void;
  /** The open rooms to choose from, whenever they change. */
  rooms: (rooms: RoomSummary[]) => void;
  /** Somebody came, left, fell idle or took another name. */
  person: (person: Person) => void;
  /** The ids of whoever is in a room, whenever that changes. */
  people: (room: string, ids: string[]) => void;
  /** Another window of this person, or somebody who writes to them, has opened a room. */
  joined: (membership: Membership) => void;
  /** Another window of this person has left a room. */
  left: (room: string) => void;
  /** A message of somebody else. The page confirms that it has it. */
  message: (message: Message, received: () => void) => void;
  /** A message that has changed, or that another window of this person has sent. */
  changed: (message: Message) => void;
  /** To the author: how many pages of others confirmed the message with this key. */
  delivered: (key: string, pages: number) => void;
  seen: (room: string, person: string, id: number) => void;
  typing: (room: string, person: string) => void;
}

/** Bytes as they travel: the sender may hand over a `Blob`, the receiver gets an `ArrayBuffer` or a `Buffer`. */
export type Bytes = Blob | ArrayBuffer | Uint8Array;

/** What a page sends as `auth` when it connects. */
export interface Credentials {
  name: string;
  /** A random secret of this person: all windows that have it are theirs. */
  secret: string;
}

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

/** The room in which two people write to each other; no other room has such a name. */
export function directRoom(one: string, other: string): string {
  return `@${[one, other].sort().join(".")}`;
}

/** The two who write to each other in a room, or `undefined` if it is not such a one. */
export function directPair(room: string): [string, string] | undefined {
  const match = /^@([0-9a-f]{16})\.([0-9a-f]{16})$/.exec(room);
  return match ? [match[1]!, match[2]!] : undefined;
}
