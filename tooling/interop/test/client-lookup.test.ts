/** `io()` of both clients against the stock server: which address means what, and who shares a connection (api-surface.md 8). */
import { type HttpPort, nextEvent, openHttpPort } from "@telsiz/testkit";
import type { Server, Socket as ServerSocket } from "socket.io";
import type { Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type ClientOptions, ourClient, stockClient, stockServer } from "../src/peers.ts";

let http: HttpPort;
let io: Server;

beforeAll(async () => {
  http = await openHttpPort();
  io = stockServer.create(http.server);
  io.of(/^\/.+$/);
});

afterAll(async () => {
  await io.close();
  await http.close();
});

describe.each([stockClient, ourClient])("io() of $name", (kind) => {
  const clients: Socket[] = [];

  afterEach(() => {
    vi.unstubAllGlobals();
    for (const client of clients.splice(0)) client.disconnect();
  });

  function connect(address: string | undefined, options?: ClientOptions): Socket {
    const client = kind.connect(address, { transports: ["websocket"], ...options });
    clients.push(client);
    return client;
  }

  /** A socket that has nothing to do with those before, as caches keep managers for ever. */
  const fresh = (address: string | undefined, options?: ClientOptions): Socket =>
    connect(address, { forceNew: true, ...options });

  /** What the server sees of the next client. */
  async function arrival(client: Socket): Promise<{ nsp: string; query: Record<string, unknown> }> {
    const nsp = io.of((client as unknown as { nsp: string }).nsp);
    const [[socket]] = await Promise.all([
      nextEvent<[ServerSocket]>(nsp, "connection"),
      nextEvent(client, "connect"),
    ]);
    const { EIO: _eio, transport: _transport, "telsiz-connect": _ask, ...query } = socket.handshake.query;
    return { nsp: socket.nsp.name, query };
  }

  it.each([
    ["nothing", "", "/"],
    ["a slash", "/", "/"],
    ["a path", "/news", "/news"],
    ["a path of several parts", "/news/today", "/news/today"],
    ["a path that ends in a slash", "/news/", "/news/"],
    ["a query alone", "?a=1", "/"],
    ["a path and a query", "/news?a=1&b=x%20y", "/news"],
  ])("takes the namespace from %s behind the host", async (_what, rest, nsp) => {
    expect((await arrival(fresh(http.url + rest))).nsp).toBe(nsp);
  });

  it("sends the query of the address, or that of the options if the address has none", async () => {
    expect((await arrival(fresh(`${http.url}/news?a=1&b=x%20y&c`))).query).toEqual({
      a: "1",
      b: "x y",
      c: "",
    });
    expect((await arrival(fresh(`${http.url}?a=1`, { query: { b: "2" } }))).query).toEqual({ a: "1" });
    expect((await arrival(fresh(http.url, { query: { n: 1 as never, 'ü&"': "=" } }))).query).toEqual({
      n: "1",
      'ü&"': "=",
    });
  });

  it.each([
    ["no address", undefined, "/"],
    ["a namespace", "/news", "/news"],
    ["a host and a port", "HOST/news", "/news"],
    ["two slashes, a host and a port", "//HOST/news", "/news"],
  ])("completes %s from the page", async (_what, address, nsp) => {
    vi.stubGlobal("location", { protocol: "http:", host: `127.0.0.1:${http.port}`, hostname: "127.0.0.1" });
    const client = fresh(address?.replace("HOST", `127.0.0.1:${http.port}`));
    expect((await arrival(client)).nsp).toBe(nsp);
  });

  it("connects to IPv6 addresses, with a namespace and a query", async () => {
    const own = await openHttpPort(undefined, "::1");
    const server = stockServer.create(own.server);
    const joined = nextEvent<[ServerSocket]>(server.of("/news"), "connection");
    const client = fresh(`${own.url}/news?a=1`);
    const [socket] = await joined;
    expect([socket.nsp.name, socket.handshake.query["a"]]).toEqual(["/news", "1"]);
    expect(connect(`${own.url}/other`, { autoConnect: false }).io).toBe(
      connect(`${own.url}/another`, { autoConnect: false }).io,
    );
    client.disconnect();
    await server.close();
    await own.close();
  });

  describe("shares a connection", () => {
    /** The address of a server that nothing else in this program has named: one host name of this machine each. */
    let server = "";
    let count = 0;
    const unopened = (address: string, options?: ClientOptions): Socket =>
      connect(address, { autoConnect: false, ...options });
    const isShared = (one: Socket, other: Socket): boolean => one.io === other.io;

    const another = (): string => (server = `http://server-${++count}.${kind.name}.example`);

    it("between namespaces of a server", () => {
      const first = unopened(another());
      expect(isShared(first, unopened(`${server}/news`))).toBe(true);
      expect(isShared(first, unopened(`${server}:80/sports?a=1`))).toBe(true);
      expect(isShared(unopened(`${another()}:443`), unopened(`${server}:443/news`))).toBe(true);
    });

    it("whatever the later options say, which are passed over", () => {
      const first = unopened(another(), { query: { a: "1" } });
      const second = unopened(`${server}/news`, { query: { a: "2" }, reconnectionDelay: 5 });
      expect(isShared(first, second)).toBe(true);
      expect(second.io.opts.query).toEqual({ a: "1" });
      expect(second.io.reconnectionDelay()).toBe(1000);
    });

    it.each<[string, (server: string) => Socket]>([
      ["forceNew is set", (address) => unopened(`${address}/news`, { forceNew: true })],
      [
        "its former name is set",
        (address) => unopened(`${address}/news`, { "force new connection": true } as ClientOptions),
      ],
      ["multiplex is unset", (address) => unopened(`${address}/news`, { multiplex: false })],
      ["the namespace is taken", (address) => unopened(`${address}/`)],
      ["the path is another", (address) => unopened(`${address}/news`, { path: "/own" })],
      ["the port is another", (address) => unopened(`${address}:81/news`)],
      ["the protocol is another", (address) => unopened(`${address.replace("http:", "https:")}/news`)],
      ["the host is another", (address) => unopened(`${address}.tr/news`)],
    ])("not when %s", (_case, open) => {
      const first = unopened(another());
      expect(isShared(first, open(server))).toBe(false);
      expect(isShared(first, unopened(`${server}/last`))).toBe(true);
    });

    it("and does so on the wire", async () => {
      const path = `/own-${kind.name}`;
      const own = await openHttpPort();
      const sockets = stockServer.create(own.server, { path });
      sockets.of("/news");
      const main = connect(own.url, { path });
      const news = connect(`${own.url}/news`, { path });
      await Promise.all([nextEvent(main, "connect"), nextEvent(news, "connect")]);
      expect(sockets.engine.clientsCount).toBe(1);
      expect(main.id).not.toBe(news.id);
      main.disconnect();
      news.disconnect();
      await sockets.close();
      await own.close();
    });
  });
});
