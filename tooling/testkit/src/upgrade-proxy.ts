/** What stands between a client and its server, and does with WebSockets as it pleases. */
import { createServer, type IncomingMessage, request, type RequestListener, type Server } from "node:http";
import { type AddressInfo, connect, type Socket as TcpSocket } from "node:net";

/** What becomes of a request for a WebSocket. */
export type OnUpgrade = (incoming: IncomingMessage, socket: TcpSocket) => void;

/** Answers as a server does that has no WebSockets. */
export const refuseUpgrade: OnUpgrade = (_incoming, socket) =>
  socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
/** Never answers. */
export const swallowUpgrade: OnUpgrade = () => undefined;

/** Passes requests on to a server; what becomes of WebSockets is for the test to say. */
export class UpgradeProxy {
  readonly #server: Server;
  readonly #sockets = new Set<TcpSocket>();
  readonly #targetPort: number;
  /** The transports of the handshakes that came, in order. */
  readonly handshakes: string[] = [];

  /** @param onRequest answers other requests in place of the server */
  constructor(targetPort: number, onUpgrade: OnUpgrade, onRequest?: RequestListener) {
    this.#targetPort = targetPort;
    this.#server = createServer((incoming, response) => {
      this.#note(incoming.url);
      if (onRequest !== undefined) return onRequest(incoming, response);
      const { url: path, method, headers } = incoming;
      const passed = request({ port: targetPort, host: "127.0.0.1", path, method, headers }, (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      });
      passed.on("error", () => response.destroy());
      response.on("close", () => passed.destroy());
      incoming.pipe(passed);
    });
    this.#server.on("upgrade", (incoming, socket: TcpSocket) => {
      this.#note(incoming.url);
      socket.on("error", () => undefined);
      onUpgrade(incoming, socket);
    });
    this.#server.on("connection", (socket: TcpSocket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  /** Starts it. @returns its address */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Ends it, and every connection to it. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  /** Sends the request for a WebSocket on to the server. What that answers is for the caller to send back. */
  dial({ url, headers }: IncomingMessage): TcpSocket {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
    const target = connect(this.#targetPort, "127.0.0.1");
    target.on("error", () => undefined);
    target.write(`GET ${url!} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
    return target;
  }

  #note(url = ""): void {
    const query = new URL(url, "http://x").searchParams;
    if (!query.has("sid")) this.handshakes.push(query.get("transport") ?? "");
  }
}
