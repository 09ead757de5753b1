/* eslint-disable -- written as programs of others are, not as this repository is */
/** A server as programs with types have it: every place where the types of the package are named. Compiled, not run. */
import { createServer, type IncomingMessage } from "node:http";
import {
  type BroadcastOperator,
  type Namespace,
  type RemoteSocket,
  Server,
  Socket,
  type DefaultEventsMap,
  type DisconnectReason,
  type ExtendedError,
  type ServerOptions,
} from "socket.io";
import type { ClientToServerEvents, InterServerEvents, ServerToClientEvents, SocketData } from "./events.ts";

type AppServer = Server<ClientToServerEvents, ServerToClientEvents, InterServerEvents, SocketData>;
type AppSocket = Socket<ClientToServerEvents, ServerToClientEvents, InterServerEvents, SocketData>;
type AppNamespace = Namespace<ClientToServerEvents, ServerToClientEvents, InterServerEvents, SocketData>;
type Next = (error?: ExtendedError) => void;

const options: Partial<ServerOptions> = {
  path: "/live",
  serveClient: false,
  pingInterval: 10_000,
  pingTimeout: 5_000,
  maxHttpBufferSize: 1e6,
  transports: ["websocket", "polling"],
  cors: { origin: ["https://example.com", /\.example\.org$/], credentials: true },
  cookie: { name: "io", httpOnly: true, sameSite: "strict" },
  connectionStateRecovery: { maxDisconnectionDuration: 60_000, skipMiddlewares: true },
  allowRequest: (req: IncomingMessage, callback) => callback(null, req.headers.origin === undefined),
  perMessageDeflate: { threshold: 2048 },
  httpCompression: true,
};

const httpServer = createServer();
const io: AppServer = new Server<ClientToServerEvents, ServerToClientEvents, InterServerEvents, SocketData>(
  httpServer,
  options,
);

// A class that holds the server, and functions that take its parts.
class Gateway {
  private readonly io: Server<ClientToServerEvents, ServerToClientEvents>;

  constructor(server: Server<ClientToServerEvents, ServerToClientEvents>) {
    this.io = server;
  }

  notify(room: string | string[]): boolean {
    return this.io.to(room).emit("tick", Date.now());
  }

  async stop(): Promise<void> {
    await this.io.close();
  }
}

const authenticate = (socket: AppSocket, next: Next): void => {
  const token: unknown = socket.handshake.auth["token"];
  const page = socket.handshake.query["page"];
  if (typeof token !== "string" || Array.isArray(page)) {
    const error: ExtendedError = new Error("not authorized");
    error.data = { content: "Please retry later" };
    return next(error);
  }
  socket.data.userId = token;
  socket.data.visits = (socket.data.visits ?? 0) + 1;
  next();
};

const registerHandlers = (server: AppServer, socket: AppSocket): void => {
  const add = (a: number, b: number, callback: (sum: number) => void): void => callback(a + b);
  socket.on("add", add);
  socket.off("add", add);
  socket.on("hello", (name, age) => {
    const text: string = name;
    const number: number | undefined = age;
    socket.broadcast.emit("tick", text.length + (number ?? 0));
  });
  socket.on("upload", (file, done) => done(null, file.byteLength));
  socket.on("maybe", (callback) => callback?.(true));
  socket.once("nothing", () => server.emit("tick", 1));
};

io.use(authenticate);
io.use(async (socket, next) => {
  await Promise.resolve();
  next(socket.recovered ? undefined : new Error("again"));
});
io.engine.use((_req: IncomingMessage, _res: unknown, next: () => void) => next());
io.engine.on("connection_error", (error: { code: number; message: string }) =>
  console.log(error.code, error.message),
);
io.engine.generateId = (req: IncomingMessage) => String(req.headers["x-id"]);

