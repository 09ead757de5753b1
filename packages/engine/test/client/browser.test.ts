/** The browser's platform on what Node.js has in common with browsers: `fetch`, `atob`, and a stand-in for `WebSocket`. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { EngineClient, platform, XHR } from "../../src/client/index.browser.ts";

const OPEN = '0{"sid":"s1","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000}';

let server: Server;
let url: string;

beforeEach(async () => {
  vi.stubGlobal("WebSocket", WebSocket);
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  vi.unstubAllGlobals();
  server.closeAllConnections();
  server.close();
});

/** Answers GETs with `answers`, then holds them; resolves to the body of the first POST. */
function serve(answers: string[]): Promise<{ body: string; type: string | undefined }> {
  return new Promise((resolve) => {
    server.on("request", (request, response) => {
      const answer = answers.shift();
      if (request.method === "GET") return answer === undefined ? undefined : response.end(answer);
      request.setEncoding("utf8").once("data", (body: string) => {
        resolve({ body, type: request.headers["content-type"] });
      });
      request.once("end", () => response.end("ok"));
      return undefined;
    });
  });
}

/** An XMLHttpRequest on what Node.js has. */
class FakeXHR {
  status = 0;
  responseText = "";
  withCredentials = false;
  onload!: () => void;
  onerror!: (event: { type: string }) => void;
  onabort!: (event: { type: string }) => void;
  readonly headers: Record<string, string> = {};
  readonly #ending = new AbortController();
  #method!: string;
  #url!: string;

  open(method: string, url: string): void {
    this.#method = method;
    this.#url = url;
  }
  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }
  send(body: string | null): void {
    const { headers } = this;
    fetch(this.#url, { method: this.#method, headers, body, signal: this.#ending.signal })
      .then(async (response) => {
        this.responseText = await response.text();
        this.status = response.status;
        this.onload();
      })
      .catch(() => {
        if (this.#ending.signal.aborted) this.onabort({ type: "abort" });
        else this.onerror({ type: "error" });
      });
  }
  abort(): void {
    this.#ending.abort();
  }
}

describe("XHR", () => {
  const made: FakeXHR[] = [];

  beforeEach(() => {
    made.length = 0;
    vi.stubGlobal(
      "XMLHttpRequest",
      class extends FakeXHR {
        constructor() {
          super();
          made.push(this);
        }
      },
    );
  });

  it("polls and posts with XMLHttpRequest, with headers and credentials as asked for", async () => {
    const posted = serve([OPEN, "4hello"]);
    const client = new EngineClient(url, {
      transports: [XHR],
      withCredentials: true,
      extraHeaders: { "x-mine": "1" },
    });
    const heard: unknown[] = [];
    client.on("message", (data) => heard.push(data));
    client.once("message", () => client.send("€"));
    client.open();
    expect(await posted).toEqual({ body: "4€", type: "text/plain;charset=UTF-8" });
    expect(heard).toEqual(["hello"]);
    expect(made[0]).toMatchObject({ withCredentials: true, headers: { Accept: "*/*", "x-mine": "1" } });
    client.close();
  });

  it("gives the request itself as the context of an error", async () => {
    server.on("request", (_request, response) => response.writeHead(403).end("no"));
    const client = new EngineClient(url, { transports: [XHR] });
    const failed = new Promise((resolve) => client.once("error", resolve));
    client.open();
    expect(await failed).toMatchObject({ message: "xhr poll error", description: 403, context: made[0] });
  });

  it("tells a server that is not there, and ends what takes too long", async () => {
    const reasons = [];
    for (const [address, requestTimeout] of [
      ["http://127.0.0.1:1", 0],
      [url, 20],
    ] as const) {
      const client = new EngineClient(address, { transports: [XHR], requestTimeout });
      const failed = new Promise<Error>((resolve) => client.once("error", resolve));
      client.open();
      const { message, cause } = await failed;
      reasons.push([message, (cause as Error).message]);
    }
    expect(reasons).toEqual([
      ["xhr poll error", "XMLHttpRequest: error"],
      ["xhr poll error", "XMLHttpRequest: abort"],
    ]);
  });
});

describe("in browsers", () => {
  it("polls and posts with fetch", async () => {
    const posted = serve([OPEN, "4hello\u001ebAQID"]);
    const client = new EngineClient(url, { transports: ["polling"] });
    const heard: unknown[] = [];
    client.on("message", (data) => heard.push(data));
    client.once("message", () => client.send("€").send(new Uint8Array([1, 2, 3])));
    client.open();
    expect(await posted).toEqual({ body: "4€\u001ebAQID", type: "text/plain;charset=UTF-8" });
    expect(heard).toEqual(["hello", new Uint8Array([1, 2, 3]).buffer]);
    client.close();
  });

  it("tells a server that is not there as xhr poll error", async () => {
    const client = new EngineClient("http://127.0.0.1:1", { transports: ["polling"] });
    const failed = new Promise((resolve) => client.once("error", resolve));
    client.open();
    expect(await failed).toMatchObject({
      message: "xhr poll error",
      description: 0,
      cause: expect.any(TypeError),
    });
  });

  it("exchanges text and bytes with the global WebSocket, and tells how it closed", async () => {
    new WebSocketServer({ server }).on("connection", (peer) => {
      peer.send(OPEN);
      peer.on("message", (data, isBinary) => {
        peer.send(data, { binary: isBinary });
        if (isBinary) peer.close(4000);
      });
    });
    const client = new EngineClient(url, { transports: ["websocket"], protocols: [] });
    const heard: unknown[] = [];
    client.on("message", (data) => heard.push(data));
    const closed = new Promise((resolve) => client.once("close", (...args) => resolve(args)));
    client
      .open()
      .send("a")
      .send(new Uint8Array([1, 2]));
    expect(await closed).toEqual([
      "transport close",
      { description: "websocket connection closed", context: expect.objectContaining({ code: 4000 }) },
    ]);
    expect(heard).toEqual(["a", new Uint8Array([1, 2]).buffer]);
  });

  it("follows the page's events until the session ends", () => {
    const page = new EventTarget();
    vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
    const seen: string[] = [];
    const unwatch = platform.watchPage({
      onOffline: () => seen.push("offline"),
      onLeave: () => seen.push("leave"),
    });
    page.dispatchEvent(new Event("offline"));
    page.dispatchEvent(new Event("beforeunload"));
    unwatch();
    page.dispatchEvent(new Event("offline"));
    expect(seen).toEqual(["offline", "leave"]);
  });

  it("knows where the page came from, if there is one", () => {
    expect(platform.location).toBeUndefined();
    vi.stubGlobal("location", new URL("https://page.test:8443/path"));
    expect(platform.location).toEqual({ hostname: "page.test", port: "8443", secure: true });
  });

  it("encodes base64 as Node.js does, and decodes as leniently", () => {
    const { base64 } = platform;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
        expect(base64.encode(bytes)).toBe(Buffer.from(bytes).toString("base64"));
        expect(base64.decode(Buffer.from(bytes).toString("base64url"))).toEqual(bytes);
      }),
    );
    expect(base64.encode(new Uint8Array(20_000))).toBe(Buffer.alloc(20_000).toString("base64"));
    expect(base64.decode("AQ ID!B")).toEqual(new Uint8Array([1, 2, 3]));
  });
});
