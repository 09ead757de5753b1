/** The chat's memory in SQLite, through the interface that `node:sqlite` and libsql share. */
import type { FileNote, Message } from "../contract.ts";
import {
  type Change,
  type Member,
  type NewMessage,
  type Store,
  STORE_LIMITS,
  type StoredFile,
  type StoredPerson,
  type StoreLimits,
} from "./store.ts";

type Value = string | number | Uint8Array | null;

export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

export interface SqliteStatement {
  run(...values: Value[]): { readonly changes: number | bigint };
  get(...values: Value[]): unknown;
  all(...values: Value[]): unknown[];
}

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA busy_timeout = 2000;
  CREATE TABLE IF NOT EXISTS posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    revision INTEGER NOT NULL,
    key TEXT NOT NULL UNIQUE,
    room TEXT NOT NULL,
    author TEXT NOT NULL,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    sentAt INTEGER NOT NULL,
    editedAt INTEGER,
    isRemoved INTEGER,
    replyTo INTEGER,
    reactions TEXT NOT NULL DEFAULT '{}',
    file TEXT,
    bytes BLOB
  );
  CREATE INDEX IF NOT EXISTS posts_by_room ON posts (room, id);
  CREATE INDEX IF NOT EXISTS posts_by_revision ON posts (room, revision);
  CREATE TABLE IF NOT EXISTS counter (revision INTEGER NOT NULL);
  INSERT INTO counter SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM counter);
  CREATE TABLE IF NOT EXISTS private_rooms (room TEXT PRIMARY KEY, invite TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS members (
    person TEXT NOT NULL, room TEXT NOT NULL, seen INTEGER NOT NULL, PRIMARY KEY (person, room)
  );
  CREATE INDEX IF NOT EXISTS members_by_room ON members (room);
  CREATE TABLE IF NOT EXISTS people (id TEXT PRIMARY KEY, name TEXT NOT NULL, seenAt INTEGER NOT NULL);
`;

const COLUMNS = `id, revision, key, room, author, name AS "from", text, sentAt, editedAt, isRemoved, replyTo, reactions, file`;

const STATEMENTS = {
  insert: `INSERT INTO posts (revision, key, room, author, name, text, sentAt, replyTo, file, bytes)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  forget: `DELETE FROM posts WHERE room = ? AND id <=
    (SELECT id FROM posts WHERE room = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`,
  count: "UPDATE counter SET revision = revision + 1 RETURNING revision",
  update: "UPDATE posts SET revision = ?, text = ?, editedAt = ?, isRemoved = ?, reactions = ? WHERE id = ?",
  forgetFile: "UPDATE posts SET file = NULL, bytes = NULL WHERE id = ?",
  byKey: `SELECT ${COLUMNS} FROM posts WHERE key = ?`,
  byId: `SELECT ${COLUMNS} FROM posts WHERE id = ?`,
  before: `SELECT ${COLUMNS} FROM posts WHERE room = ? AND id < ? ORDER BY id DESC LIMIT ?`,
  since: `SELECT ${COLUMNS} FROM posts WHERE room = ? AND revision > ? ORDER BY id DESC LIMIT ?`,
  search: `SELECT ${COLUMNS} FROM posts WHERE room IN (SELECT value FROM json_each(?))
    AND text LIKE ? ESCAPE '\\' ORDER BY id DESC LIMIT ?`,
  file: "SELECT room, bytes FROM posts WHERE id = ? AND bytes IS NOT NULL",
  unread: "SELECT count(*) AS count FROM posts WHERE room = ? AND author <> ? AND id > ?",
  rooms: "SELECT DISTINCT room FROM posts ORDER BY room",
  invite: "SELECT invite FROM private_rooms WHERE room = ?",
  countPrivate: "SELECT count(*) AS count FROM private_rooms",
  makePrivate: "INSERT OR IGNORE INTO private_rooms (room, invite) VALUES (?, ?)",
  saveMember: `INSERT INTO members (person, room, seen) VALUES (?, ?, ?)
    ON CONFLICT (person, room) DO UPDATE SET seen = excluded.seen`,
  removeMember: "DELETE FROM members WHERE person = ? AND room = ?",
  membersOf: "SELECT person, room, seen FROM members WHERE room = ?",
  roomsOf: "SELECT person, room, seen FROM members WHERE person = ? ORDER BY rowid",
  savePerson: "INSERT OR REPLACE INTO people (id, name, seenAt) VALUES (?, ?, ?)",
  forgetPeople: `DELETE FROM people WHERE id IN (SELECT id FROM people ORDER BY seenAt DESC LIMIT -1 OFFSET ?)`,
  forgetMembers: "DELETE FROM members WHERE person NOT IN (SELECT id FROM people)",
  person: "SELECT id, name, seenAt FROM people WHERE id = ?",
  people: "SELECT id, name, seenAt FROM people ORDER BY seenAt DESC LIMIT ?",
} as const;

export class SqliteStore implements Store {
  readonly name: string;
  readonly #database: SqliteDatabase;
  readonly #statements: Record<keyof typeof STATEMENTS, SqliteStatement>;

  readonly #limits: StoreLimits;

