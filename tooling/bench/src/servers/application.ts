/** The application that is measured, the same for all servers that speak Socket.IO. */

/** The part of a socket that it uses. */
export interface ApplicationSocket {
  on(event: string, listener: (message: unknown, reply: (message: unknown) => void) => void): unknown;
  emit(event: string, message: unknown): unknown;
}

/** The part of a server that it uses. */
export interface ApplicationServer {
  on(event: "connection", listener: (socket: ApplicationSocket) => void): unknown;
  emit(event: string, message: unknown): unknown;
}

/** Echoes, acknowledges and broadcasts. */
export function serveApplication(io: ApplicationServer): void {
  io.on("connection", (socket) => {
    socket.on("echo", (message) => {
      socket.emit("echo", message);
    });
    socket.on("ask", (message, reply) => {
      reply(message);
    });
    socket.on("broadcast", (message) => {
      io.emit("news", message);
    });
  });
}
