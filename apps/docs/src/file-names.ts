/** Shows the name of a file above its code: what `title="server.ts"` says in the line that opens a snippet. */
import type { MarkdownRenderer } from "vitepress";

/** Wraps the rule that renders snippets. */
export function showFileNames(markdown: MarkdownRenderer): void {
  const render = markdown.renderer.rules.fence;
  if (render === undefined) return;
  markdown.renderer.rules.fence = (tokens, index, options, env, self) => {
    const code = render(tokens, index, options, env, self);
    const name = /\btitle="([^"]+)"/.exec(tokens[index]?.info ?? "")?.[1];
    if (name === undefined) return code;
    return `<div class="file"><p class="file-name">${markdown.utils.escapeHtml(name)}</p>${code}</div>`;
  };
}
