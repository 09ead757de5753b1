/** Pages are compiled to components that import `vue`, and theirs is a folder where it is not installed. */
import { fileURLToPath } from "node:url";
import type { UserConfig } from "vitepress";

type Plugin = Extract<NonNullable<NonNullable<UserConfig["vite"]>["plugins"]>[number], { name: string }>;

/** Resolves what the pages in `docs` import as if they were in this package. */
export function importFromHere(docs: string): Plugin {
  const here = fileURLToPath(import.meta.url);
  return {
    name: "import-from-here",
    enforce: "pre",
    async resolveId(source, importer, options) {
      if (!/^vue(\/|$)/.test(source) || importer?.startsWith(docs) !== true) return null;
      return this.resolve(source, here, { ...options, skipSelf: true });
    },
  };
}
