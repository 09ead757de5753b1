/** Clients on WebSockets whose network takes nothing, or only when a test says so. */
import { IncomingMessage } from "node:http";
import { Socket as NetSocket } from "node:net";
import { Duplex } from "node:stream";
import type { EngineServer } from "@telsiz/engine/server";
import type { Server, Socket } from "../src/index.ts";

/** The frame of a CONNECT for the main namespace, masked with zeros. */
const CONNECT = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x34, 0x30]);

/** The socket of a client that has asked for a WebSocket and joined the main namespace. */
export class StalledClient extends Duplex {
  /** What the server has written, as far as the network has taken it. */
  taken = "";
  #open = false;
  #waiting: (() => void) | undefined;

  /** @param engine where it connects */
  constructor(engine: EngineServer) {
    super({ decodeStrings: false }); // as `net.Socket`
    const request = new IncomingMessage(new NetSocket());
    request.method = "GET";
    request.url = "/socket.io/?EIO=4&transport=websocket";
    request.headers = {
      host: "x",
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    };
    engine.handleUpgrade(request, this, Buffer.alloc(0));
    this.push(CONNECT);
  }

  /** The network takes what waits, and all that follows. */
  flow(): void {
    this.#open = true;
    this.#waiting?.();
  }

  override _read(): void {
    // what comes is pushed
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    const take = (): void => {
      this.taken += chunk.toString("latin1" as never);
      done();
    };
    if (this.#open) take();
    else this.#waiting = take;
  }
}

/** A client whose connection is held up, and its socket. */
export interface SlowClient {
  readonly client: StalledClient;
  readonly socket: Socket;
}

/** More than a socket's buffer. */
const FILL = "x".repeat(20_000);

/** Clients of `io` whose connections are held up. */
export async function slowClients(io: Server, engine: EngineServer, count: number): Promise<SlowClient[]> {
  const clients = Array.from({ length: count }, () => new StalledClient(engine));
  while (io.sockets.sockets.size < count) await turnEnd();
  io.emit("fill", FILL);
  await turnEnd();
  const sockets = [...io.sockets.sockets.values()];
  return clients.map((client, index) => ({ client, socket: sockets[index]! }));
}

/** The end of this turn, when what was sent leaves and slow consumers are ended. */
export async function turnEnd(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}
