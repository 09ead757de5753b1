/** Writes the snippets of all pages as the files of a project, and compiles it as a reader with strict options would. */
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Snippet, snippetsOf } from "../src/snippets.ts";
import { contextOf, neighbours } from "./snippet-context.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const folder = fileURLToPath(new URL("../.cache/snippets", import.meta.url));

const EXTENSIONS: Record<string, string> = {
  ts: "ts",
  tsx: "tsx",
  js: "js",
  jsx: "jsx",
  typescript: "ts",
  javascript: "js",
};
/** The language of TypeScript that needs settings of its own: tooling/pack compiles it, as its page says. */
const COMPILED_ELSEWHERE = "mts";
/** "Cannot find name", also with a guess at what was meant, and as a shorthand property. */
const UNKNOWN_NAME =
  /error TS(?:2304|2552|18004): (?:Cannot find name|No value exists in scope for the shorthand property) '([^']+)'/;

/** A snippet in its file. */
export interface SnippetFile {
  /** The page, from the root of the repository. */
  readonly page: string;
  readonly snippet: Snippet;
  /** Where it was written, from the folder of the project. */
  readonly path: string;
}

/** The snippets of every page, and where they were written. */
export function writeProject(): SnippetFile[] {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG));
  const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md") && !file.startsWith("reference")) // signatures, generated
    .map((file) => `docs/${file.replaceAll("\\", "/")}`);
  const packages = readdirSync(join(root, "packages")).map((name) => `packages/${name}/README.md`);
  return ["README.md", ...docs.sort(), ...packages].flatMap(writePage);
}

const TSCONFIG = {
  extends: "../../../../tsconfig.base.json",
  compilerOptions: {
    noEmit: true,
    customConditions: ["@telsiz/source"],
    allowJs: true,
    checkJs: true,
    jsx: "react-jsx",
    // As `tsc --init` leaves it: examples read auth and query by their names.
    noPropertyAccessFromIndexSignature: false,
  },
  include: ["**/*"],
};

function writePage(page: string): SnippetFile[] {
  const files: SnippetFile[] = [];
  const titled = new Map<string, string>(Object.entries(neighbours[page] ?? {}));
  const snippets = snippetsOf(readFileSync(join(root, page), "utf8"));
  for (const section of new Set(snippets.map((snippet) => snippet.section))) {
    const inSection = snippets.filter((snippet) => snippet.section === section);
    for (const { title, code, language } of inSection) {
      if (title !== undefined && language !== COMPILED_ELSEWHERE) titled.set(title, code);
    }
    const place = `${page.replace(/\.md$/, "").replaceAll("/", "_")}/${section}`;
    for (const [title, code] of titled) write(`${place}/${title}`, code);
    for (const snippet of inSection) {
      const extension = EXTENSIONS[snippet.language];
      if (extension === undefined) continue;
      const path = `${place}/${snippet.title ?? `line-${snippet.line}.${extension}`}`;
      write(path, `${snippet.code}\nexport {};\n`);
      files.push({ page, snippet, path });
    }
  }
  return files;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Compiles twice: what the first run does not know by name is given from the context of its page. */
export async function compileProject(files: readonly SnippetFile[]): Promise<string[]> {
  const unknown = new Map<string, Set<string>>();
  for (const line of await compile()) {
    const name = UNKNOWN_NAME.exec(line)?.[1];
    const path = line.slice(0, line.indexOf("("));
    if (name !== undefined) unknown.set(path, (unknown.get(path) ?? new Set()).add(name));
  }
  for (const { page, snippet, path } of files) {
    const context = contextOf(page, snippet.heading);
    const names = [...(unknown.get(path) ?? [])].map((name) => context[name] ?? "");
    const declared = path.endsWith("ts") || path.endsWith("tsx") ? names : names.map(inJavaScript);
    write(path, `${declared.join(" ")}${snippet.code}\nexport {};\n`);
  }
  const places = new Map(files.map((file) => [file.path, file]));
  return (await compile()).map((line) => {
    const [, path = "", row = "0", rest = ""] = /^(.+)\((\d+),\d+\): (.+)$/.exec(line) ?? [];
    const file = places.get(path);
    return file === undefined ? line : `${file.page}:${file.snippet.line + Number(row) - 1}: ${rest}`;
  });
}

function inJavaScript(declaration: string): string {
  return declaration.replace(
    /^declare const (\w+): (.+);$/,
    (_, name, type) => `/** @type {${type}} */ var ${name} = /** @type {any} */ (null);`,
  );
}

/** The errors, one a line. */
async function compile(): Promise<string[]> {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  try {
    await run(process.execPath, [tsc, "-p", ".", "--pretty", "false"], { cwd: folder });
    return [];
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    if (stdout === undefined) throw error;
    return stdout.split("\n").filter((line) => /error TS/.test(line));
  }
}

const run = promisify(execFile);

/** Runs a snippet to its end and gives what it printed. */
export async function runSnippet({ path }: SnippetFile): Promise<string> {
  const { stdout } = await run(
    process.execPath,
    ["--conditions=@telsiz/source", "--import", "tsx", join(folder, path)],
    { cwd: dirname(join(folder, path)), timeout: 60_000 },
  );
  return stdout;
}
