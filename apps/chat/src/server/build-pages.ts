/** Builds the pages with Vite, once for each state of their source. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const app = fileURLToPath(new URL("../..", import.meta.url));
const cache = join(app, "node_modules/.cache/pages");

/** What the built pages depend on: the app's own files, the packages bundled with it, and the versions of all others. */
const SOURCES = [
  "src",
  "index.html",
  "tour.html",
  "plain.html",
  "vite.config.ts",
  "../../packages",
  "../../pnpm-lock.yaml",
];

/** Returns the directory of the built pages. */
export async function buildPages(): Promise<string> {
  const target = join(cache, await hashSources());
  if (existsSync(target)) return target;
  const { build } = await import("vite");
  const draft = `${target}.${process.pid}`;
  await build({ root: app, logLevel: "warn", build: { outDir: draft, emptyOutDir: true } });
  await removeStale(target);
  await moveInto(draft, target);
  return target;
}

async function hashSources(): Promise<string> {
  const hash = createHash("sha256");
  for (const source of SOURCES) {
    for (const file of await filesOf(join(app, source))) hash.update(file).update(await readFile(file));
  }
  return hash.digest("hex").slice(0, 16);
}

async function filesOf(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    const inside = entries.filter(({ name }) => !["node_modules", "dist", "test"].includes(name));
    return (await Promise.all(inside.map(({ name }) => filesOf(join(path, name))))).flat();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return [path];
    throw error;
  }
}

/** Removes what was built of other sources, but no draft of these: another process may be at work on it. */
async function removeStale(target: string): Promise<void> {
  const stale = (await readdir(cache))
    .map((name) => join(cache, name))
    .filter((path) => !path.startsWith(target));
  await Promise.all(stale.map((path) => rm(path, { recursive: true, force: true })));
}

/** Another process may have built the same pages meanwhile: then its work is as good. */
async function moveInto(draft: string, target: string): Promise<void> {
  try {
    await rename(draft, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
    await rm(draft, { recursive: true, force: true });
  }
}
