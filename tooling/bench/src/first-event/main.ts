/**
 * How long a page waits for its first event: `pnpm first-event`. The server emits as soon as it has a socket, the client
 * is a round trip of 50 ms away. docs/performance.md counts where the time goes.
 */
import { Agent, createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { io as ourIo } from "@telsiz/client";
import { Server as OurServer } from "@telsiz/server";
import { Server as StockServer } from "socket.io";
import { io as stockIo } from "socket.io-client";
import { median } from "../median.ts";
import { DistantPort } from "./distant-port.ts";

const ROUND_TRIP_MS = 50;
const ROUNDS = 15;

interface Connecting {
  once(event: string, listener: () => void): unknown;
  disconnect(): unknown;
}
interface Serving {
  on(event: "connection", listener: (socket: { emit(event: string): void }) => void): unknown;
  close(): unknown;
}

const SERVERS: Record<string, (http: HttpServer) => Serving> = {
  "socket.io": (http) => new StockServer(http),
  telsiz: (http) => new OurServer(http) as Serving,
};
const CLIENTS: Record<string, (url: string) => Connecting> = {
  "socket.io-client": (url) => stockIo(url, { forceNew: true }),
  "socket.io-client, WebSocket only": (url) => stockIo(url, { forceNew: true, transports: ["websocket"] }),
  "@telsiz/client": (url) => ourIo(url, { forceNew: true, agent: fresh() }),
  "@telsiz/client, polling first": (url) =>
    ourIo(url, { forceNew: true, agent: fresh(), transports: ["polling", "websocket"] }),
};

/** What keeps no connection of an earlier round. */
const fresh = (): Agent => new Agent({ keepAlive: true });

/** In milliseconds, from the call of `io()`. */
function timeOf(connect: (url: string) => Connecting, url: string): Promise<number> {
  return new Promise((resolve) => {
    const start = performance.now();
    const client = connect(url);
    client.once("first", () => {
      resolve(performance.now() - start);
      client.disconnect();
    });
  });
}

/** The medians of each client against one server. The clients take turns, so that a slow moment harms all alike. */
async function measure(create: (http: HttpServer) => Serving): Promise<Map<string, number>> {
  const http = createServer();
  const io = create(http);
  io.on("connection", (socket) => socket.emit("first"));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const port = new DistantPort((http.address() as AddressInfo).port, ROUND_TRIP_MS);
  const url = await port.open();
  const times = new Map(Object.keys(CLIENTS).map((name) => [name, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, connect] of Object.entries(CLIENTS)) times.get(name)!.push(await timeOf(connect, url));
  }
  port.close();
  io.close();
  return new Map([...times].map(([name, list]) => [name, median(list.slice(1))])); // the first one warms up
}

let reference: number | undefined;
for (const [server, create] of Object.entries(SERVERS)) {
  for (const [client, ms] of await measure(create)) {
    reference ??= ms; // Socket.IO with itself
    const trips = (ms / ROUND_TRIP_MS).toFixed(1);
    const part = (ms / reference).toFixed(2);
    console.log(`${client} -> ${server}: ${ms.toFixed(0)} ms, ${trips} round trips, ${part} of Socket.IO's`);
  }
}
process.exit();
