/** The demo's pages, served from memory. */
import { readFile, readdir } from "node:fs/promises";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildPages } from "./build-pages.ts";

const MEDIA_TYPES: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

interface Page {
  headers: Record<string, string>;
  body: Buffer;
  /** The same body with gzip, made once. */
  zipped: Buffer;
}

/** Builds the pages if their source has changed, and returns what serves them. */
export async function loadPages(): Promise<RequestListener> {
  const pages = await readPages(await buildPages());
  return (request, response) => {
    const path = (request.url ?? "/").split("?", 1)[0]!;
    const page = pages.get(path);
    if (page) answer(request, response, page);
    else response.writeHead(404, { "content-type": "text/plain" }).end("There is no such page.\n");
  };
}

function answer(request: IncomingMessage, response: ServerResponse, page: Page): void {
  const zips = /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
  if (zips) response.setHeader("content-encoding", "gzip");
  response.writeHead(200, page.headers);
  if (request.method === "HEAD") response.end();
  else response.end(zips ? page.zipped : page.body);
}

async function readPages(directory: string): Promise<Map<string, Page>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const pages = new Map<string, Page>();
  for (const file of files) {
    const path = file.slice(directory.length).replaceAll("\\", "/");
    const body = await readFile(file);
    pages.set(addressOf(path), { headers: headersOf(path), body, zipped: gzipSync(body) });
  }
  return pages;
}

function addressOf(path: string): string {
  if (path === "/index.html") return "/";
  if (path === "/tour.html") return "/tour";
  return path;
}

function headersOf(path: string): Record<string, string> {
  return {
    "content-type": MEDIA_TYPES[extname(path)] ?? "application/octet-stream",
    // Names under /assets/ carry a hash of the content.
    "cache-control": path.startsWith("/assets/") ? "max-age=31536000, immutable" : "no-cache",
    vary: "accept-encoding",
    "x-content-type-options": "nosniff",
  };
}
