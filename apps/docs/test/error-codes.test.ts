/** Errors and their page: programs find there what a code means. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const packages = join(root, "packages");

const sources = readdirSync(packages, { recursive: true, encoding: "utf8" })
  .filter((file) => /^\w+[/\\]src[/\\].+\.ts$/.test(file))
  .map((file) => readFileSync(join(packages, file), "utf8"));

/** The codes that a pattern finds in a text. */
const codesIn = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, code = ""]) => code);

it("has a heading for each code that the packages give an error, and for no other", () => {
  const given = sources.flatMap((source) => codesIn(source, /"(TELSIZ_[A-Z0-9_]+)"/g));
  const headings = codesIn(readFileSync(join(root, "docs/errors.md"), "utf8"), /^### (TELSIZ_[A-Z0-9_]+)$/gm);
  expect(headings.toSorted()).toEqual([...new Set(given)].sort());
});

it("is about errors that have the names of their classes", () => {
  const classes = sources.flatMap((source) => [
    ...source.matchAll(/^export class (\w+)[^{]* extends \w*Error\b[\s\S]*?^\}/gm),
  ]);
  expect(classes.length).toBeGreaterThan(30);
  for (const [declaration, name] of classes)
    expect(declaration).toContain(`override readonly name = "${name}";`);
});
