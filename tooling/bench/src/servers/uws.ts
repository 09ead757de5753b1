/** No protocol above WebSocket, on uWebSockets.js: echoes, and publishes what asks for a broadcast. */
import { createRequire } from "node:module";

/** The part of uWebSockets.js that is used. */
interface Uws {
  App(): App;
  us_listen_socket_close(socket: unknown): void;
  us_socket_local_port(socket: unknown): number;
}
interface App {
  ws(path: string, behaviour: object): App;
  listen(host: string, port: number, done: (socket: unknown) => void): App;
  publish(topic: string, message: ArrayBuffer, isBinary: boolean): boolean;
}
interface WebSocket {
  send(message: ArrayBuffer, isBinary: boolean): number;
  subscribe(topic: string): boolean;
}

const BROADCAST = Buffer.from('42["broadcast"');
const EVERYONE = "everyone";

// The path of its module is given by the benchmark, which has fetched it.
const uws = createRequire(import.meta.url)(process.argv[2]!) as Uws;
const app = uws.App();
app
  .ws("/*", {
    maxPayloadLength: 16 * 1024 * 1024,
    maxBackpressure: 64 * 1024 * 1024,
    open: (socket: WebSocket) => socket.subscribe(EVERYONE),
    message: (socket: WebSocket, message: ArrayBuffer, isBinary: boolean) => {
      if (Buffer.from(message).subarray(0, BROADCAST.length).equals(BROADCAST))
        app.publish(EVERYONE, message, isBinary);
      else socket.send(message, isBinary);
    },
  })
  .listen("127.0.0.1", 0, (socket) => process.send?.(uws.us_socket_local_port(socket)));
process.on("disconnect", () => process.exit());
