/**
 * Somebody who follows a section of the docs to the letter: runs its commands and writes its files, in the order in which
 * they stand there, in an empty folder of their own. What is not published yet comes from tarballs.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Snippet, snippetsOf } from "@telsiz/docs/snippets";
import { QUIETLY, run, type Tarball } from "./tarballs.ts";
import { Terminal } from "./terminal.ts";

const root = join(import.meta.dirname, "../../..");

export class Newcomer {
  readonly folder: string;
  readonly #tarballs: readonly Tarball[];
  readonly #snippets: readonly Snippet[];

  /** @param heading of the section, at the second level */
  constructor(folder: string, page: string, heading: string, tarballs: readonly Tarball[]) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.#tarballs = tarballs;
    this.#snippets = snippetsOf(readFileSync(join(root, page), "utf8")).filter(
      (snippet) => snippet.heading === heading,
    );
  }

  /** Runs what is to be run before anything is shown, and writes the files. */
  follow(): void {
    for (const { language, title, code } of this.#snippets) {
      if (title !== undefined) writeFileSync(join(this.folder, title), `${code}\n`);
      else if (language === "sh") for (const command of code.split("\n")) this.type(command);
    }
  }

  /** Runs a command that ends, and returns what it printed. */
  type(command: string): string {
    const [program, verb, ...names] = command.split(" ");
    if (program === "npm" && verb === "install")
      return run("npm", ["install", ...this.#toInstall(names)], this.folder);
    return run("sh", ["-c", command], this.folder);
  }

  /** Writes other words into a file, in place of some that are there once. */
  edit(file: string, words: string, others: string): void {
    const path = join(this.folder, file);
    const [before, after, ...more] = readFileSync(path, "utf8").split(words);
    if (after === undefined || more.length > 0) throw new Error(`${file} does not have "${words}" once`);
    writeFileSync(path, before + others + after);
  }

  /** The block of plain text: what the page says that one reads. */
  get text(): string {
    return this.#find(({ language }) => language === "text");
  }

  /** Opens a terminal in which a command is run of which the page shows a transcript. @param port for the program */
  open(command: string, port: number): Terminal {
    const transcript = this.#find(
      ({ language, code }) => language === "console" && code.startsWith(`$ ${command}\n`),
    );
    return new Terminal(transcript, this.folder, port);
  }

  #find(fits: (snippet: Snippet) => boolean): string {
    const [found, ...more] = this.#snippets.filter(fits);
    if (found === undefined || more.length > 0) throw new Error("the section does not have one such block");
    return found.code;
  }

  /** All tarballs where one of the packages is asked for, and of others the versions that the repository is tested with. */
  #toInstall(words: readonly string[]): string[] {
    const own = words.filter((word) => this.#tarballs.some(({ name }) => name === word));
    const files = own.length > 0 ? this.#tarballs.map(({ file }) => file) : [];
    const others = words.filter((word) => !own.includes(word));
    return [...QUIETLY, ...files, ...others.map((word) => (word.startsWith("-") ? word : withVersion(word)))];
  }
}

const catalog = readFileSync(join(root, "pnpm-workspace.yaml"), "utf8");

function withVersion(name: string): string {
  const line = catalog.split("\n").find((text) => text.trim().replaceAll('"', "").startsWith(`${name}: `));
  if (line === undefined) throw new Error(`${name} is not in the catalog`);
  return `${name}@${line.slice(line.indexOf(": ") + 2)}`;
}
