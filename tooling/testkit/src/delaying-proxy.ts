/** A TCP proxy that holds every chunk back for a random while, other chunks of the same direction behind it. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { seededRandom } from "./seeded-random.ts";

/** How a {@link DelayingProxy} delays. */
export interface Delays {
  /** Same seed, same series of delays. */
  readonly seed: number;
  /** The longest delay of a chunk, in milliseconds; a quarter of the chunks are not delayed. */
  readonly maxMs: number;
}

/** Sits between a client and a server of this machine. Bytes arrive late, but whole and in order. */
export class DelayingProxy {
  readonly #server: Server;
  readonly #connections = new Set<Socket>();
  #frozen = false;
  readonly #random: () => number;
  readonly #maxMs: number;

  /** @see DelayingProxy.open */
  constructor(targetPort: number, { seed, maxMs }: Delays) {
    this.#random = seededRandom(seed);
    this.#maxMs = maxMs;
    // A side that has ended may still be written to.
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      const target = connect({ port: targetPort, host: "127.0.0.1", allowHalfOpen: true });
      this.#forward(client, target);
      this.#forward(target, client);
    });
  }

  /** Starts a proxy before the server at `targetPort`. */
  static async open(targetPort: number, delays: Delays): Promise<DelayingProxy> {
    const proxy = new DelayingProxy(targetPort, delays);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  /** `http://127.0.0.1:<port>` of the proxy. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Keeps all that comes from now on, ends included: both sides are left in silence. */
  freeze(): void {
    this.#frozen = true;
  }

  /** Cuts every connection. What is held back is lost; new connections may come. */
  cut(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  /** Cuts every connection and ends the proxy. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.cut();
    });
  }

  #forward(from: Socket, to: Socket): void {
    from.setNoDelay(true);
    this.#connections.add(from);
    let last = Promise.resolve();
    const inOrder = (act: () => void): void => {
      last = last
        .then(() => this.#delay())
        .then(() => {
          if (!this.#frozen) act();
        });
    };
    from.on("data", (chunk: Buffer) => inOrder(() => to.writable && to.write(chunk)));
    from.on("end", () => inOrder(() => to.end()));
    from.on("error", () => undefined); // close follows
    from.once("close", (hadError) => {
      this.#connections.delete(from);
      // What came before is still on its way.
      inOrder(() => (hadError ? to.destroy() : to.end()));
    });
  }

  #delay(): Promise<void> | undefined {
    const draw = this.#random();
    if (draw < 0.25 || this.#maxMs === 0) return undefined;
    const milliseconds = ((draw - 0.25) / 0.75) * this.#maxMs;
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
  }
}
