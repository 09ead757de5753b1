/** A site with nothing on it but the client, in every shape that a page can load it, and an echo. */
import { readFile } from "node:fs/promises";
import { createServer, type Server as HttpServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { messagePackParser } from "@telsiz/parser";
import { Server, type Socket } from "@telsiz/server";
import { Server as StockServer } from "socket.io";
import * as stockMessagePackParser from "socket.io-msgpack-parser";
import { bundleClient } from "./client-bundle.ts";

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

const script = (file: string): string => `<!doctype html><script src="${file}"></script>`;
const module = (file: string): string => `<!doctype html><script type="module" src="${file}"></script>`;

/** The pages, each of which leaves `io` on the window: that of the site's own server, ours, or in the last one the stock one. */
const PAGES: Record<string, string> = {
  "/script": script("/socket.io/socket.io.js"),
  "/minified": script("/socket.io/socket.io.min.js"),
  "/messagepack": script("/socket.io/socket.io.msgpack.min.js"),
  "/module": `<!doctype html><script type="module">import { io } from "/socket.io/socket.io.esm.min.js"; window.io = io;</script>`,
  "/bundle": module("/client.js"),
  "/websocket": module("/websocket.js"),
  "/debug": module("/debug.js"),
  "/stock": script("/stock.js"),
};

/** The modules of the last ones but that, for a bundler. The classes of transports are on the window, too. */
const PROGRAMS = {
  "/client.js": `import { Fetch, io, WebSocket, XHR } from "@telsiz/client"; Object.assign(window, { io, transports: { Fetch, WebSocket, XHR } });`,
  "/websocket.js": `import { io } from "@telsiz/client/websocket"; window.io = io;`,
  "/debug.js": `import { io } from "@telsiz/client/debug"; window.io = io;`,
};

export async function openEchoSite(kind: SiteKind = ourKind, messagePack = false): Promise<EchoSite> {
  const [bundles, stockClient] = await Promise.all([bundlePrograms(), readStockClient()]);
  const scripts = new Map([...bundles, ["/stock.js", stockClient]]);
  const http = createServer((request, response) => {
    const path = request.url ?? "";
    if (path.startsWith("/socket.io/")) return; // for the engine
    const content = scripts.get(path);
    if (content !== undefined) response.setHeader("content-type", "text/javascript").end(content);
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

/** The published client, as the published server serves it: for a page of any server. */
function readStockClient(): Promise<string> {
  const folder = dirname(createRequire(import.meta.url).resolve("socket.io/package.json"));
  return readFile(join(folder, "client-dist/socket.io.min.js"), "utf8");
}

let bundling: Promise<ReadonlyMap<string, string>> | undefined;

/** The programs as a bundler makes them, by path; once for all sites of a file. */
function bundlePrograms(): Promise<ReadonlyMap<string, string>> {
  const bundle = async ([path, program]: [string, string]): Promise<[string, string]> => [
    path,
    (await bundleClient(program)).code,
  ];
  bundling ??= Promise.all(Object.entries(PROGRAMS).map(bundle)).then((entries) => new Map(entries));
  return bundling;
}

function describe(value: unknown): Seen {
  return Buffer.isBuffer(value) ? `Buffer ${value.toString("hex")}` : JSON.stringify(value);
}
