/** A balancer that is not sticky: each request, on whatever connection, goes to the next server. */
import { Agent, createServer, type IncomingMessage, request, type Server } from "node:http";
import { type AddressInfo, connect, type Socket as TcpSocket } from "node:net";
import type { Duplex } from "node:stream";

/** Passes requests and upgrades on to several servers in turn. */
export class RoundRobinProxy {
  readonly #server: Server;
  readonly #agent: Agent = new Agent({ keepAlive: true });
  readonly #sockets = new Set<Duplex>();
  /** Where requests go; may be changed while it runs. */
  ports: readonly number[];
  #count = 0;

  constructor(ports: readonly number[]) {
    this.ports = ports;
    this.#server = createServer((incoming, response) => {
      const { url: path, method, headers } = incoming;
      const options = { port: this.#next(), host: "127.0.0.1", agent: this.#agent, path, method, headers };
      const passed = request(options, (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
        answer.on("error", () => response.destroy());
      });
      passed.on("error", () => response.destroy());
      response.on("close", () => passed.destroy());
      incoming.pipe(passed);
    });
    this.#server.on("upgrade", (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#passUpgrade(incoming, socket, head);
    });
    this.#server.on("connection", (socket: TcpSocket) => this.#keep(socket));
  }

  /** Starts it. @returns its address */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Ends it, and every connection to it. */
  close(): Promise<void> {
    this.#agent.destroy();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #next(): number {
    return this.ports[this.#count++ % this.ports.length]!;
  }

  #passUpgrade({ url, rawHeaders }: IncomingMessage, socket: Duplex, head: Buffer): void {
    const target = connect(this.#next(), "127.0.0.1");
    this.#keep(target);
    let text = `GET ${url!} HTTP/1.1\r\n`;
    for (let index = 0; index < rawHeaders.length; index += 2) {
      text += `${rawHeaders[index]!}: ${rawHeaders[index + 1]!}\r\n`;
    }
    target.write(`${text}\r\n`);
    target.write(head);
    for (const [from, to] of [[socket, target] as const, [target, socket] as const]) {
      from.on("error", () => to.destroy());
      from.on("close", () => to.destroy());
      from.pipe(to);
    }
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
  }
}
