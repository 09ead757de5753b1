import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { buildClientBundles, clientBundlesHash } from "../../../tooling/build/client-bundles.mjs";

const cache = join(import.meta.dirname, "../../../node_modules/.cache/telsiz-client-bundle");

/** @type {Promise<string> | undefined} */
let building;

/** Inside the repository the bundles are built from source, once for each state of the source. */
export async function clientBundleDirectory() {
  building ??= build().catch((error) => {
    building = undefined; // the source may be right the next time
    throw error;
  });
  return building;
}

async function build() {
  const directory = join(cache, clientBundlesHash());
  if (existsSync(directory)) return directory;
  mkdirSync(cache, { recursive: true });
  forgetOldBuilds();
  const unfinished = mkdtempSync(join(cache, "unfinished-"));
  try {
    await buildClientBundles(unfinished);
    renameSync(unfinished, directory);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(directory)) throw error; // else another process was faster
  }
  return directory;
}

const DAY_MS = 86_400_000;

/** Each state of the source leaves a build behind; one of today may still be served by another process. */
function forgetOldBuilds() {
  for (const name of readdirSync(cache)) {
    const directory = join(cache, name);
    const builtAt = statSync(directory, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - builtAt > DAY_MS) rmSync(directory, { recursive: true, force: true });
  }
}
