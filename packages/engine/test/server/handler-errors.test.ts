/** Functions of the application that fail, in an engine of its own: reported, and harmless to everything else. */
import { describe, expect, it, vi } from "vitest";
import { EngineServer } from "../../src/server/index.ts";
import { BASE, serve } from "./harness.ts";

const bug = new Error("a bug");
const POLLING = `${BASE}&transport=polling`;

const throws = (): never => {
  throw bug;
};
const rejects = (): Promise<never> => Promise.reject(bug);
const failures: [how: string, fail: () => unknown][] = [
  ["throws", throws],
  ["rejects", rejects],
];

describe.each(failures)("a function of the application that %s", (_how, fail) => {
  it("refuses the handshake with 403 as `allowRequest`, says nothing to the peer, and is reported", async () => {
    const server = await serve({ allowRequest: fail });
    const { status, body } = await server.ask(POLLING);
    expect(status).toBe(403);
    expect(JSON.parse(body)).toEqual({ code: 4, message: "Forbidden" });
    expect(server.failures).toEqual([[bug, "allowRequest"]]);
  });

  it("is reported as `allowRequest` that had answered before, and the answer stands", async () => {
    const server = await serve({
      allowRequest: (_request, answer) => {
        answer(null, true);
        return fail();
      },
    });
    expect((await server.ask(POLLING)).status).toBe(200);
    expect(server.failures).toEqual([[bug, "allowRequest"]]);
  });

  it("refuses the handshake as `generateId`, and is reported", async () => {
    const server = await serve({}, (engine) => (engine.generateId = fail as () => string));
    expect((await server.ask(POLLING)).status).toBe(400);
    expect(server.failures).toEqual([[bug, "generateId"]]);
  });

  it("refuses the request as a middleware, and is reported", async () => {
    const server = await serve({}, (engine) => void engine.use(fail));
    expect((await server.ask(POLLING)).status).toBe(400);
    expect(server.failures).toEqual([[bug, "request"]]);
  });

  it("does not keep an engine's events from having their effect", async () => {
    const server = await serve({}, (engine) => {
      for (const event of ["connection", "initial_headers", "headers", "flush", "drain"] as const)
        engine.on(event, fail);
    });
    const client = await server.open();
    server.session.on("message", (message) => server.session.send(message));
    client.send("4still here");
    expect(await client.next()).toBe("4still here");
    const events = new Set(server.failures.map(([error, event]) => (error === bug ? event : error)));
    expect(events).toEqual(new Set(["connection", "initial_headers", "headers", "flush", "drain"]));
  });

  it("does not keep a session's events from having their effect", async () => {
    const server = await serve();
    const client = await server.open();
    const { session } = server;
    const events = ["packet", "data", "message", "packetCreate", "flush", "drain", "close"] as const;
    for (const event of events) session.on(event, fail);
    session.on("message", (message) => session.send(message, fail));
    client.send("4hello");
    expect(await client.next()).toBe("4hello");
    session.close();
    await client.closed;
    const seen = new Set(server.failures.map(([, event]) => event));
    expect(seen).toEqual(new Set([...events, "send"]));
    expect(server.engine.clientsCount).toBe(0);
  });

  it("refuses a later request as `sessionBinding`, and is reported", async () => {
    const server = await serve({ sessionBinding: throws });
    const client = await server.poll();
    expect((await client.post("4hello")).status).toBe(403);
    expect(server.failures).toEqual([[bug, "sessionBinding"]]);
  });
});

it("tells which session a listener belongs to", async () => {
  const server = await serve();
  const reported = vi.fn();
  server.engine.on("handler_error", reported);
  const client = await server.open();
  server.session.on("message", throws);
  client.send("4hello");
  await vi.waitFor(() => expect(reported).toHaveBeenCalledOnce());
  expect(reported).toHaveBeenCalledWith(bug, { session: server.session, event: "message" });
});

it("prints the error when nobody listens, and that of a listener of `handler_error`", () => {
  const print = vi.spyOn(console, "error").mockReturnValue(undefined);
  const engine = new EngineServer();
  engine.on("connection", throws);
  engine.emit("connection", undefined as never);
  expect(print).toHaveBeenLastCalledWith(expect.stringContaining('"connection"'), bug);
  engine.on("handler_error", throws);
  engine.emit("connection", undefined as never);
  expect(print).toHaveBeenLastCalledWith(expect.stringContaining('"handler_error"'), bug);
  print.mockRestore();
});
