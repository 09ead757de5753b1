/** What clients that read slowly cost, and how a program goes by it. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EngineServer } from "@telsiz/engine/server";
import { OptionError } from "@telsiz/events";
import {
  AbortedError,
  DisconnectedError,
  Server,
  type ServerOptions,
  SlowConsumerError,
} from "../src/index.ts";
import { type SlowClient, slowClients, StalledClient, turnEnd } from "./stalled-client.ts";

const KIB = "x".repeat(1024);

let io: Server;
let engine: EngineServer;

function start(options: ServerOptions = {}): void {
  io = new Server(options);
  engine = new EngineServer(options);
  io.bind(engine);
}

beforeEach(() => start());

afterEach(async () => {
  for (const session of engine.clients.values()) session.close(true); // nobody is going to take what waits
  await io.close();
});

async function slowClient(): Promise<SlowClient> {
  const [first] = await slowClients(io, engine, 1);
  return first!;
}

describe("a slow client", () => {
  it("is told of at its bufferedAmount, and is cut above the limit with what it missed in the log", async () => {
    start({ connectionStateRecovery: {}, limits: { maxBufferedBytes: 100_000 } });
    const { socket } = await slowClient();
    const before = socket.bufferedAmount;
    expect(before).toBeGreaterThan(20_000);
    socket.emit("data", KIB);
    expect(socket.bufferedAmount).toBeGreaterThan(before + 1024);
    const ends: unknown[][] = [];
    socket.on("disconnect", (...end) => ends.push(end));
    for (let index = 0; index < 100; index++) socket.emit("data", KIB);
    expect(ends).toEqual([]);
    await turnEnd();
    expect(ends).toEqual([["slow consumer", expect.any(SlowConsumerError)]]);
    expect(io.sockets.adapter).toMatchObject({ awaitsClients: true });
  });

  it("gets more than the limit when it is recovered, without being cut again", async () => {
    start({ connectionStateRecovery: {}, limits: { maxBufferedBytes: 30_000 } });
    const { conn } = (await slowClient()).socket;
    const allowed: number[][] = [];
    Object.assign(conn, { allowBacklog: (...backlog: number[]) => allowed.push(backlog) });
    const client = io.sockets.sockets.values().next().value!.client;
    const missed = [1, 2].map((value) =>
      io.sockets._prepare({ type: 2, nsp: "/", data: ["missed", value, KIB] }, {}),
    );
    client._replay(missed);
    expect(allowed).toEqual([[missed[0]!.byteLength * 2, 2]]);
  });

  it("is named to a program that listens for slow and drain", async () => {
    start({ limits: { highWaterMark: 40_000 } });
    const { client, socket } = await slowClient();
    const events: string[] = [];
    socket.conn.on("slow", () => events.push("slow"));
    socket.conn.on("drain", () => events.push("drain"));
    for (let index = 0; index < 40; index++) socket.emit("data", KIB);
    expect(events).toEqual(["slow"]);
    client.flow();
    await turnEnd();
    expect(events[1]).toBe("drain");
  });
});

describe("socket.drained()", () => {
  it("resolves at once while little waits", async () => {
    const { socket } = await slowClient();
    await expect(socket.drained()).resolves.toBeUndefined();
  });

  it("resolves when the client has taken what waited", async () => {
    start({ limits: { highWaterMark: 40_000 } });
    const { client, socket } = await slowClient();
    const order: string[] = [];
    const drained = socket.drained().then(() => order.push("drained"));
    await turnEnd();
    order.push("flows");
    client.flow();
    await drained;
    expect(order).toEqual(["flows", "drained"]);
    expect(socket.bufferedAmount).toBe(0);
  });

  it("rejects when the socket leaves, or has left", async () => {
    start({ limits: { highWaterMark: 40_000 } });
    const { socket } = await slowClient();
    const drained = socket.drained();
    socket.disconnect();
    await expect(drained).rejects.toThrow(DisconnectedError);
    await expect(socket.drained()).rejects.toThrow(DisconnectedError);
  });

  it("rejects when its signal is aborted, before or meanwhile", async () => {
    start({ limits: { highWaterMark: 40_000 } });
    const { socket } = await slowClient();
    const controller = new AbortController();
    const drained = socket.drained({ signal: controller.signal });
    controller.abort("enough");
    await expect(drained).rejects.toMatchObject({ code: "TELSIZ_ABORTED", cause: "enough" });
    await expect(socket.drained({ signal: controller.signal })).rejects.toThrow(AbortedError);
  });
});

/** The values of an event that a client was sent, in order. */
function valuesOf(client: StalledClient, event: string): unknown[] {
  return [...client.taken.matchAll(new RegExp(`\\["${event}",(\\d+)`, "g"))].map((match) => Number(match[1]));
}

