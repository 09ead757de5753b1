/**
 * Our client's WebTransport with the stock engine and the stock server: the session between them is in memory, all else of it,
 * frames, handshake, probe and upgrade, is as over HTTP/3.
 */
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { bounded, nextEvent } from "@telsiz/testkit";
import { io as connect, Manager, WebTransport } from "@telsiz/client";
import { Server } from "socket.io";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

let http: HttpServer;
let io: Server;
let url: string;

/** What the platform's class is for the client; for the server, each is one of its sessions. */
class SessionInMemory {
  readonly ready = Promise.resolve();
  readonly closed: Promise<object>;
  readonly #toServer = new TransformStream();
  readonly #toClient = new TransformStream();
  #end!: (info: object) => void;

  constructor() {
    this.closed = new Promise((resolve) => (this.#end = resolve));
    const streams = new TransformStream();
    void streams.writable
      .getWriter()
      .write({ readable: this.#toServer.readable, writable: this.#toClient.writable });
    const { closed } = this;
    const close = (): void => this.close();
    void io.engine.onWebTransportSession({ incomingBidirectionalStreams: streams.readable, closed, close });
  }

  createBidirectionalStream(): Promise<object> {
    return Promise.resolve({ readable: this.#toClient.readable, writable: this.#toServer.writable });
  }

  /** What was sent before is there first, as over a network. */
  close(): void {
    setImmediate(() => this.#end({ closeCode: 0, reason: "" }));
  }
}

beforeEach(async () => {
  vi.stubGlobal("WebTransport", SessionInMemory);
  http = createServer();
  io = new Server(http, { transports: ["polling", "websocket", "webtransport"] });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  io.on("connection", (socket) => {
    socket.on("echo", (...args: unknown[]) => {
      const answer = args.pop() as (...values: unknown[]) => void;
      answer(args);
    });
  });
});

afterEach(async () => {
  vi.unstubAllGlobals();
  await io.close();
});

describe("a client of ours on WebTransport, with the stock server", () => {
  it.each([
    ["by name", ["webtransport"] as const],
    ["by class", [WebTransport] as const],
  ])("exchanges text and bytes, and leaves (%s)", async (_how, transports) => {
    const client = connect(url, { transports, forceNew: true, reconnection: false });
    const joined = nextEvent<[any]>(io, "connection");
    await nextEvent(client, "connect");
    const [socket] = await joined;
    expect([client.io.engine.transport.name, socket.conn.transport.name]).toEqual([
      "webtransport",
      "webtransport",
    ]);
    const long = "ä".repeat(50_000);
    const args = ["a", long, Buffer.from([1, 2, 3]), { deep: Buffer.alloc(70_000, 7) }];
    expect(await client.emitWithAck("echo", ...args)).toEqual(args);
    const empty = nextEvent<[Buffer]>(socket, "empty");
    client.emit("empty", Buffer.of());
    expect((await empty)[0]).toHaveLength(0);
    const left = nextEvent<[string]>(socket, "disconnect");
    client.disconnect();
    expect((await left)[0]).toBe("client namespace disconnect");
  });

  it("moves there from polling, and loses nothing on the way", async () => {
    const manager = new Manager(url, { transports: ["polling", "websocket", "webtransport"] });
    const client = manager.socket("/");
    const upgraded = nextEvent<[{ name: string }]>(manager.engine, "upgrade");
    const answers = Array.from({ length: 50 }, (_, n) => client.emitWithAck("echo", n));
    expect((await bounded(upgraded, "the upgrade"))[0].name).toBe("webtransport");
    answers.push(client.emitWithAck("echo", 50));
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 51 }, (_, n) => [n]));
    expect(manager.engine.transport).toBeInstanceOf(WebTransport);
    client.disconnect();
  });

  it("hears why the server ends it", async () => {
    const client = connect(url, { transports: ["webtransport"], forceNew: true, reconnection: false });
    const joined = nextEvent<[any]>(io, "connection");
    await nextEvent(client, "connect");
    const [socket] = await joined;
    const left = nextEvent<[string]>(client, "disconnect");
    socket.conn.close();
    expect((await left)[0]).toBe("transport close");
  });
});
