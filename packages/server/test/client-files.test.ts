import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type RequestOptions } from "node:http";
import {
  connect as connectHttp2,
  createServer as createHttp2Server,
  type IncomingHttpHeaders,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { clientBundleDirectory } from "@telsiz/server/client-bundle";
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { Server, type ServerOptions } from "../src/index.ts";

const scripts = ["socket.io.js", "socket.io.min.js", "socket.io.esm.min.js", "socket.io.msgpack.min.js"];
const files = scripts.flatMap((name) => [name, `${name}.map`]);

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** As it came, compressed or not. */
  readonly body: Buffer;
}

type Ask = (path: string, headers?: Record<string, string>, options?: RequestOptions) => Promise<Answer>;

let directory: string;

beforeAll(async () => {
  directory = await clientBundleDirectory();
}, 60_000);

/** A server on a free port; what it answers. @param change is called with the server once it is attached */
async function serve(options: ServerOptions = {}, change?: (io: Server) => void): Promise<Ask> {
  const http = createServer((_request, response) => response.writeHead(418).end("not ours")).listen(0);
  const io = new Server(http, options);
  change?.(io);
  onTestFinished(async () => {
    await io.close();
  });
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  return async (path, headers = {}, rest = {}) => {
    const sent = request({ host: "127.0.0.1", port, path, headers, agent: false, ...rest }).end();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return { status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) };
  };
}

const kept = (name: string): Buffer => brotliDecompressSync(readFileSync(join(directory, `${name}.br`)));

/** A file as it is served: a map with its sources, which are kept apart from it. */
function bundled(name: string): Buffer {
  if (!name.endsWith(".map")) return kept(name);
  const map = JSON.parse(kept(name).toString()) as { sources: string[] };
  const texts = JSON.parse(kept("sources.json").toString()) as Record<string, string>;
  return Buffer.from(JSON.stringify({ ...map, sourcesContent: map.sources.map((source) => texts[source]) }));
}

/** What each encoding of an answer unfolds to. */
const unfold: Record<string, (body: Buffer) => Buffer> = {
  br: brotliDecompressSync,
  gzip: gunzipSync,
  none: (body) => body,
};

