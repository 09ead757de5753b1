/** A server on a free port of the loopback, and clients that speak to it byte by byte. */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type RequestOptions, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import {
  type ConnectionError,
  type EngineOptions,
  EngineServer,
  type Session,
} from "../../src/server/index.ts";

export const BASE = "/engine.io/?EIO=4";

/** The key of RFC 6455's example. */
const KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

/** The head of a request for a WebSocket. @param headers its further lines, each with its end */
export function upgradeRequest(path: string, headers = KEY): string {
  return `GET ${path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${headers}\r\n`;
}

/** An answer, read to its end. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A server and what it saw. */
export class TestServer {
  readonly engine: EngineServer;
  readonly http: Server;
  readonly errors: ConnectionError[] = [];
  /** What `handler_error` told: the error, and the event. */
  readonly failures: [error: unknown, event: string][] = [];

  constructor(engine: EngineServer, http: Server) {
    this.engine = engine;
    this.http = http;
    engine.on("connection_error", (error) => this.errors.push(error));
    engine.on("handler_error", (error, { event }) => this.failures.push([error, event]));
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  /** Sends a request with a `Connection: close`, so that nothing is kept. */
  async ask(path: string, options: RequestOptions & { body?: string | Buffer } = {}): Promise<Reply> {
    const { body, ...rest } = options;
    const sent = request({ host: "127.0.0.1", port: this.port, path, agent: false, ...rest });
    sent.end(body);
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return {
      status: response.statusCode!,
      headers: response.headers,
      body: Buffer.concat(chunks).toString(),
    };
  }

  /** Opens a polling session. */
  async poll(query = "", options: RequestOptions = {}): Promise<PollingClient> {
    const reply = await this.ask(`${BASE}&transport=polling${query}`, options);
    const { sid } = JSON.parse(reply.body.slice(1).split("\u001e")[0]!) as { sid: string };
    return new PollingClient(this, sid);
  }

  /** Opens a WebSocket; it collects its frames. */
  webSocket(query = "", headers: Record<string, string> = {}): WebSocketClient {
    const url = `ws://127.0.0.1:${this.port}${BASE}&transport=websocket${query}`;
    return new WebSocketClient(new WebSocket(url, { headers }));
  }

  /** Opens a WebSocket session and reads its open packet. */
  async open(query = ""): Promise<WebSocketClient> {
    const client = this.webSocket(query);
    await client.next();
    return client;
  }

  /** The only session. */
  get session(): Session {
    const [session] = this.engine.clients.values();
    return session!;
  }

  /** Sends raw bytes and reads all that comes until the server ends the connection. */
  async raw(text: string): Promise<string> {
    const socket = await this.connect();
    socket.write(text);
    let received = "";
    socket.setEncoding("latin1").on("data", (chunk: string) => (received += chunk));
    await once(socket, "close");
    return received;
  }

  /** A bare connection. */
  async connect(): Promise<Socket> {
    const socket = connect(this.port, "127.0.0.1");
    await once(socket, "connect");
    return socket;
  }
}

/** A polling client that sends what it is told. */
export class PollingClient {
  readonly sid: string;
  readonly path: string;
  readonly #server: TestServer;

  constructor(server: TestServer, sid: string) {
    this.#server = server;
    this.sid = sid;
    this.path = `${BASE}&transport=polling&sid=${sid}`;
  }

  get(options: RequestOptions = {}): Promise<Reply> {
    return this.#server.ask(this.path, options);
  }

  post(body: string | Buffer, options: RequestOptions = {}): Promise<Reply> {
    return this.#server.ask(this.path, { method: "POST", body, ...options });
  }

  /** Sends a GET that the server is sure to hold before this resolves. */
  async pendingGet(options: RequestOptions = {}): Promise<{ reply: Promise<Reply> }> {
    const session = this.#server.engine.clients.get(this.sid)!;
    const reply = this.get(options);
    await until(() => session.transport.writable);
    return { reply };
  }
}

/** A WebSocket whose frames are read one by one. */
export class WebSocketClient {
  readonly ws: WebSocket;
  /** Resolves to the close code. */
  readonly closed: Promise<number>;
  readonly #frames: (string | Buffer)[] = [];
  #wake: (() => void) | undefined;

  constructor(ws: WebSocket) {
    this.ws = ws;
    this.closed = new Promise((resolve) => ws.on("close", resolve));
    ws.on("error", () => undefined);
    ws.on("message", (data: Buffer, isBinary) => {
      this.#frames.push(isBinary ? data : data.toString());
      this.#wake?.();
    });
    onTestFinished(() => ws.terminate());
  }

  async opened(): Promise<this> {
    await once(this.ws, "open");
    return this;
  }

  async next(): Promise<string | Buffer> {
    while (this.#frames.length === 0) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#frames.shift()!;
  }

  send(data: string | Buffer): void {
    this.ws.send(data);
  }
}

/** Starts a server; it ends with the test. */
export async function serve(
  options: EngineOptions = {},
  prepare?: (engine: EngineServer) => void,
): Promise<TestServer> {
  const http = createServer((_request, response) => {
    response.writeHead(404);
    response.end("not engine");
  });
  const engine = new EngineServer(options).attach(http, options);
  prepare?.(engine);
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  onTestFinished(() => {
    engine.close();
    http.close();
    http.closeAllConnections();
  });
  return new TestServer(engine, http);
}

/** Has every session send its messages back. */
export function echo(engine: EngineServer): void {
  engine.on("connection", (session) => {
    session.handler = { onMessage: (message) => session.send(message), onClose: () => undefined };
  });
}

/** Waits, turn by turn, until `condition` holds; the test's own timeout is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** The arguments of the next `event`. */
export function nextClose(session: Session): Promise<[reason: string, details?: unknown]> {
  return new Promise((resolve) => {
    session.once("close", (reason, details) => resolve([reason, details]));
  });
}
