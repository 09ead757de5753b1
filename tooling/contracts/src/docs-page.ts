/** The blocks of code in docs/contracts.md. */
import { readFileSync } from "node:fs";
import { snippetsOf } from "@telsiz/docs/snippets";

const page = readFileSync(new URL("../../../docs/contracts.md", import.meta.url), "utf8");

/** The block of this title. */
export function snippet(title: string): string {
  const found = snippetsOf(page).find((one) => one.title === title);
  if (found === undefined) throw new Error(`the page has no "${title}"`);
  return found.code;
}
