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

/** A program whose size is watched. */
export interface WatchedProgram {
  readonly text: string;
  /** What it may take, minified and with gzip, in bytes: what it takes today, rounded up. */
  readonly budgetBytes: number;
  /** What it is to take one day. */
  readonly goalBytes: number;
}

/** The programs whose size is watched, by name. A change that goes beyond a budget says what that is worth. */
export const PROGRAMS = {
  "every transport": {
    text: `import { io } from "@telsiz/client"; io().emit("hello");`,
    budgetBytes: 20_080, // 1,100 of them for WebTransport, which pages of Socket.IO have, too, 660 to lose no event with a connection, and 95 for the names of errors
    goalBytes: 9000,
  },
  "WebSocket alone": {
    text: `import { io } from "@telsiz/client/websocket"; io().emit("hello");`,
    budgetBytes: 17_130,
    goalBytes: 6000,
  },
  "WebSocket, then polling": {
    text: `import { Fetch, io, WebSocket } from "@telsiz/client/websocket"; io({ transports: [WebSocket, Fetch] }).emit("hello");`,
    budgetBytes: 18_570,
    goalBytes: 9000,
  },
  "every transport and a contract": {
    text: `import { io } from "@telsiz/client";
import { defineContract, type } from "@telsiz/events";
const contract = defineContract({ clientToServer: { hello: { args: type() } } });
io({ contract }).emit("hello");`,
    budgetBytes: 23_660,
    goalBytes: 12_000,
  },
} as const satisfies Record<string, WatchedProgram>;
