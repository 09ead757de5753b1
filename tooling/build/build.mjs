// Builds the package in the working directory twice with tsc: dist/esm and dist/cjs, each with its own .d.ts.
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(join(process.cwd(), "package.json"));
const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
const run = (...args) =>
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json", ...args], { stdio: "inherit" });

rmSync("dist", { recursive: true, force: true });
run("--outDir", "dist/esm");
run(
  "--outDir",
  "dist/cjs",
  "--module",
  "commonjs",
  "--moduleResolution",
  "bundler",
  "--verbatimModuleSyntax",
  "false",
);
// Nothing in dist/esm: a nested package.json there would hide the package's own fields. CommonJS needs just this one line.
writeFileSync("dist/cjs/package.json", '{"type":"commonjs"}\n');