describe("the client's files", () => {
  it("are all served as they are, with their type", async () => {
    const ask = await serve();
    for (const name of files) {
      const { status, headers, body } = await ask(`/socket.io/${name}`);
      const type = name.endsWith(".map") ? "application/json" : "application/javascript";
      expect(status, name).toBe(200);
      expect(headers, name).toMatchObject({
        "content-type": `${type}; charset=utf-8`,
        "cache-control": "public, max-age=0",
        "content-length": String(body.length),
        etag: expect.stringMatching(/^"[^"]+"$/),
        vary: "Accept-Encoding",
      });
      expect(headers, name).not.toHaveProperty("content-encoding");
      expect(body.equals(bundled(name)), name).toBe(true);
    }
  });

  it("can be fetched as any page does", async () => {
    const http = createServer().listen(0);
    const io = new Server(http);
    onTestFinished(async () => {
      await io.close();
    });
    await once(http, "listening");
    const { port } = http.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/socket.io/socket.io.js`);
    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect(await response.text()).toBe(bundled("socket.io.js").toString());
  });

  it("have a tag that differs between them and stays the same for each", async () => {
    const [ask, again] = [await serve(), await serve()];
    const tags = await Promise.all(files.map(async (name) => (await ask(`/socket.io/${name}`)).headers.etag));
    expect(new Set(tags).size).toBe(files.length);
    expect((await again(`/socket.io/${files[0]!}`)).headers.etag).toBe(tags[0]);
  });

  it("are served whatever query follows", async () => {
    const ask = await serve();
    expect((await ask("/socket.io/socket.io.js?v=1&w=?")).status).toBe(200);
  });

  it("are served below the path of the server", async () => {
    const ask = await serve({ path: "/live/" });
    expect((await ask("/live/socket.io.js")).status).toBe(200);
    expect((await ask("/socket.io/socket.io.js")).status).toBe(418);
  });

  it.each([
    [true, 200],
    [false, 400],
  ])(
    "are what serveClient: %s made them when the server was attached, whatever it is set to later",
    async (serveClient, status) => {
      const ask = await serve({ serveClient }, (io) => io.serveClient(!serveClient));
      expect((await ask("/socket.io/socket.io.js")).status).toBe(status);
    },
  );

  it("are not in the answer to HEAD, but their headers are", async () => {
    const ask = await serve();
    const { status, headers, body } = await ask("/socket.io/socket.io.min.js", {}, { method: "HEAD" });
    expect(status).toBe(200);
    expect(headers["content-length"]).toBe(String(bundled("socket.io.min.js").length));
    expect(body).toHaveLength(0);
  });
});

describe("a file that the client has already", () => {
  it.each([
    ["the same tag", (tag: string) => tag],
    ["the same tag, weak", (tag: string) => `W/${tag}`],
    ["one tag of several", (tag: string) => `"old", W/"older", ${tag}`],
    ["any tag", () => "*"],
  ])("is not sent again for %s", async (_what, header) => {
    const ask = await serve();
    const { etag } = (await ask("/socket.io/socket.io.js")).headers;
    const answer = await ask("/socket.io/socket.io.js", { "if-none-match": header(etag!) });
    expect(answer).toMatchObject({ status: 304, headers: { etag, "cache-control": "public, max-age=0" } });
    expect(answer.body).toHaveLength(0);
    expect(answer.headers).not.toHaveProperty("content-encoding");
  });

  it("is sent again for another tag", async () => {
    const ask = await serve();
    const { status } = await ask("/socket.io/socket.io.js", { "if-none-match": '"4.8.4"' });
    expect(status).toBe(200);
  });
});

describe("the compression of a file", () => {
  it.each([
    ["br", "br"],
    ["gzip", "gzip"],
    ["gzip, deflate, br, zstd", "br"],
    ["deflate, GZIP;q=0.5", "gzip"],
    ["br;q=0, gzip", "gzip"],
    ["br; q=0.0,gzip;q=0", undefined],
    ["identity", undefined],
    ["", undefined],
  ])("for %j is %s", async (accepted, encoding) => {
    const ask = await serve();
    for (const name of ["socket.io.js", "socket.io.min.js.map"]) {
      const { headers, body } = await ask(`/socket.io/${name}`, { "accept-encoding": accepted });
      expect(headers["content-encoding"]).toBe(encoding);
      expect(headers["content-length"]).toBe(String(body.length));
      expect(unfold[encoding ?? "none"]!(body).equals(bundled(name))).toBe(true);
    }
  });

  it("is deflate where the client takes neither", async () => {
    const ask = await serve();
    for (const accepted of ["deflate", "deflate, identity, br;q=0"]) {
      const { headers, body } = await ask("/socket.io/socket.io.js", { "accept-encoding": accepted });
      expect(headers["content-encoding"]).toBe("deflate");
      expect(headers["content-length"]).toBe(String(body.length));
      expect(inflateSync(body).equals(bundled("socket.io.js"))).toBe(true);
    }
  });
});

describe("over HTTP/2", () => {
  it("the files are served as over HTTP/1.1", async () => {
    const http = createHttp2Server().listen(0);
    const io = new Server(http, { cors: { origin: "https://example.com" } });
    await once(http, "listening");
    const session = connectHttp2(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
    onTestFinished(async () => {
      session.close();
      await io.close();
    });
    const ask = async (headers: object): Promise<[IncomingHttpHeaders, Buffer]> => {
      const stream = session.request({ ":path": "/socket.io/socket.io.min.js", ...headers });
      const [answered] = (await once(stream, "response")) as [IncomingHttpHeaders];
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      return [answered, Buffer.concat(chunks)];
    };
    const [headers, body] = await ask({ "accept-encoding": "br", origin: "https://example.com" });
    expect(headers).toMatchObject({
      ":status": 200,
      "content-type": "application/javascript; charset=utf-8",
      "content-encoding": "br",
      "access-control-allow-origin": "https://example.com",
      vary: expect.stringContaining("Accept-Encoding"),
    });
    expect(brotliDecompressSync(body).equals(bundled("socket.io.min.js"))).toBe(true);
    const [again] = await ask({ "if-none-match": headers.etag });
    expect(again[":status"]).toBe(304);
    const [other, text] = await ask({ ":path": "/socket.io/other.js" });
    expect([other[":status"], text.toString()]).toEqual([400, '{"code":0,"message":"Transport unknown"}']);
  });
});

describe("what is asked for by pages of other origins", () => {
  const origin = "https://example.com";
  const bug = new Error("a bug");

  it("is served without a word about them by default", async () => {
    const ask = await serve();
    const { status, headers } = await ask("/socket.io/socket.io.js", { origin });
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty("access-control-allow-origin");
  });

  it("is allowed to the origins that may connect", async () => {
    const ask = await serve({ cors: { origin: [origin], credentials: true } });
    const allowed = await ask("/socket.io/socket.io.js", { origin });
    expect(allowed.headers).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-credentials": "true",
      vary: expect.stringContaining("Origin"),
    });
    expect(allowed.headers.vary).toContain("Accept-Encoding");
    expect(allowed.body.equals(bundled("socket.io.js"))).toBe(true);
    const other = await ask("/socket.io/socket.io.js", { origin: "https://other.example" });
    expect(other.headers).not.toHaveProperty("access-control-allow-origin");
  });

  it("is allowed to all when cors is true", async () => {
    const ask = await serve({ cors: true });
    const { headers } = await ask("/socket.io/socket.io.js", { origin });
    expect(headers["access-control-allow-origin"]).toBe("*");
  });

  it("may be asked about first", async () => {
    const ask = await serve({ cors: { origin } });
    const { status, headers } = await ask("/socket.io/socket.io.js", { origin }, { method: "OPTIONS" });
    expect(status).toBe(204);
    expect(headers["access-control-allow-origin"]).toBe(origin);
  });

  it.each([
    [
      "throws",
      () => {
        throw bug;
      },
      bug,
    ],
    [
      "calls back with an error",
      (_request: unknown, callback: (error: Error) => void) => callback(bug),
      expect.objectContaining({ cause: bug }),
    ],
  ])(
    "is not served, and harms nothing else, when the application %s instead of deciding",
    async (_how, cors, failure) => {
      const printed = vi.spyOn(console, "error").mockImplementation(() => undefined);
      onTestFinished(() => {
        printed.mockRestore();
      });
      const ask = await serve({ cors });
      expect((await ask("/socket.io/socket.io.js", { origin })).status).toBe(500);
      expect(printed).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("socket.io.js"), failure);
      expect((await ask("/elsewhere")).status).toBe(418);
    },
  );
});

describe("what is none of the client's files", () => {
  it.each([
    "/socket.io/socket.io.dev.js",
    "/socket.io/socket.io.js.br",
    "/socket.io/socket.io.js.map.map",
    "/socket.io/SOCKET.IO.JS",
    "/socket.io/../package.json",
    "/socket.io/%73ocket.io.js",
    "/socket.io/constructor",
    "/socket.io/",
  ])("is left to the engine below its path: %s", async (path) => {
    const ask = await serve();
    const { status, body } = await ask(path);
    expect(status).toBe(400);
    expect(JSON.parse(body.toString())).toEqual({ code: 0, message: "Transport unknown" });
  });

  it.each(["/", "/socket.io.js", "/socket.io", "/other/socket.io.js"])(
    "is left to the application elsewhere: %s",
    async (path) => {
      const ask = await serve();
      expect(await ask(path)).toMatchObject({ status: 418, body: Buffer.from("not ours") });
    },
  );

  it("is the handshake", async () => {
    const ask = await serve();
    const { status, body } = await ask("/socket.io/?EIO=4&transport=polling");
    expect(status).toBe(200);
    expect(body.toString()).toMatch(/^0\{"sid":/);
  });
});
