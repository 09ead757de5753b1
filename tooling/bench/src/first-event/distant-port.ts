/** A port whose server is far away: every byte is half a round trip on its way, and so are those that open a connection. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** Stands before a server of this machine. */
export class DistantPort {
  readonly #server: Server;
  readonly #connections = new Set<Socket>();

  /** @param roundTripMs from the client to the server and back, in milliseconds */
  constructor(targetPort: number, roundTripMs: number) {
    this.#server = createServer({ noDelay: true }, (client) => {
      const target = connect({ port: targetPort, host: "127.0.0.1", noDelay: true });
      // On this machine a connection is open at once. It would take a round trip: its first bytes make up for that.
      const openedAt = performance.now() + roundTripMs;
      this.#forward(client, target, roundTripMs / 2, openedAt);
      this.#forward(target, client, roundTripMs / 2, 0);
    });
  }

  /** Starts it. @returns its address */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    for (const connection of this.#connections) connection.destroy();
  }

  #forward(from: Socket, to: Socket, delayMs: number, earliest: number): void {
    this.#connections.add(from);
    const later = (act: () => void): void => {
      setTimeout(act, Math.max(earliest - performance.now(), 0) + delayMs);
    };
    from.on("data", (chunk: Buffer) => later(() => to.writable && to.write(chunk)));
    from.on("close", () => later(() => to.destroy()));
    from.on("error", () => undefined); // close follows
  }
}
