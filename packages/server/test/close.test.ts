import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { InMemoryAdapter } from "@telsiz/adapter";
import { EngineServer, type Session } from "@telsiz/engine/server";
import { describe, expect, it, vi } from "vitest";
import { Server } from "../src/index.ts";
import { FakeSession, joined } from "./fake-session.ts";

/** The status of the answer to a handshake. */
async function statusOf(server: { address(): unknown }): Promise<number> {
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/socket.io/?EIO=4&transport=polling`);
  await response.arrayBuffer();
  return response.status;
}

/** An adapter that is closed when the test says so. */
function slowAdapter(): { Slow: typeof InMemoryAdapter; release: () => void } {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  class Slow extends InMemoryAdapter {
    override close(): Promise<void> {
      return released;
    }
  }
  return { Slow, release };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("close()", () => {
  it("ends sockets, then adapters, then the engine, then the http server, then calls back", async () => {
    const log: string[] = [];
    class LoggingAdapter extends InMemoryAdapter {
      override async close(): Promise<void> {
        log.push(`adapter of ${this.nsp.name}`);
        await Promise.resolve();
        log.push(`adapter of ${this.nsp.name} is closed`);
      }
    }
    const http = createServer();
    const io = new Server(http, { adapter: LoggingAdapter });
    http.listen(0);
    await once(http, "listening");
    io.of("/admin");
    const session = new FakeSession(io);
    for (const name of ["/", "/admin"]) {
      session.join(name).on("disconnect", (reason) => log.push(`socket of ${name}: ${reason}`));
    }
    const closeEngine = io.engine.close.bind(io.engine);
    vi.spyOn(io.engine, "close").mockImplementationOnce(() => {
      log.push(http.listening ? "engine" : "engine, too late");
      return closeEngine();
    });
    http.on("close", () => log.push("http server"));
    await io.close((error) => log.push(`callback: ${String(error)}`));
    log.push("promise");
    expect(log).toEqual([
      "socket of /: server shutting down",
      "socket of /admin: server shutting down",
      "adapter of /",
      "adapter of /admin",
      "adapter of / is closed",
      "adapter of /admin is closed",
      "engine",
      "http server",
      "callback: undefined",
      "promise",
    ]);
    expect(http.listening).toBe(false);
  });

  it("goes on when an adapter cannot be closed, which is reported", async () => {
    class Stuck extends InMemoryAdapter {
      override close(): Promise<void> {
        if (this.nsp.name === "/") throw new Error("stuck");
        return Promise.reject(new Error("stuck too"));
      }
    }
    const http = createServer().listen(0);
    const io = new Server(http, { adapter: Stuck });
    const reported = vi.fn();
    io.on("handler_error", reported);
    io.of("/admin");
    await once(http, "listening");
    await expect(io.close()).resolves.toBeUndefined();
    expect(http.listening).toBe(false);
    expect(reported.mock.calls).toEqual(
      ["stuck", "stuck too"].map((text) => [new Error(text), { socket: undefined, event: "close" }]),
    );
  });

  it("is no error when the http server does not run, when there is none, and when it is called again", async () => {
    const callback = vi.fn();
    const io = new Server(createServer());
    await io.close(callback);
    await io.close(callback);
    await new Server().close(callback);
    expect(callback.mock.calls).toEqual([[undefined], [undefined], [undefined]]);
  });

  it("closes open connections, so that it ends at once", async () => {
    const io = new Server(0);
    await once(io.httpServer!, "listening");
    expect(await statusOf(io.httpServer!)).toBe(200);
    expect(io.engine.clientsCount).toBe(1);
    await io.close();
    expect(io.engine.clientsCount).toBe(0);
  });

  it("ends sockets at once, before it returns", () => {
    const io = new Server();
    const { socket } = joined(io);
    void io.close();
    expect(socket.connected).toBe(false);
  });

  it("stops an http server that is about to listen", async () => {
    const http = createServer();
    const listening = vi.fn();
    http.on("listening", listening);
    const io = new Server(http);
    http.listen(0, "localhost"); // which has to be looked up first
    expect(http.listening).toBe(false);
    await io.close();
    const other = createServer().listen(0, "localhost");
    await once(other, "listening"); // later than the first one would have been
    expect(listening).not.toHaveBeenCalled();
    other.close();
  });

  it("stops the http server of a port at once", async () => {
    const io = new Server(0);
    const listening = vi.fn();
    io.httpServer!.on("listening", listening);
    await io.close();
    await settled();
    expect(io.httpServer!.listening).toBe(false);
    expect(listening).not.toHaveBeenCalled();
  });

  it("tells its callback what an http server reports", async () => {
    const http = createServer();
    const io = new Server(http);
    const failure = new Error("busy");
    vi.spyOn(http, "close").mockImplementation((callback) => {
      callback?.(failure);
      return http;
    });
    const callback = vi.fn();
    await io.close(callback);
    expect(callback).toHaveBeenCalledExactlyOnceWith(failure);
  });

  it("reports a callback that throws, and resolves", async () => {
    const io = new Server();
    const reported = vi.fn();
    io.on("handler_error", reported);
    const bug = new Error("a bug");
    await io.close(() => {
      throw bug;
    });
    expect(reported).toHaveBeenCalledExactlyOnceWith(bug, { socket: undefined, event: "close" });
  });

  it("closes everything that it was attached and bound to", async () => {
    const https = [createServer().listen(0), createServer().listen(0)];
    await Promise.all(https.map((http) => once(http, "listening")));
    const io = new Server(https[0]);
    io.attach(https[1]!);
    const bound = new EngineServer();
    const first = vi.spyOn(bound, "close");
    io.bind(bound);
    expect(await Promise.all(https.map(statusOf))).toEqual([200, 200]);
    await io.close();
    expect(https.map(({ listening }) => listening)).toEqual([false, false]);
    expect(first).toHaveBeenCalledOnce();
  });

  it("closes connections that were given to onconnection", async () => {
    const io = new Server();
    const { session } = joined(io);
    await io.close();
    expect(session.readyState).toBe("closed");
  });

  it("is awaited by whoever calls it while it goes on", async () => {
    const { Slow, release } = slowAdapter();
    const io = new Server({ adapter: Slow });
    const log: string[] = [];
    const both = [io.close(() => log.push("first")), io.close(() => log.push("second"))];
    await settled();
    expect(log).toEqual([]);
    release();
    await Promise.all(both);
    expect(log).toEqual(["first", "second"]);
  });

  it("may be called by a listener that it calls", async () => {
    const io = new Server();
    const { socket } = joined(io);
    const callback = vi.fn();
    const inner = new Promise<void>((resolve) => {
      socket.on("disconnect", () => void io.close(callback).then(resolve));
    });
    await io.close(callback);
    await inner;
    expect(callback).toHaveBeenCalledTimes(2);
  });
});

describe("a server that is being closed", () => {
  it("lets nobody in, however long its adapter takes", async () => {
    const { Slow, release } = slowAdapter();
    const io = new Server({ adapter: Slow });
    const connected = vi.fn();
    io.on("connection", connected);
    io.of(/^\/team-\d+$/).on("connection", connected);
    const nexts: (() => void)[] = [];
    io.of("/slow")
      .use((_socket, next) => void nexts.push(next))
      .on("connection", connected);
    const [waiting, idle] = [new FakeSession(io), new FakeSession(io)];
    waiting.connect("/slow");

    const closed = io.close();
    for (const next of nexts) next();
    idle.connect();
    const late = new FakeSession(io);
    const dynamic = new FakeSession(io);
    dynamic.connect("/team-1");
    await settled();
    expect(connected).not.toHaveBeenCalled();
    expect([idle, late, dynamic].map(({ readyState }) => readyState)).toEqual(["closed", "closed", "closed"]);
    expect(waiting.take()).toEqual([]);
    expect([...io._nsps.values()].map(({ sockets }) => sockets.size)).toEqual([0, 0]);
    release();
    await closed;
    expect(connected).not.toHaveBeenCalled();
  });

  it("gives no more connections to its sockets by an engine that was not closed yet", async () => {
    const { Slow, release } = slowAdapter();
    const io = new Server({ adapter: Slow });
    const engine = new EngineServer();
    io.bind(engine);
    const closed = io.close();
    const close = vi.fn();
    engine.emit("connection", { close } as unknown as Session); // all of it that is used
    expect(close).toHaveBeenCalledExactlyOnceWith(true);
    release();
    await closed;
  });
});

describe("a server that was closed", () => {
  it("can be attached again, and has new adapters", async () => {
    const io = new Server(0);
    await once(io.httpServer!, "listening");
    const { adapter } = io.sockets;
    await io.close();
    io.attach(0);
    await once(io.httpServer!, "listening");
    expect(await statusOf(io.httpServer!)).toBe(200);
    expect(io.sockets.adapter).not.toBe(adapter);
    expect(joined(io).socket.connected).toBe(true);
    await io.close();
    expect(io.httpServer!.listening).toBe(false);
  });
});
