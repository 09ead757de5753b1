/** Writes the API reference, `docs/reference`, from the docstrings of the packages. */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import {
  Application,
  type Context,
  Converter,
  type ProjectReflection,
  type Reflection,
  ReflectionKind,
} from "typedoc";
import type { PluginOptions } from "typedoc-plugin-markdown";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const out = join(root, "docs/reference");

interface Manifest {
  name: string;
  exports: Record<string, { "@telsiz/source"?: string | { default: string } }>;
  dependencies?: object;
}

/**
 * The entries of each package: `@telsiz/engine/server` is made of `packages/engine/src/server/index.ts`. What several
 * export is described with the first, so those that need fewer others come before those that pass on what these have.
 */
function entries(): Map<string, string> {
  const found = new Map<string, string>();
  const manifests = readdirSync(join(root, "packages")).map((folder) => {
    const text = readFileSync(join(root, "packages", folder, "package.json"), "utf8");
    return { folder, manifest: JSON.parse(text) as Manifest };
  });
  manifests.sort((one, other) => needs(one.manifest) - needs(other.manifest));
  for (const { folder, manifest } of manifests) {
    for (const [path, target] of Object.entries(manifest.exports)) {
      const source = target["@telsiz/source"];
      const file = typeof source === "object" ? source.default : source;
      if (file?.endsWith(".ts") !== true) continue; // what is no module of its own, such as a manifest
      found.set(join(root, "packages", folder, file), manifest.name + path.slice(1));
    }
  }
  return found;
}

/** How many other packages of the repository it needs. */
function needs({ dependencies = {} }: Manifest): number {
  return Object.keys(dependencies).filter((name) => name.startsWith("@telsiz/")).length;
}

/** `@telsiz/engine` of `@telsiz/engine/server`. */
function packageOf(entry: string): string {
  return entry.split("/").slice(0, 2).join("/");
}

/** Modules have the names by which they are imported. */
function nameModules(context: Context, names: ReadonlyMap<string, string>): void {
  for (const module of context.project.getReflectionsByKind(ReflectionKind.Module)) {
    const file = context.getSymbolFromReflection(module)?.declarations?.[0]?.getSourceFile().fileName;
    module.name = names.get(file ?? "") ?? module.name;
  }
}

/** Takes away what is for the packages alone: names with an underscore, and what only who extends an adapter sees. */
function hideInside({ project }: Context): void {
  for (const reflection of Object.values(project.reflections)) {
    const isInside =
      (reflection.name.startsWith("_") && !reflection.isParameter()) ||
      (reflection.flags.isProtected && !mayBeExtended(reflection));
    if (isInside) project.removeReflection(reflection);
  }
}

function mayBeExtended(reflection: Reflection): boolean {
  const { parent } = reflection;
  return reflection.name === "@telsiz/adapter" || (parent !== undefined && mayBeExtended(parent));
}

/** What a class implements and where a member comes from concern who works on the packages; docstrings tell the rest. */
function dropLineage({ project }: Context): void {
  for (const reflection of Object.values(project.reflections)) {
    if (!reflection.isDeclaration() && !reflection.isSignature()) continue;
    if (reflection.isDeclaration()) delete reflection.implementedTypes;
    delete reflection.overwrites;
    delete reflection.inheritedFrom;
    delete reflection.implementationOf;
  }
}

async function convert(
  names: ReadonlyMap<string, string>,
): Promise<{ app: Application; project: ProjectReflection }> {
  const options: Partial<PluginOptions> & Parameters<typeof Application.bootstrapWithPlugins>[0] = {
    plugin: ["typedoc-plugin-markdown"],
    name: "API reference",
    out,
    readme: "none",
    entryPoints: [...names.keys()],
    tsconfig: fileURLToPath(new URL("../tsconfig.reference.json", import.meta.url)),
    excludeExternals: true,
    excludePrivate: true,
    excludeInternal: true,
    disableSources: true,
    treatWarningsAsErrors: true,
    packagesRequiringDocumentation: [...new Set(names.values())].map(packageOf),
    validation: { notExported: true, invalidLink: true, notDocumented: true },
    membersWithOwnFile: ["Class", "Interface"],
    entryFileName: "index",
    hideBreadcrumbs: true,
    hidePageHeader: true,
    parametersFormat: "table",
    pageTitleTemplates: {
      member: ({ rawName, kind }: { rawName: string; kind: string }) =>
        `${rawName.replace(/<.*/, "")}, ${kind.toLowerCase()}`,
    },
    typeDeclarationFormat: "table",
    sanitizeComments: true,
  };
  const app = await Application.bootstrapWithPlugins(options);
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    nameModules(context, names);
    hideInside(context);
  });
  app.converter.on(Converter.EVENT_RESOLVE_END, dropLineage);
  const project = await app.convert();
  if (project === undefined) throw new Error("The packages do not compile");
  return { app, project };
}

const { app, project } = await convert(entries());
app.validate(project);
rmSync(out, { recursive: true, force: true });
await app.generateOutputs(project);
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1;
console.log(`written to ${relative(root, out)}`);
