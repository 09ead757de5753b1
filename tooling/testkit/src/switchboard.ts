/** Between clients and servers: leads new connections to one server after another, and cuts them on one side alone. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export class Switchboard {
  /** Where new connections lead to. */
  port: number;
  readonly #server: Server;
  readonly #clients = new Set<Socket>();
  readonly #targets = new Set<Socket>();

  constructor(port: number) {
    this.port = port;
    this.#server = createServer((client) => {
      const target = connect(this.port, "127.0.0.1");
      this.#keep(client, this.#clients);
      this.#keep(target, this.#targets);
      client.pipe(target, { end: false });
      target.pipe(client);
    });
  }

  /** Starts it. @returns its address */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Cuts the clients off; servers do not notice. */
  cut(): void {
    for (const client of this.#clients) client.destroy();
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of [...this.#clients, ...this.#targets]) socket.destroy();
    });
  }

  #keep(socket: Socket, all: Set<Socket>): void {
    all.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => all.delete(socket));
  }
}
