/** A server of a cluster that listens, with one client. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { io as connect, type Socket as ClientSocket } from "@telsiz/client";
import type { Server, Socket } from "@telsiz/server";
import { nextEvent } from "@telsiz/testkit";

export class Place {
  readonly io: Server;
  /** Where clients connect to. */
  readonly url: string;
  readonly client: ClientSocket;
  /** The client's socket on the server. */
  readonly socket: Socket;
  /** What the client got, in order. */
  readonly got: unknown[][] = [];

  private constructor(io: Server, url: string, client: ClientSocket, socket: Socket) {
    this.io = io;
    this.url = url;
    this.client = client;
    this.socket = socket;
    client.onAny((...args: unknown[]) => this.got.push(args));
  }

  /** Resolves when the client is connected. */
  static async open(io: Server): Promise<Place> {
    const http = createServer();
    io.attach(http);
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    const client = connect(url, { transports: ["websocket"], forceNew: true });
    const [socket] = await nextEvent<[Socket]>(io, "connection");
    return new Place(io, url, client, socket);
  }

  async close(): Promise<void> {
    this.client.disconnect();
    await this.io.close();
  }
}
