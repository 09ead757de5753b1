/** What the chat's pages and its server say to each other: the event maps, and the limits both sides know. */

/** A picture as it travels: the sender may hand over a `Blob`, the receiver gets an `ArrayBuffer` or a `Buffer`. */
export interface Picture {
  type: string;
  bytes: Blob | ArrayBuffer | Uint8Array;
}

/** A message as its author sends it. */
export interface Draft {
  room: string;
  /** Chosen at random by the author's page: the same draft sent twice is kept once. */
  key: string;
  text: string;
  picture?: Picture;
}

/** A message as the server keeps it and hands it on. */
export interface Message {
  /** Grows with every message of the server: the last one seen says where to go on reading. */
  id: number;
  key: string;
  room: string;
  from: string;
  text: string;
  /** Milliseconds since 1970, by the server's clock. */
  sentAt: number;
  /** The picture's media type. The history leaves its bytes out: ask for them with `picture`. */
  pictureType?: string;
  bytes?: ArrayBuffer | Uint8Array;
}

/** The answer to a request: what was asked for, or a sentence for the user. */
export type Reply<T> = { ok: true; value: T } | { ok: false; problem: string };

export interface Receipt {
  id: number;
  sentAt: number;
}

export interface RoomSummary {
  name: string;
  people: number;
}

export interface ClientToServer {
  /** Enters a room. The answer has what was said after the message with the id `after`, oldest first. */
  join: (room: string, after: number, reply: (answer: Reply<Message[]>) => void) => void;
  leave: (room: string, reply: (answer: Reply<null>) => void) => void;
  message: (draft: Draft, reply: (answer: Reply<Receipt>) => void) => void;
  /** Asks for the picture of a message from the history. */
  picture: (id: number, reply: (answer: Reply<ArrayBuffer | Uint8Array>) => void) => void;
  typing: (room: string) => void;
}

export interface ServerToClient {
  /** The rooms to choose from, whenever they change. */
  rooms: (rooms: RoomSummary[]) => void;
  /** Whoever is in a room, whenever that changes. */
  people: (room: string, names: string[]) => void;
  /** A message of somebody else. The page confirms that it has it. */
  message: (message: Message, received: () => void) => void;
  /** To the author: how many pages confirmed the message with this key. */
  delivered: (key: string, pages: number) => void;
  typing: (room: string, name: string) => void;
}

/** What a page sends as `auth` when it connects. */
export interface Credentials {
  name: string;
  /** A random secret of this page. Whoever has it may take the name back, after a reload for example. */
  secret: string;
}

/** In characters. */
export const MAX_NAME = 24;
/** In characters. */
export const MAX_TEXT = 2000;
/** In bytes. */
export const MAX_PICTURE = 3_000_000;
/** Formats that every browser shows and that carry no script. */
export const PICTURE_TYPES: readonly string[] = ["image/png", "image/jpeg", "image/gif", "image/webp"];
