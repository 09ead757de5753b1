/** Packs every public package into `tarballs` at the root, to install before they are published: `pnpm pack:all`. */
import { mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { packAll } from "./tarballs.ts";

const root = join(import.meta.dirname, "../../..");
const directory = join(root, "tarballs");
mkdirSync(directory, { recursive: true });
for (const { file } of packAll(directory)) console.log(relative(root, file));
