/** Our engine client over each class of transports, by itself and in pairs, against the stock `engine.io` server. */
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  EngineClient,
  type EngineClientOptions,
  Fetch,
  NodeWebSocket,
  NodeXHR,
  WebSocket,
} from "@telsiz/engine/client";
import { Server, type ServerOptions, type Socket } from "engine.io";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket as GlobalWebSocket } from "ws";

let http: HttpServer;
let engine: Server;
let url: string;

beforeEach(() => {
  // Node.js has one from version 22 on.
  vi.stubGlobal("WebSocket", GlobalWebSocket);
});
afterEach(async () => {
  vi.unstubAllGlobals();
  engine.close();
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

async function start(options: ServerOptions = {}): Promise<void> {
  http = createServer();
  engine = new Server(options);
  engine.attach(http);
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

async function connect(options: EngineClientOptions): Promise<[EngineClient, Socket]> {
  const arrived = new Promise<Socket>((resolve) => engine.once("connection", resolve));
  const client = new EngineClient(url, options);
  const opened = new Promise<void>((resolve, reject) => client.once("open", resolve).once("error", reject));
  client.open();
  await opened;
  return [client, await arrived];
}

const once = (
  of: { once(event: any, listener: (value: any) => void): unknown },
  event: string,
): Promise<any> => new Promise((resolve) => of.once(event, resolve));

describe.each([
  ["Fetch", [Fetch], "polling"],
  ["NodeXHR", [NodeXHR], "polling"],
  ["WebSocket", [WebSocket], "websocket"],
  ["NodeWebSocket", [NodeWebSocket], "websocket"],
  ["Fetch, then WebSocket", [Fetch, WebSocket], "websocket"],
  ["NodeXHR, then NodeWebSocket", [NodeXHR, NodeWebSocket], "websocket"],
] as const)("over %s", (_name, transports, last) => {
  it("exchanges text and bytes, as Buffers, with cookies kept for the session", async () => {
    await start({ cookie: true });
    const cookies: unknown[] = [];
    engine.on("headers", (_headers, request) => cookies.push(request.headers.cookie));
    const [client, peer] = await connect({ transports, withCredentials: true });
    if (last === "websocket" && transports.length > 1) await once(client, "upgrade");
    expect(client.transport).toBeInstanceOf(transports.at(-1)!);
    for (const data of ["€", Buffer.from([1, 2])]) {
      const there = once(peer, "message");
      client.send(data);
      expect(await there).toEqual(data);
      const back = once(client, "message");
      peer.send(data);
      expect(await back).toEqual(data);
    }
    // Only the answer to the first request of polling sets it; what follows brings it.
    if (transports[0].transportName === "polling") expect(cookies.at(-1)).toBe(`io=${client.id}`);
    const left = once(peer, "close");
    client.close();
    await left;
    expect(engine.clientsCount).toBe(0);
  });

  it("tells a server that is not there by the texts of Socket.IO", async () => {
    await start();
    const client = new EngineClient("http://127.0.0.1:1", { transports });
    const failed = once(client, "error");
    client.open();
    const first = transports[0].transportName;
    expect(await failed).toMatchObject({
      message: first === "polling" ? "xhr poll error" : "websocket error",
      type: "TransportError",
    });
  });
});
