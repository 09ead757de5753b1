/** The site: the Markdown files of `docs/` at the root of the repository, as VitePress shows them. */
import { fileURLToPath } from "node:url";
import { defineConfig, type UserConfig } from "vitepress";
import { showFileNames } from "../src/file-names.ts";
import { english, turkish } from "../src/languages.ts";
import { importFromHere } from "../src/outside-pages.ts";
import { linkRepository } from "../src/repository-links.ts";
import { searched } from "../src/search.ts";

const docs = fileURLToPath(new URL("../../../docs", import.meta.url));

const base = process.env["TELSIZ_DOCS_BASE"] ?? "/";

const config: UserConfig = defineConfig({
  title: "Telsiz",
  srcDir: docs,
  outDir: fileURLToPath(new URL("../dist", import.meta.url)),
  cacheDir: fileURLToPath(new URL("../.cache", import.meta.url)),
  base: base,
  cleanUrls: false,
  lastUpdated: false,
  metaChunk: true,
  // The examples name servers on the reader's own machine.
  ignoreDeadLinks: [/^https?:\/\/localhost/],
  head: [["link", { rel: "icon", type: "image/svg+xml", href: `${base}logo.svg` }]],
  vite: {
    // What is larger than usual is the index of the search, which is loaded when somebody searches.
    build: { chunkSizeWarningLimit: 4000 },
    publicDir: fileURLToPath(new URL("../public", import.meta.url)),
    plugins: [importFromHere(docs)],
  },
  markdown: {
    config(markdown) {
      showFileNames(markdown);
      linkRepository(markdown, docs, process.env["TELSIZ_DOCS_REPOSITORY"]);
    },
  },
  themeConfig: {
    logo: "/logo.svg",
    search: { provider: "local", options: { ...turkish.search, ...searched } },
  },
  locales: { root: english.locale(docs), tr: turkish.locale(docs) },
});
export default config;
