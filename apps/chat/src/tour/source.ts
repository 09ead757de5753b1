/** Picks the part to show out of a source file's text. */

/** An example's function and what stands below it; what it expects is shown on its own. */
export function exampleOf(module: string): string {
  return module.slice(module.indexOf("export async function run")).trim();
}

/** What stands between `// #region <name>` and `// #endregion`, for each name, without common indentation. */
export function regionsOf(module: string, names: readonly string[]): string {
  return names.map((name) => dedent(regionOf(module, name))).join("\n\n");
}

/** The script elements of a page. */
export function scriptsOf(page: string): string {
  const scripts = page.match(/^[ \t]*<script[\s\S]*<\/script>/m);
  return dedent(scripts?.[0] ?? "");
}

function regionOf(module: string, name: string): string {
  const region = module.split(`// #region ${name}\n`)[1]?.split("// #endregion")[0];
  if (region === undefined) throw new Error(`there is no region "${name}"`);
  return region.trimEnd();
}

function dedent(text: string): string {
  const lines = text.split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/));
  const shortest = Math.min(...indents);
  return lines.map((line) => line.slice(shortest)).join("\n");
}