io.on("connection", async (socket) => {
  registerHandlers(io, socket);
  const id: string = socket.id;
  const rooms: Set<string> = socket.rooms;
  socket.emit("welcome", { id, roles: ["user"] });
  socket.emit("confirm", "sure?", (answer) => answer === "yes");
  socket.timeout(1000).emit("confirm", "sure?", (error, answer) => {
    if (error) return;
    const given: "yes" | "no" = answer;
    return given;
  });
  const answer: "yes" | "no" = await socket.emitWithAck("confirm", "sure?");
  const later: "yes" | "no" = await socket.timeout(1000).emitWithAck("confirm", answer);
  await socket.join(["a", "b"]);
  await socket.leave(later);
  socket.to("a").to(["b", "c"]).except("d").volatile.emit("tick", rooms.size);
  socket.compress(false).emit("tick", 1);
  socket.use(([event, ...args], next) => {
    if (event === "hello" && args.length > 9) return next(new Error("too many"));
    next();
  });
  socket.onAny((event: string, ...args: any[]) => console.log(event, args));
  socket.onAnyOutgoing((event, ...args) => console.log(event, args));
  socket.on("disconnecting", (reason: DisconnectReason) => console.log(reason, socket.rooms));
  socket.on("disconnect", (reason, description) => {
    if (reason === "ping timeout") console.log(description);
  });
  socket.on("error", (error) => console.log(error.message));
  socket.conn.once("upgrade", (transport: { name: string }) => console.log(transport.name));
  socket.conn.on("packet", ({ type, data }: { type: string; data?: unknown }) => console.log(type, data));
  const forwarded = socket.request.headers["x-forwarded-for"] ?? socket.handshake.address;
  console.log(forwarded, socket.nsp.name, socket.client.conn.transport.name);
  socket.disconnect(true);
});

const operator: BroadcastOperator<ServerToClientEvents, SocketData> = io.in("room");
operator.emit("tick", 2);
io.timeout(500).emit("confirm", "all?", (error, answers) => {
  const list: ("yes" | "no")[] = answers;
  return error ? [] : list;
});

async function inspect(): Promise<void> {
  const answers: ("yes" | "no")[] = await io.to("room").timeout(500).emitWithAck("confirm", "all?");
  const sockets: RemoteSocket<ServerToClientEvents, SocketData>[] = await io.in("room").fetchSockets();
  for (const socket of sockets) {
    const user: string = socket.data.userId;
    socket.emit("welcome", { id: user, roles: answers });
    socket.join("other");
    socket.disconnect();
  }
  io.socketsJoin("all");
  io.in(["a", "b"]).socketsLeave("all");
  io.of("/admin").disconnectSockets(true);
  io.serverSideEmit("ping", "me");
  const sizes: number[] = await io.serverSideEmitWithAck("count", "room");
  console.log(
    sizes,
    io.engine.clientsCount,
    io.sockets.sockets.size,
    io.of("/").adapter.rooms.get("room")?.size,
  );
}
io.on("ping", (from) => console.log(from.length));
io.on("new_namespace", (namespace) => console.log(namespace.name));

// Namespaces with maps of their own.
interface AdminEvents {
  ban: (userId: string, callback: (banned: boolean) => void) => void;
}
const admin: Namespace<AdminEvents, DefaultEventsMap, InterServerEvents, SocketData> = io.of("/admin");
admin.use((socket, next) => {
  socket.data.visits = 0;
  next();
});
admin.on("connection", (socket) => socket.on("ban", (userId, callback) => callback(userId !== "")));
const dynamic: AppNamespace = io.of(/^\/room-\d+$/);
dynamic.on("connection", (socket: AppSocket) => socket.nsp.emit("tick", 3));
io.of((name, auth, next) => next(null, name.length > 1 && "token" in auth));

// Without maps anything goes.
const loose = new Server();
loose.on("connection", (socket) => {
  socket.on("anything", (...args) => socket.emit("else", ...args));
  socket.data.whatever = 1;
  const any: Socket = socket;
  any.emit("more", 1, "2", { 3: true }, (answer: string) => answer);
});
loose.listen(3000, { path: "/loose" });

export { Gateway, inspect, io };
