/** The code in a Markdown page: what stands between fences, and what their info strings say. */

/** One block of code. */
export interface Snippet {
  /** The line of the page on which its code begins, from 1. */
  readonly line: number;
  /** The language that the fence names, such as `ts`. */
  readonly language: string;
  /** The name of its file, from `title="..."`. */
  readonly title: string | undefined;
  /** Whether the info string has the word `runnable`: it ends by itself, without an error. */
  readonly runnable: boolean;
  /** How many headings of the second level stand above it: files with one name in two sections are two states of it. */
  readonly section: number;
  /** The text of the last of these headings, or `""`. */
  readonly heading: string;
  /** The code. */
  readonly code: string;
}

/** All blocks of code of a page, in their order. Those below a list lose the list's indentation. */
export function snippetsOf(markdown: string): Snippet[] {
  const snippets: Snippet[] = [];
  let section = 0;
  let heading = "";
  let open: { fence: string; indent: string; info: string; line: number; code: string[] } | undefined;
  for (const [index, text] of markdown.split("\n").entries()) {
    if (open === undefined) {
      const fence = /^( *)(`{3,})(.*)$/.exec(text);
      const title = /^## (.+)$/.exec(text)?.[1];
      if (title !== undefined) {
        section += 1;
        heading = title;
      }
      if (fence === null) continue;
      const [, indent = "", ticks = "", info = ""] = fence;
      open = { fence: ticks, indent, info, line: index + 2, code: [] };
    } else if (text.trim() === open.fence) {
      const { line, code } = open;
      snippets.push({ ...described(open.info), line, section, heading, code: code.join("\n") });
      open = undefined;
    } else {
      open.code.push(text.startsWith(open.indent) ? text.slice(open.indent.length) : text);
    }
  }
  return snippets;
}

function described(info: string): Pick<Snippet, "language" | "title" | "runnable"> {
  const [language = "", ...words] = info.trim().split(/\s+/);
  return { language, title: /\btitle="([^"]+)"/.exec(info)?.[1], runnable: words.includes("runnable") };
}
