/** A server on a free port and the clients that a test connects to it, all gone at the end of the test. */
import type { Server as HttpServer } from "node:http";
import { type HttpPort, nextEvent, openHttpPort } from "@telsiz/testkit";
import type { Server, ServerOptions, Socket as ServerSocket } from "socket.io";
import type { Socket as ClientSocket } from "socket.io-client";
import type { ClientKind, ClientOptions, ServerKind } from "./peers.ts";

/** What answers requests that no other listener of the http server takes. */
const notFound = "not engine";

/** Client and server side of one connection. */
export interface Pair {
  readonly client: ClientSocket;
  readonly socket: ServerSocket;
}

/** Opens a {@link Meeting}. */
export async function openMeeting(
  server: ServerKind,
  options?: Partial<ServerOptions>,
  client?: ClientKind,
): Promise<Meeting> {
  const http = await openHttpPort((request, response) => {
    if (request.url?.startsWith("/socket.io/") === true) return;
    response.writeHead(404).end(notFound);
  });
  return new Meeting(http, server.create(http.server, options), client);
}

/** One server, and its clients. */
export class Meeting {
  /** The server under test. */
  readonly io: Server;
  /** The port of the server. */
  readonly port: number;
  /** Its address. */
  readonly url: string;
  /** The clients, the oldest first. */
  readonly clients: ClientSocket[] = [];
  readonly #http: HttpPort;
  readonly #kind: ClientKind | undefined;

  /** @see openMeeting */
  constructor(http: HttpPort, io: Server, kind: ClientKind | undefined) {
    this.#http = http;
    this.#kind = kind;
    this.io = io;
    this.port = http.port;
    this.url = http.url;
  }

  /** The http server below. */
  get http(): HttpServer {
    return this.#http.server;
  }

  /** A client, which may not be connected yet. @param address where to connect; a namespace may follow the port */
  client(options: ClientOptions, address: string = this.url): ClientSocket {
    const client = this.#kind!.connect(address, { forceNew: true, ...options });
    this.clients.push(client);
    return client;
  }

  /** A client that is connected, and the server's side of it. */
  async pair(options: ClientOptions, nsp = "/"): Promise<Pair> {
    const client = this.client(options, this.url + nsp);
    const [socket] = await Promise.all([
      nextEvent<[ServerSocket]>(this.io.of(nsp), "connection"),
      nextEvent(client, "connect"),
    ]);
    return { client, socket: socket[0] };
  }

  /** Ends clients and server. */
  async close(): Promise<void> {
    for (const client of this.clients) client.disconnect();
    // Over polling, closing waits for requests that may never come.
    const closed = this.io.close();
    await this.#http.close();
    await closed;
  }
}
