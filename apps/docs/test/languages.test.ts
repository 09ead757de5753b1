/** The pages in Turkish have the code of those in English, but for what people read in it, type and see. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { snippetsOf } from "../src/snippets.ts";

describe.each(["index.md", "tutorial.md", "api.md"])("%s", (page) => {
  it("has the same code in both languages", () => {
    expect(codeOf(`tr/${page}`)).toEqual(codeOf(page));
  });

  it("has the same sections and pictures in both languages", () => {
    expect(outlineOf(`tr/${page}`)).toEqual(outlineOf(page));
  });
});

const read = (page: string): string =>
  readFileSync(new URL(`../../../docs/${page}`, import.meta.url), "utf8");

/** The marks of headings, and the names of pictures. */
function outlineOf(page: string): string[] {
  const text = read(page).replace(/^```[\s\S]*?^```/gm, "");
  return [...text.matchAll(/^#+(?= )|images\/[\w.-]+/gm)].map(([mark]) => mark);
}

function codeOf(page: string): string[] {
  return snippetsOf(read(page))
    .filter(({ language }) => language !== "sh")
    .map(({ title = "", language, code }) =>
      language === "console" ? commandsOf(code) : `${title}\n${withoutTexts(code)}`,
    );
}

/** The commands of a transcript without their arguments, and a line for each that is typed or printed. */
function commandsOf(transcript: string): string {
  return transcript.replace(/^(\$ npx tsx \S+|(?!\$)).*$/gm, "$1");
}

/** Texts of the program, of its page and of its comments are left empty. */
function withoutTexts(code: string): string {
  return code
    .replace(/\/\/ .*/g, "//")
    .replace(/"[^"\n]*"/g, '""')
    .replace(/`[^`]*`/g, "``")
    .replace(/>[^<>\n]+<\//g, "></");
}
