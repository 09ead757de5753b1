/**
 * Somebody who follows a page of the docs to the letter: runs its commands and writes its files, in the order in which they
 * stand there, in an empty folder of their own. What is not published yet comes from tarballs.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Snippet, snippetsOf } from "@telsiz/docs/snippets";
import { QUIETLY, run, type Tarball } from "./tarballs.ts";
import { Terminal } from "./terminal.ts";

const root = join(import.meta.dirname, "../../..");

export class Newcomer {
  readonly #folder: string;
  readonly #snippets: readonly Snippet[];
  readonly #tarballs: readonly Tarball[];
  readonly #port: number;
  readonly #terminals: Terminal[] = [];

  /** @param port for servers, in the variable `PORT` */
  constructor(folder: string, page: string, tarballs: readonly Tarball[], port: number) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    this.#snippets = snippetsOf(readFileSync(join(root, page), "utf8"));
    this.#tarballs = tarballs;
    this.#port = port;
  }

  /** Runs the commands of a section, and writes its files. @param heading the beginning of it */
  follow(heading: string): void {
    for (const { language, title, code } of this.#section(heading)) {
      if (title !== undefined) writeFileSync(join(this.#folder, title), `${code}\n`);
      else if (language === "sh") for (const command of code.split("\n")) this.type(command);
    }
  }

  /** Runs a command that ends. @throws Error with what it printed, where its exit code is not zero */
  type(command: string): void {
    const [program, verb, ...names] = command.split(" ");
    if (program === "npm" && verb === "install")
      run("npm", ["install", ...this.#toInstall(names)], this.#folder);
    else run("sh", ["-c", command], this.#folder);
  }

  /** Writes other words into a file, in place of some that are there once. */
  edit(file: string, words: string, others: string): void {
    const path = join(this.#folder, file);
    const [before, after, ...more] = readFileSync(path, "utf8").split(words);
    if (after === undefined || more.length > 0) throw new Error(`${file} does not have "${words}" once`);
    writeFileSync(path, before + others + after);
  }

  /** What a section says that one reads or sees, in blocks of a language. */
  blocks(heading: string, language: "text" | "console"): string[] {
    return this.#section(heading)
      .filter((snippet) => snippet.language === language)
      .map(({ code }) => code);
  }

  /** Opens a terminal, runs the command of a transcript in it, and waits for the first line that it shows. */
  async open(transcript: string): Promise<Terminal> {
    const terminal = new Terminal(transcript, this.#folder, this.#port);
    this.#terminals.push(terminal);
    await terminal.play(1);
    return terminal;
  }

  /** Ends what runs in terminals. */
  async interrupt(): Promise<void> {
    await Promise.all(this.#terminals.splice(0).map((terminal) => terminal.interrupt()));
  }

  #section(heading: string): readonly Snippet[] {
    const section = this.#snippets.filter((snippet) => snippet.heading.startsWith(heading));
    if (section.length === 0) throw new Error(`the page has nothing to follow below "${heading}"`);
    return section;
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

/** A word that names its version stays as it is. */
function withVersion(name: string): string {
  if (name.lastIndexOf("@") > 0) return name;
  const line = catalog.split("\n").find((text) => text.trim().replaceAll('"', "").startsWith(`${name}: `));
  if (line === undefined) throw new Error(`${name} is not in the catalog`);
  return `${name}@${line.slice(line.indexOf(": ") + 2)}`;
}
