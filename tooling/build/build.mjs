// Builds the package in the working directory twice with tsc: dist/esm and dist/cjs, each with its own .d.ts.
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(join(process.cwd(), "package.json"));
const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
const run = (...args) => {
  const command = [tsc, "-p", "tsconfig.build.json", ...args];
  const { status } = spawnSync(process.execPath, command, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
};

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

// tsc rewrites "./x.ts" in what runs, not in declarations, where only TypeScript 5 and later finds x.d.ts by it.
// The new text is as long as the old, so the declaration maps stay right.
for (const path of readdirSync("dist", { recursive: true })) {
  if (!path.endsWith(".d.ts")) continue;
  const file = join("dist", path);
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(/((?:from|import) ?\(?"\.{1,2}\/[^"\n]*)\.ts"/g, '$1.js"'));
}

// Nothing in dist/esm: a nested package.json there would hide the package's own fields. CommonJS needs just this one line.
writeFileSync("dist/cjs/package.json", '{"type":"commonjs"}\n');
