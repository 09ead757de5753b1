/** What a bundler makes of a page's program that imports the client. */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";

export interface ClientBundle {
  readonly code: string;
  /** The source files of which something is left, such as `engine/src/client/url.ts`. */
  readonly files: readonly string[];
  /** Its size as a page loads it: minified, and with gzip, in bytes. */
  readonly gzippedBytes: number;
}

const directory = fileURLToPath(new URL(".", import.meta.url));

/** Bundles `program`, the text of a module, for browsers. */
export async function bundleClient(program: string): Promise<ClientBundle> {
  const input = `${directory}program.js`;
  const bundler = await rolldown({
    input,
    platform: "browser",
    tsconfig: false,
    resolve: { conditionNames: ["@telsiz/source", "browser", "import"] },
    plugins: [
      {
        name: "program",
        resolveId: (id) => (id === input ? id : null),
        load: (id) => (id === input ? program : null),
      },
    ],
  });
  const { output } = await bundler.generate({ format: "esm", minify: true });
  await bundler.close();
  const [{ code, modules }] = output;
  const files = Object.entries(modules)
    .filter(([, { renderedLength }]) => renderedLength > 0)
    .map(([file]) => file.replace(/^.*\/packages\//, ""));
  return { code, files, gzippedBytes: gzipSync(code, { level: 9 }).length };
}

/** The programs whose size is watched, by name. */
export const PROGRAMS = {
  "every transport": `import { io } from "@telsiz/client"; io().emit("hello");`,
  "WebSocket alone": `import { io } from "@telsiz/client/websocket"; io().emit("hello");`,
  "WebSocket, then polling": `import { Fetch, io, WebSocket } from "@telsiz/client/websocket"; io({ transports: [WebSocket, Fetch] }).emit("hello");`,
} as const;
