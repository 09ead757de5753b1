/** `node:crypto`, a tenth of what the package takes to load, and needed from the first connection on. */
import type * as Crypto from "node:crypto";
import { createRequire } from "node:module";

let loaded: typeof Crypto | undefined;

/** Loads it when it is first asked for. */
export function crypto(): typeof Crypto {
  return (loaded ??= createRequire(import.meta.url)("node:crypto") as typeof Crypto);
}
