/**
 * Makes one plain JavaScript file of a server program, so that a server is not measured through a loader: on Node 20
 * such a loader is needed for TypeScript, and changes the code it loads. Packages of this repository go into the
 * file as built from their sources; those of others stay outside and run from what they publish.
 */
import { join } from "node:path";
import { rolldown } from "rolldown";

const OUTPUT = join(import.meta.dirname, "../dist");

/** Builds `program`, a path beside this file. Resolves with the path of the result. */
export async function buildProgram(program: string): Promise<string> {
  const bundle = await rolldown({
    input: join(import.meta.dirname, program),
    platform: "node",
    external: ["ws", "socket.io", "@telsiz/server/client-bundle"],
    resolve: { conditionNames: ["@telsiz/source", "node", "import"] },
    tsconfig: false,
    treeshake: false,
  });
  const file = join(OUTPUT, program.replace(/\.ts$/, ".mjs"));
  await bundle.write({ file, format: "esm" });
  await bundle.close();
  return file;
}
