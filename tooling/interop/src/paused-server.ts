/** A server in a process of its own that a test stops and continues. Tells its port, and why clients leave. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "@telsiz/server";

const http = createServer();
const io = new Server(http, { pingInterval: 500, pingTimeout: 1_000 });

io.on("connection", (socket) => {
  socket.on("disconnect", (reason) => process.send!({ left: reason }));
});
http.listen(0, "127.0.0.1", () => process.send!({ port: (http.address() as AddressInfo).port }));
