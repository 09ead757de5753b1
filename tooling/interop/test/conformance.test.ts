/** Holds docs/conformance.md to the truth. */
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { ConformancePage } from "../src/conformance-page.ts";
import { testTitles } from "../src/test-titles.ts";

const root = join(import.meta.dirname, "../../..");
const page = new ConformancePage(join(root, "docs/conformance.md"));
const LATER = "Later";
const proven = page.rows.filter(({ section }) => section !== LATER);

describe("the page of conformance", () => {
  it("has a name, a meaning and a test in each row, and a reason for what comes later", () => {
    const incomplete = page.rows.filter(({ cells }) => cells.some((cell) => cell === ""));
    expect(incomplete).toEqual([]);
    expect(new Set(proven.map(({ cells }) => cells.length))).toEqual(new Set([3]));
    expect(page.rows.some(({ section }) => section === LATER)).toBe(true);
  });

  it("names a test that is there in each row", () => {
    const titles = new Map<string, Set<string>>();
    const missing = proven.flatMap((row) =>
      page.proofsOf(row).flatMap(({ file, title }) => {
        if (!titles.has(file)) titles.set(file, existsSync(file) ? testTitles(file) : new Set());
        return titles.get(file)!.has(title) ? [] : [`line ${row.line}: ${relative(root, file)}: ${title}`];
      }),
    );
    expect(missing).toEqual([]);
  });

  it("links each file once, and no file for nothing", () => {
    const named = new Set(proven.flatMap((row) => page.proofsOf(row).map(({ file }) => file)));
    expect(new Set(page.files.values()).size).toBe(page.files.size);
    expect([...page.files.values()].filter((file) => !named.has(file))).toEqual([]);
  });

  it("has the sections of Socket.IO's surface, in their order", () => {
    const sections = new Set(proven.map(({ section }) => section));
    expect([...sections].map((section) => section.replace(/ .*/, ""))).toEqual(
      Array.from({ length: 16 }, (_, index) => `${index + 1}.`),
    );
  });
});
