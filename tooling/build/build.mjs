/**
 * Builds the package in the working directory.
 *
 *   dist/esm   what tsc makes: the declarations, and for bundlers one ES module per source, of which they take what a
 *              program uses. Where only Node.js imports a package, the declarations alone.
 *   dist/cjs   what runs on Node.js: each entry as one file, which loads in half the time of its modules.
 *   dist/node  the same entries for `import`: they pass on what is in dist/cjs, so that a program has one copy of each
 *              class whichever way it asks.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join, relative } from "node:path";
import { rolldown } from "rolldown";

const require = createRequire(join(process.cwd(), "package.json"));
const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");

rmSync("dist", { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json", "--outDir", "dist/esm"], {
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);

copyDeclarations();
// Nothing in dist/esm: a nested package.json there would hide the package's own fields. CommonJS needs just this one line.
writeFileSync("dist/cjs/package.json", '{"type":"commonjs"}\n');
const entries = entriesOf(JSON.parse(readFileSync("package.json", "utf8")).exports);
for (const { name, exports } of await bundle(entries.map(({ name }) => name))) passOn(name, exports);
dropModulesBut(reachableFrom(entries.flatMap(({ modules }) => modules)));

/**
 * tsc rewrites "./x.ts" in what runs, not in declarations, where only TypeScript 5 and later finds x.d.ts by it. Those of
 * CommonJS are the same text.
 */
function copyDeclarations() {
  for (const path of filesIn("dist/esm", ".d.ts")) {
    const text = readFileSync(path, "utf8").replace(
      /((?:from|import) ?\(?"\.{1,2}\/[^"\n]*)\.ts"/g,
      '$1.js"',
    );
    writeFileSync(path, text);
    const copy = join("dist/cjs", relative("dist/esm", path));
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(path, copy);
  }
}

/** The entries that Node.js loads, `server/index`, each with the module that bundlers begin with, if they may. */
function entriesOf(exports) {
  return Object.values(exports).flatMap((conditions) => {
    const required = conditions.require ?? conditions.node?.require;
    if (required === undefined) return [];
    // That of the declarations: what `require` gives may be made of it, see commonjs.mjs.
    const name = required.types.replace(/^\.\/dist\/cjs\/(.*)\.d\.ts$/, "$1");
    const modules = [conditions.browser, conditions.import].map((target) => target?.default);
    return [{ name, modules: modules.filter((path) => path?.startsWith("./dist/esm/")) }];
  });
}

async function bundle(names) {
  const build = await rolldown({
    input: Object.fromEntries(names.map((name) => [name, join(process.cwd(), `dist/esm/${name}.js`)])),
    platform: "node",
    external: (id) => !id.startsWith(".") && !isAbsolute(id),
    tsconfig: false,
    plugins: [{ name: "lazy-require", transform: asPlainRequire }],
  });
  const { output } = await build.write({
    dir: "dist/cjs",
    format: "cjs",
    exports: "named",
    chunkFileNames: "shared-[hash].js",
    comments: false,
  });
  await build.close();
  return output.filter(({ isEntry }) => isEntry);
}

/** How a source loads a package when it is first needed; in CommonJS as every bundler understands it. */
function asPlainRequire(code) {
  return code.replaceAll("createRequire(import.meta.url)(", "require(");
}

/** An ES module that exports what the CommonJS one does. */
function passOn(name, exports) {
  const file = join("dist/node", `${name}.js`);
  const path = relative(dirname(file), join("dist/cjs", `${name}.js`)).replaceAll("\\", "/");
  const named = exports.filter((one) => one !== "default");
  const lines = [`import entry from "${path}";`, `export const { ${named.join(", ")} } = entry;`];
  if (named.length < exports.length) lines.push("export default entry.default;");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${lines.join("\n")}\n`);
}

/** The modules that `entries` import, and those that these import. */
function reachableFrom(entries) {
  const found = new Set();
  const visit = (file) => {
    if (found.has(file)) return;
    found.add(file);
    for (const [, path] of readFileSync(file, "utf8").matchAll(/(?:from|import) ?\(?"(\.[^"\n]*)"/g))
      visit(join(dirname(file), path));
  };
  for (const entry of entries) visit(join(entry));
  return found;
}

/** What nobody can import need not be installed. */
function dropModulesBut(kept) {
  for (const path of filesIn("dist/esm", ".js")) if (!kept.has(path)) rmSync(path);
}

function filesIn(directory, ending) {
  const paths = readdirSync(directory, { recursive: true });
  return paths.filter((path) => path.endsWith(ending)).map((path) => join(directory, path));
}
