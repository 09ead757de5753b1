/** A chat as one learns it: everybody hears everybody, messages are kept, and nobody misses any. */
import { createServer, type Server as HttpServer } from "node:http";
import { Server, type Socket } from "socket.io";
import type { ClientToServerEvents, InterServerEvents, ServerToClientEvents, SocketData } from "./events.ts";

/** The server, typed. */
export type ChatServer = Server<ClientToServerEvents, ServerToClientEvents, InterServerEvents, SocketData>;
type ChatSocket = Socket<ClientToServerEvents, ServerToClientEvents, InterServerEvents, SocketData>;

const PAGE = `<!doctype html>
<title>Chat</title>
<script src="/socket.io/socket.io.js"></script>
<script>const socket = io({ auth: { name: "page" } });</script>`;

/** A message as it is kept; its place in the list, counted from one, is its offset. */
interface Message {
  readonly from: string;
  readonly text: string;
  readonly clientOffset: string;
}

/** Makes the chat; `listen` is the caller's. */
export function createChat(): { httpServer: HttpServer; io: ChatServer; messages: readonly Message[] } {
  const httpServer = createServer((_req, res) => {
    res.writeHead(200, { "content-type": "text/html" }).end(PAGE);
  });
  const io: ChatServer = new Server(httpServer, { connectionStateRecovery: {} });
  const messages: Message[] = [];

  io.use((socket, next) => {
    const { name } = socket.handshake.auth as { name?: string };
    if (!name) return next(new Error("who are you?"));
    socket.data.name = name;
    next();
  });

  io.on("connection", (socket) => {
    if (!socket.recovered) {
      sendMissed(socket, messages);
      socket.broadcast.emit("user joined", socket.data.name);
    }

    socket.on("chat message", (text, clientOffset, done) => {
      // The client sends again what was not acknowledged.
      if (!messages.some((message) => message.clientOffset === clientOffset)) {
        messages.push({ from: socket.data.name, text, clientOffset });
        io.emit("chat message", socket.data.name, text, messages.length);
      }
      done();
    });

    socket.on("typing", (active) => {
      socket.broadcast.volatile.emit("typing", socket.data.name, active);
    });

    socket.on("enter room", async (room, callback) => {
      await socket.join(room);
      const members = await io.in(room).fetchSockets();
      callback(members.length);
    });

    socket.on("leave room", async (room, done) => {
      await socket.leave(room);
      done();
    });

    socket.on("room message", (room, text, done) => {
      io.to(room).emit("room message", room, socket.data.name, text);
      done();
    });

    socket.on("picture", (name, bytes, callback) => {
      socket.broadcast.compress(false).emit("picture", socket.data.name, name, Buffer.from(bytes));
      callback({ bytes: bytes.byteLength });
    });

    socket.on("disconnect", (reason) => {
      io.emit("user left", socket.data.name, reason);
    });
  });

  return { httpServer, io, messages };
}

function sendMissed(socket: ChatSocket, messages: readonly Message[]): void {
  const { serverOffset = 0 } = socket.handshake.auth as { serverOffset?: number };
  messages.slice(serverOffset).forEach(({ from, text }, index) => {
    socket.emit("chat message", from, text, serverOffset + index + 1);
  });
}

/** Asks everybody, and says who answered. */
export async function rollCall(io: ChatServer): Promise<string[]> {
  return io.timeout(5000).emitWithAck("are you there?");
}
