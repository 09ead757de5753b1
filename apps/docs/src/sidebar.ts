/** The pages of a language in their order. Titles are the pages' own headings. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { DefaultTheme } from "vitepress";

/** A heading of the sidebar with the pages below it. */
export interface PageGroup {
  /** What stands above the pages. */
  readonly text: string;
  /** File names without `.md`; those that are not there are left out. */
  readonly pages: readonly string[];
}

/**
 * The sidebar of the Markdown files in `folder`, served below `base`. Pages that no group names come last, under
 * `others`: a page that was only just written is never out of reach.
 */
export function sidebar(
  folder: string,
  base: string,
  groups: readonly PageGroup[],
  others: string,
): DefaultTheme.SidebarItem[] {
  const named = new Set(["index", ...groups.flatMap((group) => group.pages)]);
  const rest = readdirSync(folder)
    .filter((file) => file.endsWith(".md"))
    .map((file) => file.slice(0, -3))
    .filter((page) => !named.has(page));
  return [...groups, { text: others, pages: rest }]
    .map(({ text, pages }) => ({
      text,
      items: pages
        .filter((page) => existsSync(join(folder, `${page}.md`)))
        .map((page) => ({ text: titleOf(join(folder, `${page}.md`)), link: `${base}${page}` })),
    }))
    .filter((group) => group.items.length > 0);
}

/** The sidebar of the API reference in `folder`: the entries of the packages, and below each its classes and interfaces. */
export function referenceSidebar(folder: string, base: string): DefaultTheme.SidebarItem[] {
  const pages = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".md"))
    .sort();
  const entries = pages.filter((file) => file.endsWith("/index.md") && !file.includes("/namespaces/"));
  const names = entries.map((file) => file.slice(0, -"/index.md".length));
  // What applications import comes first.
  const first = ["@telsiz/server", "@telsiz/client", "@telsiz/events"];
  return [...first, ...names.filter((name) => !first.includes(name))].map((entry) => ({
    text: entry,
    link: `${base}${entry}/`,
    collapsed: true,
    items: ["classes", "interfaces"].flatMap((kind) =>
      pages
        .filter((file) => file.startsWith(`${entry}/${kind}/`))
        .map((file) => ({ text: basename(file, ".md"), link: base + file.slice(0, -3) })),
    ),
  }));
}

/** The first heading of a Markdown file. */
function titleOf(file: string): string {
  const heading = /^# (.+)$/m.exec(readFileSync(file, "utf8"));
  if (heading?.[1] === undefined) throw new Error(`${file} has no heading`);
  return heading[1].replaceAll("`", "");
}
