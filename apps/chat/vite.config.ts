import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";

const root = import.meta.dirname;

/** Copies the page that needs no bundler as it is. */
const plainPage: Plugin = {
  name: "plain-page",
  generateBundle() {
    this.emitFile({ type: "asset", fileName: "plain.html", source: readFileSync(join(root, "plain.html")) });
  },
};

/** The pages of the demo. The packages beside it are bundled from their source, so nothing has to be built first. */
export default defineConfig({
  root,
  publicDir: false,
  plugins: [plainPage],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  resolve: { conditions: ["@telsiz/source", "module", "browser", "development|production"] },
  build: {
    target: "es2022",
    rolldownOptions: { input: ["index.html", "tour.html"].map((page) => join(root, page)) },
  },
});
