/** The one change that moves an application over: what its files import, or require. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What is imported in place of what. */
export type Renames = Readonly<Record<string, string>>;

/** The packages that take the place of Socket.IO's. */
export const TO_TELSIZ: Renames = { "socket.io": "@telsiz/server", "socket.io-client": "@telsiz/client" };

/** A source with other imports, or one of CommonJS that requires others. */
export function changeImports(source: string, renames: Renames): string {
  return source.replaceAll(
    /(?<= from "|\brequire\(")[^"]+(?=";|"\))/g,
    (specifier) => renames[specifier] ?? specifier,
  );
}

/** Copies a folder of sources, which then imports others. */
export function copyWithImports(from: string, to: string, renames: Renames): void {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true });
  for (const name of readdirSync(to)) {
    const file = join(to, name);
    writeFileSync(file, changeImports(readFileSync(file, "utf8"), renames));
  }
}
