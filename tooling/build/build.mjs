/**
 * Builds the package in the working directory.
 *
 *   dist/esm   for bundlers, one ES module per source, as tsc makes it, of which they take what a program uses. Where only Node.js
 *              imports a package, nothing but the declarations of its entries, which pass on those of dist/cjs.
 *   dist/cjs   what runs on Node.js: each entry as one file, which loads in half the time of its modules; and the declarations.
 *   dist/node  the same entries for `import`: they pass on what is in dist/cjs, so that a program has one copy of each
 *              class whichever way it asks.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join, relative } from "node:path";
import { rolldown } from "rolldown";
import { parseSync } from "rolldown/utils";

const require = createRequire(join(process.cwd(), "package.json"));
const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");

rmSync("dist", { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json", "--outDir", "dist/esm"], {
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);

const { exports: published } = JSON.parse(readFileSync("package.json", "utf8"));
moveDeclarations();
for (const path of declarationsOf(published)) passOnDeclaration(path);
// Nothing in dist/esm: a nested package.json there would hide the package's own fields. CommonJS needs just this one line.
writeFileSync("dist/cjs/package.json", '{"type":"commonjs"}\n');
const entries = entriesOf(published);
for (const { name, exports } of await bundle(entries.map(({ name }) => name))) passOn(name, exports);
dropModulesBut(reachableFrom(entries.flatMap(({ modules }) => modules)));
for (const path of filesIn("dist/esm", ".js")) dropComments(path);

/** tsc rewrites "./x.ts" in what runs, not in declarations, where only TypeScript 5 and later finds x.d.ts by it. */
function moveDeclarations() {
  for (const path of filesIn("dist/esm", ".d.ts")) {
    const text = readFileSync(path, "utf8").replace(
      /((?:from|import) ?\(?"\.{1,2}\/[^"\n]*)\.ts"/g,
      '$1.js"',
    );
    const moved = join("dist/cjs", relative("dist/esm", path));
    mkdirSync(dirname(moved), { recursive: true });
    writeFileSync(moved, text);
    rmSync(path);
  }
}

/** The declarations that ES modules are told of: `dist/esm/server/index.d.ts`. */
function declarationsOf(exports) {
  const types = JSON.stringify(exports).matchAll(/"types":"\.\/(dist\/esm\/[^"]*)"/g);
  return new Set([...types].map(([, path]) => path));
}

/**
 * An ES module may take its types from those of CommonJS, not the other way round: so that a type is one, whichever way a program
 * asks for it. A default export has to be named, since it would be all of the module.
 */
function passOnDeclaration(path) {
  const source = join("dist/cjs", relative("dist/esm", path));
  const from = relative(dirname(path), source)
    .replaceAll("\\", "/")
    .replace(/\.d\.ts$/, ".js");
  const named = defaultOf(source);
  const lines = [`export * from "${from}";`];
  if (named !== undefined) lines.push(`export { ${named} as default } from "${from}";`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${lines.join("\n")}\n`);
}

/** The entries that Node.js loads, `server/index`, each with the module that bundlers begin with, if they may. */
function entriesOf(exports) {
  return Object.values(exports).flatMap((conditions) => {
    const required = conditions.require ?? conditions.node?.require;
    if (required === undefined) return [];
    // That of the declarations for `import`: what `require` gives may be made of it, see commonjs.mjs.
    const { types } = conditions.import ?? conditions.node.import;
    const name = types.replace(/^\.\/dist\/esm\/(.*)\.d\.ts$/, "$1");
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

/**
 * An ES module that exports what the CommonJS one does, each by its name: what the default of a CommonJS module is, Node.js and
 * bundlers do not agree on.
 */
function passOn(name, exports) {
  const file = join("dist/node", `${name}.js`);
  const path = relative(dirname(file), join("dist/cjs", `${name}.js`)).replaceAll("\\", "/");
  const names = exports.filter((one) => one !== "default");
  if (names.length < exports.length) names.push(`${defaultOf(join("dist/cjs", `${name}.d.ts`))} as default`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `export { ${names.join(", ")} } from "${path}";\n`);
}

/** The name by which a module's declarations export its default besides. */
function defaultOf(declarations) {
  return /\b(\w+) as default\b/.exec(readFileSync(declarations, "utf8"))?.[1];
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

/** What the declarations say need not be installed twice. Bundlers read the rest: what has no effect may be left out. */
function dropComments(path) {
  let code = readFileSync(path, "utf8");
  for (const { value, start, end } of parseSync(path, code).comments.reverse()) {
    if (value.includes("__PURE__")) continue;
    const before = code.slice(0, start).replace(/(?<=\n)[ \t]+$/, "");
    const after = code.slice(end);
    code = before + (before.endsWith("\n") || before === "" ? after.replace(/^[ \t]*\n/, "") : after);
  }
  writeFileSync(path, code);
}

/** What nobody can import need not be installed. */
function dropModulesBut(kept) {
  for (const path of filesIn("dist/esm", ".js")) if (!kept.has(path)) rmSync(path);
}

function filesIn(directory, ending) {
  const paths = readdirSync(directory, { recursive: true });
  return paths.filter((path) => path.endsWith(ending)).map((path) => join(directory, path));
}
