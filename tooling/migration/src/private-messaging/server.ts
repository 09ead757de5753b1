/** A messenger: sessions by token, a list of users, messages between two users in all their tabs. */
import { randomBytes } from "node:crypto";
import { createServer, type Server as HttpServer } from "node:http";
import { Server, type DefaultEventsMap, type Socket } from "socket.io";
import type {
  ClientToServerEvents,
  PrivateMessage,
  ServerToClientEvents,
  SocketData,
  UserEntry,
} from "./events.ts";
import { SessionStore } from "./session-store.ts";

type Messenger = Server<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketData>;
type MessengerSocket = Socket<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketData>;

const randomId = (): string => randomBytes(8).toString("hex");

/** Makes the messenger; `listen` is the caller's. */
export function createMessenger(): { httpServer: HttpServer; io: Messenger } {
  const httpServer = createServer();
  const io: Messenger = new Server(httpServer, { cors: { origin: "http://localhost:8080" } });
  const sessions = new SessionStore();
  const messages: PrivateMessage[] = [];

  io.use((socket, next) => {
    const { sessionID, username } = socket.handshake.auth as { sessionID?: string; username?: string };
    const session = sessionID === undefined ? undefined : sessions.find(sessionID);
    if (sessionID !== undefined && session !== undefined) {
      socket.data = { sessionID, userID: session.userID, username: session.username };
      return next();
    }
    if (!username) {
      const err = new Error("invalid username") as Error & { data?: unknown };
      err.data = { field: "username" };
      return next(err);
    }
    socket.data = { sessionID: randomId(), userID: randomId(), username };
    next();
  });

  io.on("connection", async (socket) => {
    const { sessionID, userID, username } = socket.data;
    const returning = sessions.find(sessionID)?.connected === true;
    sessions.save(sessionID, { userID, username, connected: true });
    socket.emit("session", { sessionID, userID });

    // All tabs of a user are in one room.
    await socket.join(userID);
    socket.emit("users", listUsers(userID));
    if (!returning) {
      socket.broadcast.emit("user connected", { userID, username, connected: true, messages: [] });
    }

    socket.on("private message", ({ content, to }) => {
      const message = { content, from: userID, to };
      // To the other, and to one's own other tabs.
      socket.to(to).to(userID).emit("private message", message);
      messages.push(message);
    });

    socket.on("typing", (to) => {
      socket.to(to).volatile.emit("typing", userID);
    });

    socket.on("disconnect", async () => {
      const matchingSockets = await io.in(userID).fetchSockets();
      if (matchingSockets.length > 0) return;
      socket.broadcast.emit("user disconnected", userID);
      sessions.save(sessionID, { userID, username, connected: false });
    });
  });

  function listUsers(userID: string): UserEntry[] {
    return sessions.all().map((session) => ({
      userID: session.userID,
      username: session.username,
      connected: session.connected,
      messages: messages.filter(({ from, to }) => isBetween(userID, session.userID, from, to)),
    }));
  }

  return { httpServer, io };
}

function isBetween(a: string, b: string, from: string, to: string): boolean {
  return (from === a && to === b) || (from === b && to === a);
}

/** Ends all tabs of a user. */
export function signOut(io: Messenger, userID: string): void {
  io.in(userID).disconnectSockets();
}

/** The tabs of a user. */
export function tabsOf(io: Messenger, userID: string): MessengerSocket[] {
  return [...io.of("/").sockets.values()].filter((socket) => socket.data.userID === userID);
}
