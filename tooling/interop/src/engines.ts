/** Engine servers without Socket.IO above them, ours and the stock one, under one type. */
import { createServer, type Server as HttpServer } from "node:http";
import { Socket as OurClient } from "@telsiz/engine/client";
import { EngineServer } from "@telsiz/engine/server";
import { bounded } from "@telsiz/testkit";
import { type AttachOptions, Server, type ServerOptions, type Socket } from "engine.io";
import { Socket as Client, type SocketOptions } from "engine.io-client";
import { onTestFinished } from "vitest";

/** The options of engines. */
export type EngineKindOptions = ServerOptions & AttachOptions;

/** Something that makes engines. The type is that of the stock package: what it says has to hold for ours. */
export interface EngineKind {
  readonly name: string;
  readonly ours: boolean;
  create(options?: EngineKindOptions): Server;
}

/** The published engine. */
export const stockEngine: EngineKind = {
  name: "engine.io",
  ours: false,
  create: (options) => new Server(options),
};

/** The engine of this repository. */
export const ourEngine: EngineKind = {
  name: "telsiz",
  ours: true,
  // Option types differ where ours accept less; members that tests use are those of the stock type.
  create: (options) => new EngineServer(options as object) as unknown as Server,
};

/** Both. */
export const ENGINES: readonly EngineKind[] = [stockEngine, ourEngine];

/** Something that makes clients of engines, which open at once. */
export interface EngineClientKind {
  readonly name: string;
  readonly ours: boolean;
  create(url: string, options: Partial<SocketOptions>): Client;
}

/** The published client. */
export const stockEngineClient: EngineClientKind = {
  name: "engine.io-client",
  ours: false,
  create: (url, options) => new Client(url, options),
};

/** The client of this repository. */
export const ourEngineClient: EngineClientKind = {
  name: "telsiz-engine-client",
  ours: true,
  create: (url, options) => new OurClient(url, options as object) as unknown as Client, // as above
};

/** Each client with each engine. */
export const ENGINE_PAIRINGS: readonly {
  readonly name: string;
  readonly kind: EngineKind;
  readonly client: EngineClientKind;
}[] = ENGINES.flatMap((kind) =>
  [stockEngineClient, ourEngineClient].map((client) => ({
    name: `${client.name} -> ${kind.name}`,
    kind,
    client,
  })),
);

/** An engine that listens, and its clients. It ends with the test. */
export class EngineMeeting {
  readonly engine: Server;
  readonly http: HttpServer;
  readonly #kind: EngineClientKind;
  readonly #clients: Client[] = [];

  constructor(engine: Server, http: HttpServer, kind: EngineClientKind = stockEngineClient) {
    this.engine = engine;
    this.http = http;
    this.#kind = kind;
  }

  /** Opens one. @param prepare is given the engine before it listens */
  static async open(
    kind: EngineKind,
    options: EngineKindOptions = {},
    prepare?: (engine: Server) => void,
    client?: EngineClientKind,
  ): Promise<EngineMeeting> {
    const http = createServer((_request, response) => void response.writeHead(404).end("not engine"));
    const engine = kind.create(options);
    prepare?.(engine);
    engine.attach(http, options);
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    const meeting = new EngineMeeting(engine, http, client);
    onTestFinished(() => meeting.close());
    return meeting;
  }

  get port(): number {
    return (this.http.address() as { port: number }).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** A client, which may not be connected yet. */
  client(options: Partial<SocketOptions> = {}): Client {
    const client = this.#kind.create(this.url, options);
    this.#clients.push(client);
    return client;
  }

  /** A client that is connected, and the server's end of it. */
  async pair(options: Partial<SocketOptions> = {}): Promise<{ client: Client; conn: Socket }> {
    const arrived = this.connection();
    const client = this.client(options);
    const opened = new Promise<void>((resolve, reject) => {
      client.on("open", resolve);
      client.on("error", reject);
    });
    await bounded(opened, "the client to open");
    return { client, conn: await arrived };
  }

  /** The next connection. */
  connection(): Promise<Socket> {
    const arrived = new Promise<Socket>((resolve) => this.engine.once("connection", resolve));
    return bounded(arrived, "a connection");
  }

  /** Ends clients and server. */
  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    this.engine.close();
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }
}
