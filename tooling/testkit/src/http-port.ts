/** An http server on a free port of the loopback interface, which leaves nothing behind when it is closed. */
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer, type ServerOptions } from "node:https";
import type { AddressInfo, Socket } from "node:net";

/** A server that listens. */
export interface HttpPort {
  readonly server: Server;
  readonly port: number;
  /** `http://127.0.0.1:<port>`, or what else leads there. */
  readonly url: string;
  /** Ends the server and every connection to it. */
  close(): Promise<void>;
}

/**
 * Listens on a free port.
 * @param listener answers what no other listener of the server does
 * @param address of the loopback interface
 */
export function openHttpPort(
  listener?: RequestListener,
  address: "127.0.0.1" | "::1" = "127.0.0.1",
): Promise<HttpPort> {
  const server = createServer(listener ?? (() => undefined));
  return listen(server, address, address === "::1" ? "http://[::1]" : "http://127.0.0.1");
}

/** Listens with TLS, at `https://localhost:<port>`. */
export function openHttpsPort(options: ServerOptions): Promise<HttpPort> {
  // What the two kinds of servers differ in is of no concern to those who attach to one.
  return listen(createSecureServer(options), "127.0.0.1", "https://localhost");
}

async function listen(server: Server, address: string, origin: string): Promise<HttpPort> {
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
  return { server, port, url: `${origin}:${port}`, close };
}
