/**
 * Servers that say what no lawful server says, to one of our clients, with another client beside it on a server of its own. After
 * each test, nothing has escaped to the process, and the neighbour is served.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type HttpPort, nextEvent, openHttpPort, ProcessWatch } from "@telsiz/testkit";
import type { ManagerOptions, Socket as ClientSocket, SocketOptions } from "socket.io-client";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { type Meeting, openMeeting } from "../src/meeting.ts";
import { ourClient, stockServer } from "../src/peers.ts";

const HANDSHAKE = {
  sid: "abc",
  upgrades: [],
  pingInterval: 25_000,
  pingTimeout: 20_000,
  maxPayload: 1_000_000,
};

/** An open packet that is otherwise lawful. */
export function withHandshake(change: object): string {
  return `0${JSON.stringify({ ...HANDSHAKE, ...change })}`;
}

/** A lawful open packet. */
export const OPEN: string = withHandshake({});
/** Lets the client into the main namespace. */
export const CONNECT = '40{"sid":"socket"}';

/** How one request of a polling client is answered. */
export type Answer = (response: ServerResponse) => void;

/** A whole answer. */
export function send(body: string | Buffer, status = 200, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { "content-type": "text/plain; charset=UTF-8", ...headers });
    response.end(body);
  };
}

/** The stage of one test file. */
export class HostileClientStage {
  neighbour!: ClientSocket; // assigned before the first test, as are the others
  hostile!: HttpPort;
  client: ClientSocket | undefined;
  #meeting!: Meeting;
  readonly #watch = new ProcessWatch();

  /** Opens it before the tests, looks at it after each, and closes it behind the last. */
  useHooks(): void {
    beforeAll(() => this.#open());
    afterEach(() => this.#check());
    afterAll(() => this.#close());
  }

  /** A client of the hostile server that tries once, unless the options say otherwise. */
  connect(
    transports: ("websocket" | "polling")[],
    options: Partial<ManagerOptions & SocketOptions> = {},
  ): ClientSocket {
    return (this.client = ourClient.connect(this.hostile.url, {
      forceNew: true,
      reconnection: false,
      transports,
      ...options,
    }));
  }

  /** What the client tells first: that it is connected, that it is not, or that it is no more. */
  async outcome(client: ClientSocket): Promise<readonly [string, unknown]> {
    const first = (name: "connect" | "connect_error" | "disconnect"): Promise<readonly [string, unknown]> =>
      nextEvent<[unknown]>(client, name).then(([told]) => [name, told]);
    return Promise.race([first("connect"), first("connect_error"), first("disconnect")]);
  }

  /** Says `frames` to every WebSocket; the client's CONNECT is waited for after the first. */
  async speakFrames(frames: readonly (string | Buffer)[]): Promise<void> {
    const [first, ...rest] = frames;
    await this.serveWebSockets((connection) => {
      connection.once("message", () => rest.forEach((frame) => connection.send(frame)));
      if (first !== undefined) connection.send(first);
    });
  }

  /** Hands every WebSocket to `script`, with the connection below. */
  async serveWebSockets(script: (connection: WebSocket, socket: Socket) => void): Promise<void> {
    this.hostile = await openHttpPort();
    const server = new WebSocketServer({ server: this.hostile.server, perMessageDeflate: true });
    server.on("connection", (connection, request) => {
      connection.on("error", () => undefined);
      script(connection, request.socket);
    });
  }

  /** Answers the requests of a polling client one by one; the last answer stands for all later ones. */
  async answerPolls(answers: readonly Answer[], post: Answer = send("ok")): Promise<void> {
    let polls = 0;
    this.hostile = await openHttpPort((request: IncomingMessage, response) => {
      request.resume();
      if (request.method === "POST") return post(response);
      answers[Math.min(polls++, answers.length - 1)]!(response);
    });
  }

  /** Answers every request by itself, bytes for bytes. */
  async answerBytes(script: (socket: Socket) => void): Promise<void> {
    this.hostile = await openHttpPort();
    this.hostile.server.on("connection", (socket: Socket) => {
      socket.on("error", () => undefined);
      socket.removeAllListeners("data");
      socket.once("data", () => script(socket));
    });
  }

  async #open(): Promise<void> {
    this.#watch.start();
    this.#meeting = await openMeeting(stockServer, {}, ourClient);
    this.#meeting.io.on("connection", (socket) => {
      socket.on("echo", (value: unknown, answer: (value: unknown) => void) => answer(value));
    });
    this.neighbour = (await this.#meeting.pair({ transports: ["websocket"] })).client;
  }

  async #check(): Promise<void> {
    this.client?.disconnect();
    await this.hostile.close();
    expect(await this.neighbour.timeout(4_000).emitWithAck("echo", "still here")).toBe("still here");
    expect(this.#watch.escaped).toEqual([]);
  }

  async #close(): Promise<void> {
    await this.#meeting.close();
    this.#watch.stop();
  }
}
