/** Builds and packs every public package, and installs the tarballs where nothing of the repository is in reach. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");

/** What is read of a package.json here. */
export interface Manifest {
  name: string;
  private?: boolean;
  exports: Record<string, unknown>;
  packageManager?: string;
  dependencies?: Record<string, string>;
}

/** A public package, packed. */
export interface Tarball {
  name: string;
  /** The source folder of the package. */
  folder: string;
  /** The path of the .tgz file. */
  file: string;
}

export const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

/** What the test runner sets for itself must not reach a program that plays a stranger. */
export function strangersEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(NODE_|VITEST)/.test(name)));
}

/** Runs a program and returns what it printed; an exit code other than zero throws, with all of it in the message. */
export function run(program: string, args: readonly string[], cwd: string): string {
  try {
    return execFileSync(program, args, {
      cwd,
      env: strangersEnvironment(),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    // eslint-disable-next-line preserve-caught-error -- its message and its fields repeat the same output
    throw new Error(`${program} ${args.join(" ")}\n${stdout ?? ""}\n${stderr ?? ""}`);
  }
}

/** Builds all packages and packs the public ones into `directory`. */
export function packAll(directory: string): Tarball[] {
  const pnpm = (...args: string[]): string =>
    run("npx", ["-y", readManifest(root).packageManager ?? "pnpm", ...args], root);
  pnpm("run", "build", "--filter=./packages/*");
  const folders = readdirSync(join(root, "packages")).map((name) => join(root, "packages", name));
  return folders.flatMap((folder) => {
    const { name, private: unpublished } = readManifest(folder);
    if (unpublished === true) return [];
    const file = join(directory, `${name.replace("@telsiz/", "")}.tgz`);
    pnpm("-C", folder, "pack", "--out", file);
    if (!existsSync(file)) throw new Error(`${name} was not packed into ${file}`);
    return [{ name, folder, file }];
  });
}

/** What `npm install` is told beside what to install. */
export const QUIETLY = ["--no-audit", "--no-fund", "--ignore-scripts"];

/** An empty project, and what the README says to install the tarballs in it; of types only those of Node.js. */
export function installAll(tarballs: readonly Tarball[], project: string): void {
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true }));
  const files = tarballs.map(({ file }) => file);
  run("npm", ["install", ...QUIETLY, ...files, "@types/node@^20.19.0"], project);
}
