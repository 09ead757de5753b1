/** The pages in Turkish have the code of those in English, but for what people read in it. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { snippetsOf } from "../src/snippets.ts";

it.each(["index.md", "tutorial.md", "api.md"])("%s has the same code in both languages", (page) => {
  expect(codeOf(`tr/${page}`)).toEqual(codeOf(page));
});

function codeOf(page: string): string[] {
  const text = readFileSync(new URL(`../../../docs/${page}`, import.meta.url), "utf8");
  return snippetsOf(text)
    .filter(({ language }) => language !== "sh")
    .map(({ title = "", code }) => `${title}\n${withoutTexts(code)}`);
}

/** Texts of the program, of its page and of its comments are left empty. */
function withoutTexts(code: string): string {
  return code
    .replace(/\/\/ .*/g, "//")
    .replace(/"[^"\n]*"/g, '""')
    .replace(/`[^`]*`/g, "``")
    .replace(/>[^<>\n]+<\//g, "></");
}
