/** A site with nothing on it but the client, once through a script tag and once through a bundler, and an echo. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { Server, type Socket } from "@telsiz/server";
import { rolldown } from "rolldown";

/** What the server saw of one value: `Buffer 01 02`, for example. */
type Seen = string;

export interface PageToSite {
  /** Sends values there and back. The answer says what the server saw. */
  echo: (values: unknown[], reply: (seen: Seen[], values: unknown[]) => void) => void;
}

export interface SiteToPage {
  greeting: (bytes: Uint8Array, nested: { list: Uint8Array[] }) => void;
}

export type SiteSocket = Socket<PageToSite, SiteToPage>;

export interface EchoSite {
  url: string;
  io: Server<PageToSite, SiteToPage>;
  close: () => Promise<void>;
}

/** The pages, each of which leaves `io` on the window. */
const PAGES: Record<string, string> = {
  "/script": `<!doctype html><script src="/socket.io/socket.io.js"></script>`,
  "/bundle": `<!doctype html><script type="module">import { io } from "/client.js"; window.io = io;</script>`,
};

export async function openEchoSite(): Promise<EchoSite> {
  const bundle = await bundleClient();
  const http = createServer((request, response) => {
    const path = request.url ?? "";
    if (path === "/client.js") response.setHeader("content-type", "text/javascript").end(bundle);
    else response.setHeader("content-type", "text/html").end(PAGES[path]);
  });
  const io = new Server<PageToSite, SiteToPage>(http);
  io.on("connection", (socket) => {
    socket.on("echo", (values, reply) => reply(values.map(describe), values));
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    io,
    close: () => io.close(),
  };
}

async function bundleClient(): Promise<string> {
  const bundler = await rolldown({
    input: "@telsiz/client",
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    platform: "browser",
    resolve: { conditionNames: ["@telsiz/source", "browser", "import"] },
  });
  const { output } = await bundler.generate({ format: "esm" });
  await bundler.close();
  return output[0].code;
}

function describe(value: unknown): Seen {
  return Buffer.isBuffer(value) ? `Buffer ${value.toString("hex")}` : JSON.stringify(value);
}
