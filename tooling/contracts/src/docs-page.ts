/** The blocks of code in docs/contracts.md. */
import { readFileSync } from "node:fs";

/** One block, with what stands behind its opening fence. */
interface Snippet {
  readonly language: string;
  readonly title: string | undefined;
  readonly code: string;
}

const page = readFileSync(new URL("../../../docs/contracts.md", import.meta.url), "utf8");

/** All of them, in the order of the page. */
const snippets: readonly Snippet[] = [...page.matchAll(/^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$/gms)].map(
  ([, language, title, code]) => ({ language: language!, title, code: code! }),
);

/** The block of this title. */
export function snippet(title: string): string {
  const found = snippets.find((one) => one.title === title);
  if (found === undefined) throw new Error(`the page has no "${title}"`);
  return found.code;
}
