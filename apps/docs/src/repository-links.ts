/** Links of pages to files of the repository that are no pages: the sources and tests that a fact is proved by. */
import { relative, resolve } from "node:path";
import type { MarkdownRenderer } from "vitepress";

/**
 * Makes links out of `docsFolder` point into `repository`, the address below which the files of the main branch are shown. Where
 * there is none, such a link leads nowhere on a site, and its text stays alone.
 */
export function linkRepository(
  markdown: MarkdownRenderer,
  docsFolder: string,
  repository: string | undefined,
): void {
  const root = resolve(docsFolder, "..");
  markdown.core.ruler.push("repository-links", (state) => {
    const page = (state.env as { path?: string }).path ?? resolve(docsFolder, "index.md");
    for (const block of state.tokens) {
      let leaving = false;
      for (const token of block.children ?? []) {
        if (token.type === "link_open") {
          const file = resolve(page, "..", decodeURI(token.attrGet("href") ?? ""));
          leaving = isRelative(token.attrGet("href")) && relative(docsFolder, file).startsWith("..");
          if (!leaving) continue;
          if (repository === undefined) hide(token);
          else token.attrSet("href", `${repository}/${relative(root, file)}`);
        } else if (token.type === "link_close" && leaving && repository === undefined) hide(token);
      }
    }
  });
}

function isRelative(href: string | null): boolean {
  return href !== null && href.startsWith(".");
}

/** Renders nothing for a token; what is between the two ends of a link stays. */
function hide(token: { type: string; tag: string; content: string; attrs: unknown }): void {
  token.type = "text";
  token.tag = "";
  token.content = "";
  token.attrs = null;
}
