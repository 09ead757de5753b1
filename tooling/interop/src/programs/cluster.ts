/** Three workers of node:cluster, which share nothing but @socket.io/cluster-adapter. Tells its parent the port of each. */
import cluster from "node:cluster";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdapter, setupPrimary } from "@socket.io/cluster-adapter";
import type { AdapterFactory } from "@telsiz/adapter";
import { Server } from "@telsiz/server";

const WORKERS = 3;

/** What the clients of a worker have it do. */
interface Orders {
  broadcast: (room: string, text: string) => void;
  join: (room: string, done: () => void) => void;
  servers: (answer: (count: number) => void) => void;
  sockets: (answer: (ids: string[]) => void) => void;
  ask: (answer: (answers: string[]) => void) => void;
  load: (answer: (pids: number[]) => void) => void;
}

/** What they get. */
interface News {
  news: (text: string) => void;
  question: (answer: (text: string) => void) => void;
}

if (cluster.isPrimary) lead();
else work();

function lead(): void {
  setupPrimary();
  const ports: number[] = [];
  cluster.on("message", (_worker, message: { readonly port?: number }) => {
    if (message.port === undefined) return;
    ports.push(message.port);
    if (ports.length === WORKERS) process.send?.(ports);
  });
  for (let index = 0; index < WORKERS; index++) cluster.fork();
  process.on("disconnect", () => process.exit()); // and with it the workers
}

function work(): void {
  const httpServer = createServer();
  const io = new Server<Orders, News>(httpServer, {
    adapter: createAdapter() as AdapterFactory, // its own types are those of Socket.IO
  });
  io.on("load", (answer: (pid: number) => void) => answer(process.pid));
  io.on("connection", (socket) => {
    socket.on("broadcast", (room, text) => io.to(room).emit("news", text));
    socket.on("join", (room, done) => {
      void socket.join(room);
      done();
    });
    socket.on("servers", (answer) => void io.sockets.adapter.serverCount().then(answer));
    socket.on("sockets", (answer) => void io.fetchSockets().then((all) => answer(all.map(({ id }) => id))));
    socket.on("ask", (answer) => void io.timeout(5_000).emitWithAck("question").then(answer));
    socket.on("load", (answer) => void io.serverSideEmitWithAck("load").then(answer));
  });
  // Not one port for all, which would need sticky sessions.
  httpServer.listen({ port: 0, host: "127.0.0.1", exclusive: true }, () => {
    process.send?.({ port: (httpServer.address() as AddressInfo).port });
  });
}
