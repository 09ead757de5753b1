/** A contract over both transports, with bytes as arguments and as answers, from either side, and with stock peers. */
import { defineContract } from "@telsiz/events";
import type { Socket } from "@telsiz/server";
import { nextEvent } from "@telsiz/testkit";
import { openContractClient, openContractServer, SENDS_ANYTHING } from "@telsiz/testkit/contracts";
import { Server as StockServer, type Socket as StockSocket } from "socket.io";
import { io as connectStock } from "socket.io-client";
import { describe, expect, it } from "vitest";
import * as v from "valibot";
import { z } from "zod";
import { afterwards, openPort } from "./stage.ts";

const bytes = z.custom<Uint8Array>(
  (value) => value instanceof Uint8Array && value.length <= 4,
  "at most 4 bytes",
);

const files = defineContract({
  clientToServer: {
    put: {
      args: [z.string(), bytes],
      ack: z.object({ name: z.string(), reversed: bytes }),
      errors: { TAKEN: v.object({ by: v.custom<Uint8Array>((value) => value instanceof Uint8Array) }) },
    },
    drop: { args: z.object({ parts: z.array(bytes) }) },
  },
  serverToClient: { sign: { args: bytes, ack: bytes }, dropped: { args: [z.array(bytes)] } },
});

const reverse = (value: Uint8Array): Buffer => Buffer.from(value).reverse();
const abc = Buffer.from("abc");

async function serve() {
  const { io, url, close } = await openContractServer(files);
  afterwards(close);
  io.on("connection", (socket) => {
    socket.handle("put", (name, value, ctx) =>
      name === "taken" ? ctx.fail("TAKEN", { by: value }) : { name, reversed: reverse(value) },
    );
    socket.on("drop", ({ parts }) => socket.emit("dropped", parts.map(reverse)));
  });
  return { io, url };
}

describe.each(["polling", "websocket"] as const)("over %s", (transport) => {
  const options = { transports: [transport], upgrade: false, forceNew: true };

  it("bytes are checked and answered in both directions, and errors carry them", async () => {
    const { io, url } = await serve();
    const joined = nextEvent<[Socket]>(io, "connection");
    const client = openContractClient(url, { contract: files, ...SENDS_ANYTHING, ...options });
    afterwards(() => client.disconnect());
    const [socket] = await joined;
    expect(socket.conn.transport.name).toBe(transport);
    expect(await client.emitWithAck("put", "a", abc)).toEqual({ name: "a", reversed: Buffer.from("cba") });
    await expect(client.emitWithAck("put", "taken", abc)).rejects.toMatchObject({
      code: "TAKEN",
      data: { by: abc },
    });
    await expect(client.emitWithAck("put", "a", Buffer.alloc(5))).rejects.toMatchObject({
      code: "INVALID",
      issues: [{ path: [1], message: "at most 4 bytes" }],
    });
    await expect((client as any).emitWithAck("put", "a", "text")).rejects.toMatchObject({ code: "INVALID" });
    const dropped = nextEvent(client, "dropped");
    client.emit("drop", { parts: [abc, Buffer.from("de")] });
    expect(await dropped).toEqual([[Buffer.from("cba"), Buffer.from("ed")]]);

    client.handle("sign", reverse);
    for (const server of io.sockets.sockets.values()) {
      expect(await server.emitWithAck("sign", abc)).toEqual(Buffer.from("cba"));
    }
    expect(await io.timeout(4000).emitWithAck("sign", abc)).toEqual([Buffer.from("cba")]);
    client.off("sign");
    (client as any).handle("sign", () => Buffer.alloc(5));
    for (const server of io.sockets.sockets.values()) {
      await expect(server.emitWithAck("sign", abc)).rejects.toMatchObject({ code: "TELSIZ_INVALID_ANSWER" });
      expect(() => server.emit("dropped", [Buffer.alloc(5)])).toThrow("The arguments do not fit");
    }
  });

  it("a stock client is answered with bytes, and with bytes in the value that stands for an error", async () => {
    const { io, url } = await serve();
    const client = connectStock(url, options);
    afterwards(() => client.disconnect());
    client.on("sign", (value: Buffer, ack: (signed: unknown) => void) => ack(reverse(value)));
    await nextEvent(client, "connect");
    expect(await client.emitWithAck("put", "a", abc)).toEqual({ name: "a", reversed: Buffer.from("cba") });
    expect(await client.emitWithAck("put", "taken", abc)).toEqual({
      error: { code: "TAKEN", message: "TAKEN", data: { by: abc } },
    });
    expect(await client.emitWithAck("put", "a", Buffer.alloc(5))).toMatchObject({
      error: { code: "INVALID", issues: [{ path: [1] }] },
    });
    const dropped = nextEvent(client, "dropped");
    client.emit("drop", { parts: [abc] });
    expect(await dropped).toEqual([[Buffer.from("cba")]]);
    expect(await io.timeout(4000).emitWithAck("sign", abc)).toEqual([Buffer.from("cba")]);
  });

  it("a stock server is answered with bytes, and what bytes it answers is checked", async () => {
    const port = await openPort();
    const io = new StockServer(port.server);
    afterwards(() => io.close());
    io.on("connection", (socket) => {
      socket.on("put", (name: string, value: Buffer, ack: (answer: unknown) => void) =>
        ack({ name, reversed: name === "long" ? Buffer.alloc(5) : reverse(value) }),
      );
      socket.on("drop", ({ parts }: { parts: Buffer[] }) => socket.emit("dropped", parts.map(reverse)));
    });
    const joined = nextEvent<[StockSocket]>(io, "connection");
    const client = openContractClient(port.url, { contract: files, ...options });
    afterwards(() => client.disconnect());
    const [[socket]] = await Promise.all([joined, nextEvent(client, "connect")]);
    expect(socket.conn.transport.name).toBe(transport);
    expect(await client.emitWithAck("put", "a", abc)).toEqual({ name: "a", reversed: Buffer.from("cba") });
    await expect(client.emitWithAck("put", "long", abc)).rejects.toMatchObject({
      code: "TELSIZ_INVALID_ANSWER",
      issues: [{ path: ["reversed"], message: "at most 4 bytes" }],
    });
    const dropped = nextEvent(client, "dropped");
    client.emit("drop", { parts: [abc, Buffer.from("de")] });
    expect(await dropped).toEqual([[Buffer.from("cba"), Buffer.from("ed")]]);
    client.handle("sign", reverse);
    expect(await socket.emitWithAck("sign", abc)).toEqual(Buffer.from("cba"));
    expect(await socket.emitWithAck("sign", Buffer.alloc(5))).toMatchObject({
      error: { code: "INVALID", issues: [{ path: [0], message: "at most 4 bytes" }] },
    });
    const told = nextEvent(client.io, "invalid_event");
    socket.emit("dropped", [Buffer.alloc(5)]);
    expect(await told).toMatchObject([{ code: "INVALID", issues: [{ path: [0, 0] }] }, { socket: client }]);
  });
});
