/**
 * Builds what a page loads from /socket.io/: the client as one file, in the four shapes that api-surface 6.5 names,
 * each with its source map, and the sources of all maps; compressed.
 *
 *   node client-bundles.mjs DIRECTORY
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { rolldown, VERSION } from "rolldown";
import { parseSync } from "rolldown/utils";

const root = resolve(import.meta.dirname, "../..");
const client = join(root, "packages/client");
const { version } = JSON.parse(readFileSync(join(client, "package.json"), "utf8"));

const bundles = [
  { entry: "umd.ts", file: "socket.io.js", format: "umd", minify: false },
  { entry: "umd.ts", file: "socket.io.min.js", format: "umd", minify: true },
  { entry: "esm.ts", file: "socket.io.esm.min.js", format: "esm", minify: true },
  { entry: "msgpack.ts", file: "socket.io.msgpack.min.js", format: "umd", minify: true },
];

async function build({ entry, file, format, minify }, directory) {
  const bundle = await rolldown({
    input: join(client, "src/bundle", entry),
    platform: "browser",
    resolve: { conditionNames: ["@telsiz/source", "browser", "import", "default"] },
    transform: { target: "es2022" },
    tsconfig: false,
    // A warning here is an import that no page could resolve.
    onLog: (_level, log) => {
      throw new Error(log.message);
    },
  });
  await bundle.write({
    file: join(directory, file),
    format,
    name: "io",
    minify,
    sourcemap: true,
    // The same text wherever it is built.
    sourcemapPathTransform: (source) => source.replace(/^.*packages\//, "@telsiz/"),
    postBanner: `/*! @telsiz/client ${version}, MIT License */`,
  });
  await bundle.close();
  return takeSources(join(directory, `${file}.map`));
}

/** The sources that a map brings along, which are the same for all of them: they are kept once, and put in where a map is served. */
function takeSources(file) {
  const { sourcesContent, ...map } = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify(map));
  return map.sources.map((name, index) => [name, withoutComments(name, sourcesContent[index])]);
}

/** The same lines and columns without the words: who follows a bundle into its sources finds the code, at a third of the size. */
function withoutComments(name, source) {
  let code = source;
  for (const { start, end } of parseSync(name, source).comments)
    code = code.slice(0, start) + code.slice(start, end).replace(/[^\n]/g, " ") + code.slice(end);
  return code.replace(/ +$/gm, "");
}

/**
 * Keeps a file in Brotli alone, a quarter of its size: a server makes the other forms of it when it is first asked for them.
 * Brotli at its best takes a hundred times longer than at its fastest, so it is done here.
 */
function compress(path) {
  const content = readFileSync(path);
  const brotli = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  writeFileSync(`${path}.br`, brotliCompressSync(content, { params: brotli }));
  rmSync(path);
}

/** Writes the bundles, their maps and the sources of these into `directory`, each as a `.br`. */
export async function buildClientBundles(directory) {
  mkdirSync(directory, { recursive: true });
  const sources = new Map();
  for (const bundle of bundles)
    for (const [name, code] of await build(bundle, directory)) sources.set(name, code);
  writeFileSync(join(directory, "sources.json"), JSON.stringify(Object.fromEntries(sources)));
  for (const name of readdirSync(directory)) compress(join(directory, name));
}

/** A text that changes when the bundles would. */
export function clientBundlesHash() {
  const hash = createHash("sha256")
    .update(VERSION)
    .update(readFileSync(import.meta.filename));
  for (const name of ["client", "engine", "events", "parser", "socket"]) {
    const folder = join(root, "packages", name);
    const sources = readdirSync(join(folder, "src"), { recursive: true }).filter((path) =>
      path.endsWith(".ts"),
    );
    for (const path of ["package.json", ...sources.sort().map((source) => join("src", source))]) {
      hash.update(`${name}/${path}\0`).update(readFileSync(join(folder, path)));
    }
  }
  return hash.digest("hex").slice(0, 16);
}

if (process.argv[1] === import.meta.filename) await buildClientBundles(resolve(process.argv[2]));
