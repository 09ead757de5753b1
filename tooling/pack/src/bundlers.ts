/** What bundlers make of a page's program, with nothing configured but where it comes from and goes to. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "./tarballs.ts";

/** Bundles a module for browsers, minified, and gives the code. */
export type Bundler = (entry: string) => Promise<string>;

const outputOf = (entry: string, bundler: string): string => join(dirname(entry), `${bundler}.bundle.js`);

/** By name. */
export const BUNDLERS: Record<string, Bundler> = {
  async esbuild(entry) {
    const { build } = await import("esbuild");
    const outfile = outputOf(entry, "esbuild");
    await build({ entryPoints: [entry], bundle: true, minify: true, format: "esm", outfile });
    return readFileSync(outfile, "utf8");
  },

  async rolldown(entry) {
    const { rolldown } = await import("rolldown");
    const bundle = await rolldown({ input: entry, platform: "browser", tsconfig: false });
    const { output } = await bundle.generate({ format: "esm", minify: true });
    await bundle.close();
    return output[0].code;
  },

  rspack(entry) {
    const output = join(dirname(entry), "rspack");
    const build = ["rspack", "build", "--entry", entry, "--output-path", output];
    // Fetched here: it is 54 MB, which nobody else needs who installs the repository.
    const packages = ["@rspack/core@2.3.4", "@rspack/cli@2.2.8"].flatMap((name) => ["--package", name]);
    run("npx", ["-y", ...packages, ...build], dirname(entry));
    return Promise.resolve(readFileSync(join(output, "main.js"), "utf8"));
  },

  async vite(entry) {
    const { build } = await import("vite");
    const outDir = join(dirname(entry), "vite");
    await build({
      root: dirname(entry),
      configFile: false,
      logLevel: "error",
      build: { outDir, rolldownOptions: { input: entry, output: { entryFileNames: "page.js" } } },
    });
    return readFileSync(join(outDir, "page.js"), "utf8");
  },

  async webpack(entry) {
    const { default: webpack } = await import("webpack");
    const file = outputOf(entry, "webpack");
    const compiler = webpack({
      mode: "production",
      context: dirname(entry),
      entry,
      output: { path: dirname(file), filename: "webpack.bundle.js" },
    });
    await new Promise<void>((resolve, reject) => {
      compiler.run((error, stats) => {
        if (error !== null) reject(error);
        else if (stats?.hasErrors() === true || stats?.hasWarnings() === true)
          reject(new Error(stats.toString()));
        else resolve();
      });
    });
    return readFileSync(file, "utf8");
  },
};
