/** The port of a node at which the others reach it without the broker. */
import { randomBytes } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { encodeCard } from "./peer-card.ts";
import { greetGuest } from "./peer-greeting.ts";
import type { PeerOptions } from "./peer-options.ts";

const SECRET_BYTES = 32;
const NO_CARD: Buffer = Buffer.alloc(0);

/** Who is behind the door. */
export interface PeerDoorOwner {
  /** Another node has connected. */
  onGuest(socket: Socket): void;
  /** The door cannot be opened. */
  onError(error: unknown): void;
}

/** Lets other nodes in, and nobody else. */
export class PeerDoor {
  readonly #options: Required<PeerOptions>;
  readonly #owner: PeerDoorOwner;
  readonly #sockets = new Set<Socket>();
  readonly #secret = randomBytes(SECRET_BYTES);
  readonly #server: Server;

  constructor(options: Required<PeerOptions>, owner: PeerDoorOwner) {
    this.#options = options;
    this.#owner = owner;
    this.#server = createServer((socket) => this.#greet(socket)).unref();
    this.#server.on("error", (error) => owner.onError(error));
  }

  /** What others have to know to come in; empty while nobody can. */
  get card(): Buffer {
    const listening = this.#server.address() as AddressInfo | null;
    if (listening === null) return NO_CARD;
    return encodeCard({ host: this.#options.address, port: listening.port, secret: this.#secret });
  }

  /** Begins to listen. */
  open(): void {
    const { host, port } = this.#options;
    this.#server.listen({ host, port, exclusive: true });
  }

  /** Ends all connections, and listens no more. */
  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #greet(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => undefined); // it is closed, too
    greetGuest(socket, this.#secret).then(
      () => this.#owner.onGuest(socket),
      () => undefined, // who that was is nobody's business
    );
  }
}
