/**
 * The application on Telsiz, with all options at their defaults; with `--no-request`, it drops the requests of connections, with
 * `--flush-at-once` it sends at once, with `--deflate` it compresses, with `--recovery` it recovers connections, and with
 * `--no-delivery` only what it sent.
 */
import { createServer } from "node:http";
import { Server } from "@telsiz/server";
import { listenAndAnnounce } from "./announce.ts";
import { serveApplication } from "./application.ts";

const httpServer = createServer();
const io = new Server(httpServer, {
  keepRequest: !process.argv.includes("--no-request"),
  perMessageDeflate: process.argv.includes("--deflate"),
  flush: process.argv.includes("--flush-at-once") ? "immediate" : "turn",
  ...(process.argv.includes("--recovery") && { connectionStateRecovery: {} }),
  delivery: !process.argv.includes("--no-delivery"),
});
serveApplication(io);
listenAndAnnounce(httpServer);
