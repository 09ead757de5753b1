/** What the search finds: guides before the reference, but for names of the API; of the reference, names with what they mean. */
import type { DefaultTheme } from "vitepress";

/** What is needed of VitePress's renderer. */
interface Renderer {
  render(source: string, env: object): string;
}

/** The options of the search that concern its index. */
export const searched: Pick<DefaultTheme.LocalSearchOptions, "_render" | "miniSearch"> = {
  _render(source, env, markdown) {
    const { relativePath = "" } = env as { relativePath?: string };
    const isReference = relativePath.startsWith("reference/");
    return (markdown as Renderer).render(isReference ? namesOf(source) : source, env);
  },
  miniSearch: {
    // It is sent to the page as text, and can name nothing outside of itself.
    searchOptions: { boostDocument: (id: string) => (id.includes("/reference/") ? 0.35 : 1) },
  },
};

/** A page of the reference without parameters, results and types: each is named hundreds of times. */
function namesOf(source: string): string {
  return source
    .replace(/^#{4,} .*\n(?:(?!#).*\n?)*/gm, "")
    .replace(/^## Type Parameters\n(?:(?!#).*\n?)*/gm, "")
    .replace(/^> .*$/gm, "");
}
