/** Where the chat keeps its messages: an embedded database where there is one, else memory. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { MemoryStore } from "./memory-store.ts";
import { SqliteStore, type SqliteDatabase } from "./sqlite-store.ts";
import type { Store, StoreLimits } from "./store.ts";

/**
 * Opens the best store there is: Node's own SQLite (from 22.13 on), else libsql, else memory.
 *
 * @param file path of the database, `":memory:"` for one that ends with the process
 */
export async function openStore(file: string, limits?: StoreLimits): Promise<Store> {
  try {
    const { name, database } = await openDatabase(file);
    return new SqliteStore(name, database, limits);
  } catch (error) {
    console.warn(`No database at ${file} (${String(error)}): messages stay in memory.`);
    return new MemoryStore(limits);
  }
}

async function openDatabase(file: string): Promise<{ name: string; database: SqliteDatabase }> {
  if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true });
  const builtin = process.getBuiltinModule("node:sqlite" as "node:fs") as unknown as NodeSqlite | undefined;
  if (builtin) return { name: "node:sqlite", database: new builtin.DatabaseSync(file) };
  const { default: Libsql } = await import("libsql");
  // Its statements take any arguments and return unknown rows: the same shape, more loosely typed.
  return { name: "libsql", database: new Libsql(file) as unknown as SqliteDatabase };
}

/** The part of `node:sqlite` in use; the types of Node 20 do not know it. */
interface NodeSqlite {
  DatabaseSync: new (file: string) => SqliteDatabase;
}
