/** The published advisories about clients of Socket.IO and of WebSockets, as far as they could concern ours. */
import { createHash } from "node:crypto";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { deflateRawSync } from "node:zlib";
import { Server } from "@telsiz/server";
import { nextEvent, openHttpPort, serverIdentity } from "@telsiz/testkit";
import type { Socket } from "socket.io-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocketServer } from "ws";
import { ourClient } from "../src/peers.ts";

/** A client of ours that tries once, and leaves with the test. */
function tryOnce(url: string, options: object = {}): Socket {
  const client = ourClient.connect(url, { forceNew: true, reconnection: false, ...options });
  onTestFinished(() => void client.disconnect());
  return client;
}

describe("advisories about engine.io-client and its dependencies", () => {
  it.each(["polling", "websocket"])(
    "CVE-2016-10536 (GHSA-4r4m-hjwj-43p8), CVE-2021-31597: an unknown certificate is refused over %s",
    async (transport) => {
      const server = createHttpsServer(serverIdentity);
      const io = new Server(server);
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      onTestFinished(() => io.close());
      const url = `https://localhost:${(server.address() as AddressInfo).port}`;
      const refused = tryOnce(url, { transports: [transport], rejectUnauthorized: null });
      expect((await nextEvent<[Error]>(refused, "connect_error"))[0]).toBeInstanceOf(Error);
      const trusting = tryOnce(url, { transports: [transport], rejectUnauthorized: false });
      await nextEvent(trusting, "connect");
      trusting.disconnect();
    },
  );

  it("CVE-2020-28502: what a server answers is text, and never code", async () => {
    const hostile = await openHttpPort((_request, response) => {
      response.writeHead(200, { "content-type": "text/javascript" });
      response.end("0{};globalThis.polluted = true");
    });
    onTestFinished(() => hostile.close());
    await nextEvent(tryOnce(hostile.url, { transports: ["polling"] }), "connect_error");
    expect((globalThis as any).polluted).toBeUndefined();
  });
});

describe("advisories about undici, whose WebSocket is one of the clients", () => {
  /** A server that answers upgrades with `lines` and `frames`. */
  async function answerUpgrades(lines: string[], frames: Buffer): Promise<string> {
    const server = createTcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", (head: Buffer) => {
        const key = /sec-websocket-key: (.*)\r\n/i.exec(head.toString())![1]!;
        const accept = createHash("sha1")
          .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
          .digest("base64");
        const answer = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
        socket.write([...answer, `Sec-WebSocket-Accept: ${accept}`, ...lines, "", ""].join("\r\n"));
        socket.write(frames);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it("CVE-2026-1528: a frame of 2^63 bytes is an error of the connection", async () => {
    const url = await answerUpgrades([], Buffer.from("827fffffffffffffffff", "hex"));
    const client = tryOnce(url, { transports: ["websocket"] });
    expect((await nextEvent<[Error]>(client, "connect_error"))[0]).toBeInstanceOf(Error);
  });

  it.each(["99", "x", ""])("CVE-2026-2229: a compression window of %j bits is refused", async (bits) => {
    const url = await answerUpgrades(
      [`Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=${bits}`],
      Buffer.alloc(0),
    );
    const client = tryOnce(url, { transports: ["websocket"] });
    expect((await nextEvent<[Error]>(client, "connect_error"))[0]).toBeInstanceOf(Error);
  });

  it("CVE-2026-1526: what a small message inflates to is bounded", async () => {
    const bomb = deflateRawSync(Buffer.alloc(20_000_000, 0x61));
    const hostile = await openHttpPort();
    onTestFinished(() => hostile.close());
    const server = new WebSocketServer({ server: hostile.server, perMessageDeflate: true });
    server.on("connection", (connection: any) => {
      connection.on("error", () => undefined);
      connection._socket.write(
        Buffer.concat([Buffer.of(0xc1, 126, bomb.length >> 8, bomb.length & 0xff), bomb]),
      );
    });
    const client = tryOnce(hostile.url, { transports: ["websocket"], perMessageDeflate: {} });
    expect((await nextEvent<[Error]>(client, "connect_error"))[0]).toBeInstanceOf(Error);
  });
});
