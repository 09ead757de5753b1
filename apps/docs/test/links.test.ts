/** Links of the pages to files of the repository, which the site does not check. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));

it("lead to files that are there", () => {
  const pages = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    ...markdownIn("docs"),
    ...markdownIn("packages"),
  ];
  expect(pages.length).toBeGreaterThan(30);
  expect(pages.flatMap(brokenLinks)).toEqual([]);
});

function markdownIn(folder: string): string[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".md") && !/node_modules|^reference|CHANGELOG/.test(file))
    .map((file) => join(folder, file));
}

function brokenLinks(page: string): string[] {
  const text = readFileSync(join(root, page), "utf8").replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target.replace(/#.*/, ""));
  return targets
    .filter((target) => target !== "" && !/^[a-z]+:/.test(target))
    .map((target) => join(root, dirname(page), decodeURI(target)))
    .filter((file) => !existsSync(file) && !relative(root, file).startsWith(join("docs", "reference")))
    .map((file) => `${page}: ${relative(root, file)}`);
}
