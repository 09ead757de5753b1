/** No protocol above WebSocket, on Bun: echoes, and publishes what asks for a broadcast. */

/** The part of Bun that is used. */
interface Bun {
  serve(options: object): BunServer;
}
interface BunServer {
  readonly port: number;
  upgrade(request: Request): boolean;
  publish(topic: string, message: string | Uint8Array): number;
}
interface WebSocket {
  send(message: string | Uint8Array): number;
  subscribe(topic: string): void;
}

const EVERYONE = "everyone";

const server = (globalThis as unknown as { Bun: Bun }).Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: (request: Request, self: BunServer) =>
    self.upgrade(request) ? undefined : new Response("not found", { status: 404 }),
  websocket: {
    maxPayloadLength: 16 * 1024 * 1024,
    backpressureLimit: 64 * 1024 * 1024,
    open: (socket: WebSocket) => socket.subscribe(EVERYONE),
    message: (socket: WebSocket, message: string | Uint8Array) => {
      if (typeof message === "string" && message.startsWith('42["broadcast"'))
        server.publish(EVERYONE, message);
      else socket.send(message);
    },
  },
});
process.send?.(server.port);
process.on("disconnect", () => process.exit());
