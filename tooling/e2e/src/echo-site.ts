/** A site with nothing on it but the client, in every shape that a page can load it, and an echo. */
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { messagePackParser } from "@telsiz/parser";
import { Server, type Socket } from "@telsiz/server";
import { rolldown } from "rolldown";
import { Server as StockServer } from "socket.io";
import * as stockMessagePackParser from "socket.io-msgpack-parser";

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

/** What serves a site, and its client with it. */
export interface SiteKind {
  readonly name: string;
  /** @param messagePack whether it speaks MessagePack */
  create: (http: HttpServer, messagePack: boolean) => Server<PageToSite, SiteToPage>;
}

export const ourKind: SiteKind = {
  name: "telsiz",
  create: (http, messagePack) => new Server(http, messagePack ? { parser: messagePackParser } : {}),
};

export const stockKind: SiteKind = {
  name: "socket.io",
  // What tests use of it is the same.
  create: (http, messagePack) =>
    new StockServer(http, messagePack ? { parser: stockMessagePackParser } : {}) as unknown as Server<
      PageToSite,
      SiteToPage
    >,
};

const script = (file: string): string => `<!doctype html><script src="/socket.io/${file}"></script>`;
const module = (file: string): string =>
  `<!doctype html><script type="module">import { io } from "${file}"; window.io = io;</script>`;

/** The pages, each of which leaves `io` on the window. */
const PAGES: Record<string, string> = {
  "/script": script("socket.io.js"),
  "/minified": script("socket.io.min.js"),
  "/messagepack": script("socket.io.msgpack.min.js"),
  "/module": module("/socket.io/socket.io.esm.min.js"),
  "/bundle": module("/client.js"),
};

export async function openEchoSite(kind: SiteKind = ourKind, messagePack = false): Promise<EchoSite> {
  const bundle = await bundleClient();
  const http = createServer((request, response) => {
    const path = request.url ?? "";
    if (path.startsWith("/socket.io/")) return; // for the engine
    if (path === "/client.js") response.setHeader("content-type", "text/javascript").end(bundle);
    else response.setHeader("content-type", "text/html").end(PAGES[path]);
  });
  const io = kind.create(http, messagePack);
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

let bundling: Promise<string> | undefined;

/** The client as a bundler makes it of the package; once for all sites of a file. */
function bundleClient(): Promise<string> {
  bundling ??= bundlePackage();
  return bundling;
}

async function bundlePackage(): Promise<string> {
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
