/** Messages in SQLite, through the interface that `node:sqlite` and libsql share. */
import {
  MESSAGES_PER_ROOM,
  type NewMessage,
  type Store,
  type StoredMessage,
  type StoredPicture,
} from "./store.ts";

type Value = string | number | Uint8Array | null;

export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

export interface SqliteStatement {
  run(...values: Value[]): unknown;
  get(...values: Value[]): unknown;
  all(...values: Value[]): unknown[];
}

interface Row extends Omit<StoredMessage, "pictureType"> {
  pictureType: string | null;
}

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA busy_timeout = 2000;
  CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    room TEXT NOT NULL,
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    sentAt INTEGER NOT NULL,
    pictureType TEXT,
    picture BLOB
  );
  CREATE INDEX IF NOT EXISTS messages_by_room ON messages (room, id);
`;

const COLUMNS = `id, key, room, author AS "from", text, sentAt, pictureType`;

export class SqliteStore implements Store {
  readonly name: string;
  readonly #database: SqliteDatabase;
  readonly #insert: SqliteStatement;
  readonly #forget: SqliteStatement;
  readonly #byKey: SqliteStatement;
  readonly #history: SqliteStatement;
  readonly #picture: SqliteStatement;
  readonly #rooms: SqliteStatement;

  constructor(name: string, database: SqliteDatabase) {
    database.exec(SCHEMA);
    this.name = name;
    this.#database = database;
    this.#insert = database.prepare(
      "INSERT INTO messages (key, room, author, text, sentAt, pictureType, picture) VALUES (?, ?, ?, ?, ?, ?, ?)",
    );
    this.#forget = database.prepare(
      "DELETE FROM messages WHERE room = ? AND id <= (SELECT id FROM messages WHERE room = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
    );
    this.#byKey = database.prepare(`SELECT ${COLUMNS} FROM messages WHERE key = ?`);
    this.#history = database.prepare(
      `SELECT ${COLUMNS} FROM messages WHERE room = ? AND id > ? ORDER BY id DESC LIMIT ?`,
    );
    this.#picture = database.prepare(
      "SELECT room, picture AS bytes FROM messages WHERE id = ? AND picture IS NOT NULL",
    );
    this.#rooms = database.prepare("SELECT DISTINCT room FROM messages ORDER BY room");
  }

  add(message: NewMessage): { message: StoredMessage; isNew: boolean } {
    const earlier = this.#find(message.key);
    if (earlier) return { message: earlier, isNew: false };
    const { key, room, from, text, sentAt, pictureType, bytes } = message;
    this.#insert.run(key, room, from, text, sentAt, pictureType ?? null, bytes ?? null);
    this.#forget.run(room, room, MESSAGES_PER_ROOM);
    return { message: this.#find(key)!, isNew: true };
  }

  history(room: string, after: number, limit: number): StoredMessage[] {
    return this.#history.all(room, after, limit).map(toMessage).reverse();
  }

  picture(id: number): StoredPicture | undefined {
    // The two columns that the statement names.
    return this.#picture.get(id) as StoredPicture | undefined;
  }

  rooms(): string[] {
    return this.#rooms.all().map((row) => (row as { room: string }).room);
  }

  close(): void {
    this.#database.close();
  }

  #find(key: string): StoredMessage | undefined {
    const row = this.#byKey.get(key);
    return row === undefined ? undefined : toMessage(row);
  }
}

/** @param row what {@link COLUMNS} names */
function toMessage(row: unknown): StoredMessage {
  const { id, key, room, from, text, sentAt, pictureType } = row as Row;
  return { id, key, room, from, text, sentAt, ...(pictureType !== null && { pictureType }) };
}
