import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import defaultExport, { connect, io, protocol, type Socket } from "../src/index.ts";
import { FakeEngine } from "./fake-engine.ts";

vi.mock(import("@telsiz/engine/client"), async (original) => {
  const { FakeEngine: EngineClient } = await import("./fake-engine.ts");
  return { ...(await original()), EngineClient: EngineClient as never };
});

let server = "";
let servers = 0;

beforeEach(() => {
  vi.useFakeTimers();
  FakeEngine.reset();
  server = `http://server-${++servers}.example`; // managers are remembered as long as the program runs
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("io", () => {
  it("is exported by all of its names", () => {
    expect(connect).toBe(io);
    expect(defaultExport).toBe(io);
    expect(protocol).toBe(5);
  });

  it("connects to the server and the namespace of the address", () => {
    const socket = io(`${server}/news?token=a`, { auth: { user: "Ada" } });
    expect(socket.nsp).toBe("/news");
    expect(socket.auth).toEqual({ user: "Ada" });
    expect(FakeEngine.last).toMatchObject({
      uri: server,
      options: { query: { token: "a" } },
      state: "opening",
    });
  });

  it("prefers the query of the address to that of the options", () => {
    const { io: manager } = io(`${server}?token=a`, { query: { user: "Ada" } });
    expect(FakeEngine.last.options.query).toEqual({ token: "a" });
    expect(manager.opts.query).toEqual({ token: "a" });
  });

  it("takes the page's server without an address", () => {
    vi.stubGlobal("location", { protocol: "https:", host: `page-${servers}.example` });
    io({ path: "/own" });
    expect(FakeEngine.last).toMatchObject({
      uri: `https://page-${servers}.example`,
      options: { path: "/own" },
    });
    expect(io().nsp).toBe("/");
    expect(io("/news").nsp).toBe("/news");
  });

  it("shares the connection between namespaces of a server", () => {
    const main = io(server);
    const news = io(`${server}:80/news`);
    expect(news.io).toBe(main.io);
    expect(FakeEngine.all).toHaveLength(1);
  });

  it.each([
    ["the namespace is taken", (): Socket => io(`${server}/`)],
    ["forceNew is on", (): Socket => io(`${server}/news`, { forceNew: true })],
    ["multiplex is off", (): Socket => io(`${server}/news`, { multiplex: false })],
    ["the path is another", (): Socket => io(`${server}/news`, { path: "/own" })],
    ["the port is another", (): Socket => io(`${server}:3000/news`)],
    ["the scheme is another", (): Socket => io(`${server.replace("http", "https")}/news`)],
  ])("opens a connection of its own when %s", (_case, another) => {
    const main = io(server);
    expect(another().io).not.toBe(main.io);
    expect(FakeEngine.all).toHaveLength(2);
    expect(io(`${server}/last`).io).toBe(main.io);
  });

  it("does not share a connection that was to be its own", () => {
    const own = io(server, { forceNew: true });
    expect(io(`${server}/news`).io).not.toBe(own.io);
  });

  it("waits for connect with autoConnect false", () => {
    const socket = io(server, { autoConnect: false });
    expect(FakeEngine.all).toEqual([]);
    socket.connect();
    expect(FakeEngine.all).toHaveLength(1);
  });
});