  constructor(name: string, database: SqliteDatabase, limits = STORE_LIMITS) {
    database.exec(SCHEMA);
    this.name = name;
    this.#database = database;
    this.#limits = limits;
    const prepared = Object.entries(STATEMENTS).map(([key, sql]) => [key, database.prepare(sql)]);
    // Made of exactly those keys.
    this.#statements = Object.fromEntries(prepared) as Record<keyof typeof STATEMENTS, SqliteStatement>;
  }

  add({ bytes, file, ...message }: NewMessage): { message: Message; isNew: boolean } {
    const earlier = this.#one("byKey", message.key);
    if (earlier) return { message: earlier, isNew: false };
    const { key, room, author, from, text, sentAt, replyTo } = message;
    const note = file ? JSON.stringify(file) : null;
    const values = [this.#nextRevision(), key, room, author, from, text, sentAt, replyTo ?? null, note];
    this.#statements.insert.run(...values, bytes ?? null);
    this.#statements.forget.run(room, room, this.#limits.messagesPerRoom);
    return { message: this.#one("byKey", key)!, isNew: true };
  }

  change(id: number, change: Change): Message {
    const { text, editedAt, isRemoved, reactions } = { ...this.find(id)!, ...change };
    const revision = this.#nextRevision();
    const mark = isRemoved ? 1 : null;
    this.#statements.update.run(revision, text, editedAt ?? null, mark, JSON.stringify(reactions), id);
    if (isRemoved) this.#statements.forgetFile.run(id);
    return this.find(id)!;
  }

  find(id: number): Message | undefined {
    return this.#one("byId", id);
  }

  hasKey(key: string): boolean {
    return this.#one("byKey", key) !== undefined;
  }

  before(room: string, id: number, limit: number): Message[] {
    return this.#statements.before.all(room, id, limit).map(toMessage).reverse();
  }

  since(room: string, revision: number, limit: number): Message[] {
    return this.#statements.since.all(room, revision, limit).map(toMessage).reverse();
  }

  search(rooms: readonly string[], words: string, limit: number): Message[] {
    const pattern = `%${words.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    return this.#statements.search.all(JSON.stringify(rooms), pattern, limit).map(toMessage);
  }

  file(id: number): StoredFile | undefined {
    // The two columns that the statement names.
    return this.#statements.file.get(id) as StoredFile | undefined;
  }

  countUnread(room: string, person: string, id: number): number {
    return countIn(this.#statements.unread.get(room, person, id));
  }

  rooms(): string[] {
    return this.#statements.rooms.all().map((row) => (row as { room: string }).room);
  }

  inviteTo(room: string): string | undefined {
    return (this.#statements.invite.get(room) as { invite: string } | undefined)?.invite;
  }

  countPrivate(): number {
    return countIn(this.#statements.countPrivate.get());
  }

  makePrivate(room: string, invite: string): void {
    this.#statements.makePrivate.run(room, invite);
  }

  saveMember({ person, room, seen }: Member): void {
    this.#statements.saveMember.run(person, room, seen);
  }

  removeMember(person: string, room: string): void {
    this.#statements.removeMember.run(person, room);
  }

  membersOf(room: string): Member[] {
    return this.#statements.membersOf.all(room) as Member[]; // the columns that the statement names
  }

  roomsOf(person: string): Member[] {
    return this.#statements.roomsOf.all(person) as Member[];
  }

  savePerson({ id, name, seenAt }: StoredPerson): void {
    this.#statements.savePerson.run(id, name, seenAt);
    const { changes } = this.#statements.forgetPeople.run(this.#limits.people);
    if (changes > 0) this.#statements.forgetMembers.run();
  }

  person(id: string): StoredPerson | undefined {
    return this.#statements.person.get(id) as StoredPerson | undefined;
  }

  people(limit: number): StoredPerson[] {
    return this.#statements.people.all(limit) as StoredPerson[];
  }

  close(): void {
    this.#database.close();
  }

  #nextRevision(): number {
    return (this.#statements.count.get() as { revision: number }).revision;
  }

  #one(statement: "byKey" | "byId", value: string | number): Message | undefined {
    const row = this.#statements[statement].get(value);
    return row === undefined ? undefined : toMessage(row);
  }
}

function countIn(row: unknown): number {
  return (row as { count: number }).count;
}

/** What {@link COLUMNS} names, as SQLite keeps it. */
interface Row extends Required<Pick<Message, (typeof PLAIN)[number]>> {
  editedAt: number | null;
  isRemoved: 1 | null;
  replyTo: number | null;
  reactions: string;
  file: string | null;
}

/** The columns that always have a value, which is the one to hand out. */
const PLAIN = ["id", "revision", "key", "room", "author", "from", "text", "sentAt"] as const;

/** Columns without a value become fields that are not there; libsql adds some of its own to a row. */
function toMessage(row: unknown): Message {
  const { editedAt, isRemoved, replyTo, reactions, file, ...fields } = row as Row;
  const plain = Object.fromEntries(PLAIN.map((name) => [name, fields[name]]));
  return {
    ...(plain as unknown as Row),
    reactions: JSON.parse(reactions) as Message["reactions"],
    ...(editedAt !== null && { editedAt }),
    ...(isRemoved !== null && { isRemoved: true }),
    ...(replyTo !== null && { replyTo }),
    ...(file !== null && { file: JSON.parse(file) as FileNote }),
  } as Message;
}