describe("latest(key)", () => {
  it("sends only the newest event of a key to a slow client, behind what waited before", async () => {
    const { client, socket } = await slowClient();
    for (let value = 0; value < 100; value++) {
      io.latest("a").emit("a", value);
      io.to(socket.id).latest("b").emit("b", value);
      socket.latest("c").emit("c", value);
      socket.emit("plain", value);
    }
    client.flow();
    await turnEnd();
    for (const event of ["a", "b", "c"]) expect(valuesOf(client, event)).toEqual([99]);
    expect(valuesOf(client, "plain")).toHaveLength(100);
    expect(client.taken.indexOf('["plain",99')).toBeLessThan(client.taken.indexOf('["a",99'));
  });

  it("sends everything to a client that keeps up", async () => {
    const client = new StalledClient(engine);
    client.flow();
    while (io.sockets.sockets.size === 0) await turnEnd();
    await turnEnd();
    for (let value = 0; value < 5; value++) io.latest("a").emit("a", value);
    await turnEnd();
    expect(valuesOf(client, "a")).toEqual([0, 1, 2, 3, 4]);
  });

  it("works through every operator, and keeps the parts of a binary event together", async () => {
    const [{ client, socket }, other] = (await slowClients(io, engine, 2)) as [SlowClient, SlowClient];
    for (const value of [1, 2]) {
      socket.broadcast.latest("a").emit("a", value, Buffer.from([value]));
      socket.volatile.latest("b").to("nobody").emit("b", value);
      socket
        .latest("c")
        .compress(false)
        .emit("c", value, Buffer.from([value]));
    }
    client.flow();
    other.client.flow();
    await turnEnd();
    expect(valuesOf(other.client, "a")).toEqual([2]);
    expect(valuesOf(client, "c")).toEqual([2]);
    expect(client.taken).toContain("\u0082\u0001\u0002");
  });

  it("is not kept for recovery", async () => {
    start({ connectionStateRecovery: {} });
    const { socket } = await slowClient();
    const { adapter } = io.sockets as unknown as { adapter: { offset: string } };
    const { offset } = adapter;
    socket.latest("a").emit("a", 1);
    io.latest("a").emit("a", 2);
    expect(adapter.offset).toBe(offset);
    socket.emit("plain");
    expect(adapter.offset).not.toBe(offset);
  });

  it("refuses a key that is no string", async () => {
    const { socket } = await slowClient();
    const calls = [
      () => io.latest(undefined as unknown as string),
      () => socket.latest(1 as unknown as string),
      () => socket.volatile.latest(null as unknown as string),
    ];
    for (const call of calls) expect(call).toThrow(OptionError);
  });
});

describe("io.close()", () => {
  it("gives slow clients what was sent to them before it", async () => {
    const { client, socket } = await slowClient();
    const reasons: string[] = [];
    socket.on("disconnect", (reason) => reasons.push(reason));
    socket.emit("last", 1);
    const closed = io.close();
    expect(reasons).toEqual(["server shutting down"]);
    client.flow();
    await closed;
    expect(valuesOf(client, "last")).toEqual([1]);
  });
});
