/** The application on the socket.io package, with all options at their defaults; with `--deflate`, it compresses. */
import { createServer } from "node:http";
import { Server } from "socket.io";
import { listenAndAnnounce } from "./announce.ts";
import { serveApplication } from "./application.ts";

const httpServer = createServer();
serveApplication(new Server(httpServer, { perMessageDeflate: process.argv.includes("--deflate") }));
listenAndAnnounce(httpServer);
