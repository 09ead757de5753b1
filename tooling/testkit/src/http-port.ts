/** An http server on a free port of the loopback interface, which leaves nothing behind when it is closed. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** A server that listens. */
export interface HttpPort {
  readonly server: Server;
  readonly port: number;
  /** `http://127.0.0.1:<port>`, or of another address. */
  readonly url: string;
  /** Ends the server and every connection to it. */
  close(): Promise<void>;
}

/**
 * Listens on a free port.
 * @param listener answers what no other listener of the server does
 * @param address of the loopback interface
 */
export async function openHttpPort(
  listener?: RequestListener,
  address: "127.0.0.1" | "::1" = "127.0.0.1",
): Promise<HttpPort> {
  const server = createServer(listener ?? (() => undefined));
  const connections = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of connections) socket.destroy();
    });
  const host = address === "::1" ? "[::1]" : address;
  return { server, port, url: `http://${host}:${port}`, close };
}
