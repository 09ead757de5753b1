/** Serves the client to pages, `<script src="/socket.io/socket.io.js">` (api-surface.md 6.5). */
import { readFile } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  type CorsMiddleware,
  corsMiddleware,
  type EngineOptions,
  type HttpServer,
} from "@telsiz/engine/server";

/** The files that may be asked for; their source maps too. */
const FILES = new Set([
  "socket.io.js",
  "socket.io.min.js",
  "socket.io.esm.min.js",
  "socket.io.msgpack.min.js",
]);

/** As a file is kept: compressing it so well on request would cost a server more than anything else it does. */
const KEPT = { encoding: "br", suffix: ".br" } as const;

/** What the maps have in common. */
const SOURCES = "sources.json";

/** The other encodings, best first, and that of maps, which are kept in parts: made when a client first asks, and kept. */
const MADE = ["br", "gzip", "deflate"] as const;

// Many servers serve no files: what it takes is loaded for the first.

async function encode(content: Buffer, encoding: (typeof MADE)[number]): Promise<Buffer> {
  const { brotliCompress, constants, deflate, gzip } = await import("node:zlib");
  if (encoding !== "br") return promisify(encoding === "gzip" ? gzip : deflate)(content);
  // At its best it takes a hundred times longer.
  return promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });
}

async function decompressed(content: Buffer): Promise<Buffer> {
  const { brotliDecompress } = await import("node:zlib");
  return promisify(brotliDecompress)(content);
}

/** A file in one encoding. */
interface ClientFile {
  readonly content: Buffer;
  readonly encoding: string | undefined;
}

/** The client's files below the path of a server. */
export class ClientFiles {
  readonly #prefix: string;
  readonly #cors: CorsMiddleware | undefined;
  /** Read or made once; the promise is kept so that requests at the same time do so once too. */
  readonly #contents = new Map<string, Promise<Buffer>>();

  /** @param cors the engine's option: files may be asked for by the same origins as everything else */
  constructor(path: string, cors: EngineOptions["cors"]) {
    this.#prefix = `${path}/`;
    this.#cors = middlewareOf(cors);
  }

  /** Answers requests for the files; all others go to the listeners that were there. */
  attach(server: HttpServer): void {
    const listeners = server.listeners("request");
    server.removeAllListeners("request");
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      const name = this.#fileName(request);
      if (name === undefined) {
        for (const listener of listeners) Reflect.apply(listener, server, [request, response]);
        return;
      }
      void this.#serve(name, request, response);
    });
  }

  #fileName(request: IncomingMessage): string | undefined {
    const url = request.url ?? "";
    if (!url.startsWith(this.#prefix)) return undefined;
    const name = url.slice(this.#prefix.length).split("?", 1)[0]!;
    return FILES.has(name.replace(/\.map$/, "")) ? name : undefined;
  }

  async #serve(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#allowOrigin(request, response);
      await this.#answer(name, request, response);
    } catch (error) {
      console.error(`Telsiz could not serve ${name}:`, error);
      response.writeHead(500).end();
    }
  }

  /** Sets the headers for pages of other origins; resolves unless the request was but a question about them. */
  #allowOrigin(request: IncomingMessage, response: ServerResponse): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#cors === undefined) return resolve();
      // The application may have a function decide, which may fail.
      void this.#cors(request, response, (error) => {
        if (error) reject(new Error("The cors option failed.", { cause: error }));
        else resolve();
      });
    });
  }

  async #answer(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const plain = await this.#plain(name);
    const etag = `"${(await import("node:crypto")).createHash("sha256").update(plain).digest("base64url").slice(0, 20)}"`;
    response.setHeader("Cache-Control", "public, max-age=0");
    response.setHeader("ETag", etag);
    response.appendHeader("Vary", "Accept-Encoding");
    if (matches(request.headers["if-none-match"], etag)) {
      response.writeHead(304).end();
      return;
    }
    const { content, encoding } = await this.#negotiate(name, plain, request);
    if (encoding !== undefined) response.setHeader("Content-Encoding", encoding);
    const type = isMap(name) ? "application/json" : "application/javascript";
    response.setHeader("Content-Type", `${type}; charset=utf-8`);
    response.writeHead(200, { "Content-Length": content.length });
    response.end(request.method === "HEAD" ? undefined : content);
  }

  async #negotiate(name: string, plain: Buffer, request: IncomingMessage): Promise<ClientFile> {
    const accepted = acceptedEncodings(request.headers["accept-encoding"]);
    if (accepted.has(KEPT.encoding) && !isMap(name))
      return { content: await this.#compressed(name), encoding: KEPT.encoding };
    for (const encoding of MADE) {
      if (!accepted.has(encoding)) continue;
      return { content: await this.#keep(`${name} in ${encoding}`, () => encode(plain, encoding)), encoding };
    }
    return { content: plain, encoding: undefined };
  }

  #plain(name: string): Promise<Buffer> {
    return this.#keep(name, async () => {
      const content = await decompressed(await this.#compressed(name));
      return isMap(name) ? withSources(content, await this.#plain(SOURCES)) : content;
    });
  }

  #compressed(name: string): Promise<Buffer> {
    const file = name + KEPT.suffix;
    return this.#keep(file, () => readClientFile(file));
  }

  #keep(key: string, load: () => Promise<Buffer>): Promise<Buffer> {
    let content = this.#contents.get(key);
    if (content === undefined) {
      content = load();
      this.#contents.set(key, content);
      content.catch(() => this.#contents.delete(key)); // perhaps it can be read the next time
    }
    return content;
  }
}

function isMap(name: string): boolean {
  return name.endsWith(".map");
}

/** A source map with the texts of its sources. */
function withSources(map: Buffer, sources: Buffer): Buffer {
  const parsed = JSON.parse(map.toString()) as { readonly sources: readonly string[] };
  const texts = JSON.parse(sources.toString()) as Readonly<Record<string, string>>;
  return Buffer.from(
    JSON.stringify({ ...parsed, sourcesContent: parsed.sources.map((name) => texts[name]) }),
  );
}

async function readClientFile(file: string): Promise<Buffer> {
  const { clientBundleDirectory } = await import("@telsiz/server/client-bundle");
  return promisify(readFile)(join(await clientBundleDirectory(), file));
}

/** RFC 9110 §12.5.3, without weights but for zero, which refuses. */
function acceptedEncodings(header: string | string[] | undefined): ReadonlySet<string> {
  const offers = String(header ?? "").split(",");
  const accepted = offers.filter((offer) => !/;\s*q=0(\.0*)?\s*$/.test(offer));
  return new Set(accepted.map((offer) => offer.split(";", 1)[0]!.trim().toLowerCase()));
}

/** RFC 9110 §13.1.2: a weak comparison with each tag of the list. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);
}

function middlewareOf(cors: EngineOptions["cors"]): CorsMiddleware | undefined {
  if (cors === undefined || cors === false) return undefined;
  return corsMiddleware(cors === true ? {} : cors);
}
