/**
 * The address of the repository, which npm shows beside a package, and by which a CI vouches for where it was made. It is written
 * down in the package.json of the root; those of the packages have copies.
 *
 *   repository.ts copy   into each package
 *   repository.ts check  that it is one, and that each package has it
 */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Manifest {
  name: string;
  repository?: string | { type: string; url: string; directory: string };
}

/** Names that belong to nobody (RFC 2606). */
const PLACEHOLDER = /[/.@](?:example\.(?:com|net|org)|[^/]+\.(?:example|invalid|test))(?:[:/]|$)/;

const read = (file: string): Manifest => JSON.parse(readFileSync(file, "utf8")) as Manifest;

const copiesIn = (root: string): { file: string; directory: string }[] =>
  readdirSync(join(root, "packages")).map((name) => ({
    file: join(root, "packages", name, "package.json"),
    directory: `packages/${name}`,
  }));

const addressIn = (root: string): string => {
  const { repository } = read(join(root, "package.json"));
  if (typeof repository !== "string") throw new Error("package.json names no repository");
  return repository;
};

/** Writes the address of the root into each package. */
export function copyRepository(root: string): void {
  const url = addressIn(root);
  for (const { file, directory } of copiesIn(root)) {
    const manifest = { ...read(file), repository: { type: "git", url, directory } };
    writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
  }
}

/** @throws Error where the address is a placeholder, unless that may be, and where a package has another one */
export function checkRepository(root: string, mayBePlaceholder = false): void {
  const url = addressIn(root);
  if (!mayBePlaceholder && PLACEHOLDER.test(url))
    throw new Error(
      `"repository" in package.json is a placeholder, ${url}: name the real one, and run pnpm release:prepare`,
    );
  for (const { file, directory } of copiesIn(root)) {
    const { name, repository } = read(file);
    if (typeof repository !== "object" || repository.url !== url || repository.directory !== directory)
      throw new Error(`${name} has another repository than package.json: run pnpm release:prepare`);
  }
}

if (process.argv[1] === import.meta.filename) {
  const root = join(import.meta.dirname, "../../..");
  if (process.argv[2] === "copy") copyRepository(root);
  else checkRepository(root);
}
