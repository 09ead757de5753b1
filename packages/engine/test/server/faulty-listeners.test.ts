/** Listeners that fail, or close what they listen to: no other session, and no other listener, gets to feel it. */
import { describe, expect, it, vi } from "vitest";
import type { EngineServer, Session } from "../../src/server/index.ts";
import { serve, type TestServer, until, type WebSocketClient } from "./harness.ts";

/** What was reported: message, event, and whether the session is named. */
type Report = [message: string, event: string, session: Session | undefined];

function reportsOf(engine: EngineServer): Report[] {
  const reports: Report[] = [];
  engine.on("handler_error", (error, { event, session }) => {
    reports.push([(error as Error).message, event, session]);
  });
  return reports;
}

function fail(): never {
  throw new Error("mine");
}

/** A server with two sessions, of which the first has something that fails. */
async function two(): Promise<{
  server: TestServer;
  reports: Report[];
  first: Session;
  second: Session;
  clients: [WebSocketClient, WebSocketClient];
}> {
  const server = await serve();
  const clients: [WebSocketClient, WebSocketClient] = [await server.open(), await server.open()];
  const [first, second] = [...server.engine.clients.values()];
  return { server, reports: reportsOf(server.engine), first: first!, second: second!, clients };
}

describe("a function of the application that throws", () => {
  const sending = ["packetCreate", "flush", "drain"] as const;
  it.each(sending)("as listener of a session's %s keeps nobody's messages back", async (event) => {
    const { first, second, clients, reports } = await two();
    first.on(event, fail);
    first.send("one");
    second.send("two");
    expect([await clients[0].next(), await clients[1].next()]).toEqual(["4one", "4two"]);
    expect(reports).toEqual([["mine", event, first]]);
  });

  it.each(["flush", "drain"] as const)("as listener of the engine's %s does not either", async (event) => {
    const { server, first, second, clients, reports } = await two();
    server.engine.on(event, fail);
    first.send("one");
    second.send("two");
    expect([await clients[0].next(), await clients[1].next()]).toEqual(["4one", "4two"]);
    expect(reports).toEqual([
      ["mine", event, first],
      ["mine", event, second],
    ]);
  });

  it("as callback of send does not either, and the others are called", async () => {
    const { first, second, clients, reports } = await two();
    const called = vi.fn();
    first.send("one", fail).send("more", called);
    second.send("two");
    expect([await clients[0].next(), await clients[1].next()]).toEqual(["4one", "4two"]);
    expect(await clients[0].next()).toBe("4more");
    expect(called).toHaveBeenCalledExactlyOnceWith(first.transport);
    expect(reports).toEqual([["mine", "send", first]]);
  });

  it.each(["packet", "data", "message"] as const)(
    "as listener of %s lets the rest hear it",
    async (event) => {
      const { first, clients, reports } = await two();
      const heard = vi.fn();
      first.on(event, fail);
      first.on("message", heard);
      clients[0].send("4a");
      clients[0].send("4b");
      await until(() => heard.mock.calls.length === 2);
      expect(reports).toEqual([
        ["mine", event, first],
        ["mine", event, first],
      ]);
      expect(first.readyState).toBe("open");
    },
  );

  it("as the layer above is reported, and the session goes on", async () => {
    const { server, first, clients, reports } = await two();
    first.handler = { onMessage: fail, onClose: fail };
    const heard = vi.fn();
    first.on("message", heard);
    first.on("close", heard);
    clients[0].send("4a");
    await until(() => heard.mock.calls.length === 1);
    first.close(true);
    expect(heard.mock.calls).toEqual([["a"], ["forced close", undefined]]);
    expect(reports).toEqual([
      ["mine", "message", first],
      ["mine", "close", first],
    ]);
    expect(server.engine.clientsCount).toBe(1);
  });

  it("as listener of close lets the session end", async () => {
    const { server, first, reports } = await two();
    first.on("close", fail);
    first.close();
    expect(server.engine.clientsCount).toBe(1);
    expect(reports).toEqual([["mine", "close", first]]);
  });
});

describe("a listener that closes the session", () => {
  it("while it is flushed sends it all once, and ends it", async () => {
    const { server, first, clients, reports } = await two();
    first.once("flush", () => first.close(true));
    first.send("a").send("b");
    expect([await clients[0].next(), await clients[0].next()]).toEqual(["4a", "4b"]);
    await clients[0].closed;
    expect(server.engine.clientsCount).toBe(1);
    expect(reports).toEqual([]);
  });

  it("at a packet hears no message of it", async () => {
    const { first, clients } = await two();
    first.on("packet", () => first.close(true));
    first.on("message", () => expect.unreachable());
    first.handler = { onMessage: () => expect.unreachable(), onClose: () => undefined };
    clients[0].send("4a");
    await clients[0].closed;
  });
});
