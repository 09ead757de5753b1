/** Sits between a client and a server, hands on every message, and records it as the recorded sessions were. */
import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type HttpPort, openHttpPort, type SessionMessage } from "@telsiz/testkit";
import { type RawData, WebSocket, WebSocketServer } from "ws";

/** A proxy that understands HTTP and WebSocket messages. */
export class RecordingProxy {
  /** What went through, in the order in which it was seen. */
  readonly messages: SessionMessage[] = [];
  readonly #targetPort: number;
  readonly #port: HttpPort;
  #upgrades = 0;
  readonly #acceptor = new WebSocketServer({ noServer: true, perMessageDeflate: false });

  /** @see RecordingProxy.open */
  constructor(targetPort: number, port: HttpPort) {
    this.#targetPort = targetPort;
    this.#port = port;
    port.server.removeAllListeners("request");
    port.server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      this.#forward(request, response).catch(() => response.destroy());
    });
    port.server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.messages.push({ dir: "C>S", kind: "ws-upgrade-request", ws: ++this.#upgrades, url: request.url! });
      const ws = this.#upgrades;
      this.#acceptor.handleUpgrade(request, socket, head, (client) => this.#bridge(client, request.url!, ws));
    });
  }

  /** Starts a proxy before the server at `targetPort`. */
  static async open(targetPort: number): Promise<RecordingProxy> {
    return new RecordingProxy(targetPort, await openHttpPort());
  }

  /** `http://127.0.0.1:<port>` of the proxy. */
  get url(): string {
    return this.#port.url;
  }

  /** Cuts every connection and ends the proxy. */
  async close(): Promise<void> {
    this.#acceptor.close();
    await this.#port.close();
  }

  async #forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url = "" } = request;
    const body = await readAll(request);
    this.messages.push({ dir: "C>S", kind: "http-request", method, url, body: body.toString() });
    const { host: _host, ...headers } = request.headers;
    const outgoing = httpRequest({
      host: "127.0.0.1",
      port: this.#targetPort,
      method,
      path: url,
      headers,
      agent: false,
    });
    outgoing.on("error", () => response.destroy());
    outgoing.on("response", (answer) => void this.#answer(method, answer, response));
    response.on("close", () => outgoing.destroy());
    outgoing.end(body);
  }

  async #answer(method: string, answer: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(answer);
    const status = answer.statusCode!;
    this.messages.push({ dir: "S>C", kind: "http-response", method, status, body: body.toString() });
    const { "transfer-encoding": _chunked, ...headers } = answer.headers;
    response.writeHead(status, { ...headers, "content-length": body.length });
    response.end(body);
  }

  #bridge(client: WebSocket, url: string, ws: number): void {
    const target = new WebSocket(`ws://127.0.0.1:${this.#targetPort}${url}`, { perMessageDeflate: false });
    const opened = new Promise<void>((resolve) => target.once("open", resolve));
    this.#relay(client, target, "C>S", ws, opened);
    this.#relay(target, client, "S>C", ws, Promise.resolve());
  }

  #relay(from: WebSocket, to: WebSocket, dir: "C>S" | "S>C", ws: number, ready: Promise<void>): void {
    from.on("error", () => undefined); // close follows
    from.on("message", (data: RawData, isBinary) => {
      const bytes = data as Buffer; // nodebuffer is the default
      const content = isBinary ? { binary: bytes.toString("hex") } : { text: bytes.toString() };
      this.messages.push({ dir, kind: "ws-frame", ws, ...content });
      void ready.then(() => to.send(bytes, { binary: isBinary }));
    });
    from.on("close", () => {
      this.messages.push({ dir, kind: "ws-close", ws });
      void ready.then(() => to.close());
    });
  }
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
