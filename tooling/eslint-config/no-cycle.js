import { readFileSync, statSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import ts from "typescript";

/** What a file imports by relative path, types included, as absolute paths; read again when the file changes. */
const known = new Map();

function importsOf(file) {
  const modified = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  if (modified === undefined) return [];
  const entry = known.get(file);
  if (entry?.modified === modified) return entry.imports;
  const imports = parseImports(readFileSync(file, "utf8"), file);
  known.set(file, { modified, imports });
  return imports;
}

function parseImports(text, file) {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.filter(({ fileName }) => fileName.startsWith("."))
    .map(({ fileName, pos }) => ({ path: resolve(dirname(file), fileName), pos }));
}

/** The files from `start` to `goal`, `start` first, or nothing when no import leads there. */
function routeBetween(start, goal) {
  const seen = new Set([start]);
  const routes = [[start]];
  for (const route of routes) {
    const file = route.at(-1);
    if (file === goal) return route;
    for (const { path } of importsOf(file)) {
      if (seen.has(path)) continue;
      seen.add(path);
      routes.push([...route, path]);
    }
  }
  return undefined;
}

/**
 * No file imports itself by way of others, not even for a type: import-x/no-cycle leaves `import type` out.
 * Follows relative imports only, which suffices: between packages the graph has no cycle.
 *
 * @type {import("eslint").Rule.RuleModule}
 */
export const noCycle = {
  meta: {
    type: "problem",
    docs: { description: "Forbid cycles of imports, type-only imports included." },
    messages: { cycle: "Import cycle: {{route}}" },
    schema: [],
  },
  create(context) {
    const file = context.physicalFilename;
    return {
      Program() {
        for (const { path, pos } of parseImports(context.sourceCode.text, file)) {
          const route = routeBetween(path, file);
          if (route === undefined) continue;
          const names = [file, ...route].map((each) => relative(dirname(file), each));
          context.report({
            loc: context.sourceCode.getLocFromIndex(pos),
            messageId: "cycle",
            data: { route: names.join(" -> ") },
          });
        }
      },
    };
  },
};
