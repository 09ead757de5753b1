/**
 * A raw WebSocket client: a `net` socket that sends bytes made beforehand, and counts what comes back.
 * ```
 *   Upgrading ──101──▶ Opening ──open packet──▶ Joining ──CONNECT answer──▶ Ready
 *       ├──101, if it takes over a session──▶ Probing ──answer to the probe──▲
 *       └──────────────101, if nothing is spoken on the WebSocket────────────┘
 * ```
 */
import { connect, type Socket } from "node:net";
import { clientFrame } from "./client-frame.ts";
import { FrameCounter } from "./frame-counter.ts";

/** What is spoken on the WebSocket: Socket.IO, or nothing but the messages themselves. */
export type Dialect = "socket.io" | "bare";

/** Whom a client serves. */
export interface ClientOwner {
  /** It may send. */
  onReady(client: Client): void;
  /** So many messages came; the bytes are valid during the call only. */
  onMessages(client: Client, count: number, bytes: Buffer): void;
  /** It is closed. */
  onClosed(client: Client): void;
}

/** Where a client connects, and how. */
export interface ClientSettings {
  readonly port: number;
  readonly dialect: Dialect;
  /** The address it comes from; of others than 127.0.0.1 each has ports of its own. */
  readonly localAddress?: string | undefined;
  /** A session that was begun by polling and has joined, which it takes over. @default it begins one */
  readonly sid?: string | undefined;
  /** Whether it offers to compress what is sent. @default false */
  readonly deflate?: boolean | undefined;
}

const State = { Upgrading: 0, Opening: 1, Joining: 2, Probing: 3, Ready: 4 } as const;
type State = (typeof State)[keyof typeof State];

/** Each message by itself: then `ws` leaves short ones as they are, pings among them, which are to be known here. */
const EXTENSION = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover";
const END_OF_HEADERS = "\r\n\r\n";
const JOIN = clientFrame("text", "40");
const PONG = clientFrame("text", "3");
const PROBE = clientFrame("text", "2probe");
const UPGRADE = clientFrame("text", "5");
const CLOSE = clientFrame("close", Uint8Array.of(0x03, 0xe8)); // 1000, normal closure

/** All clients read into the same memory: what is read is counted at once and not kept. */
const READ_BUFFER = Buffer.allocUnsafeSlow(262_144);

const PATHS: Record<Dialect, string> = {
  "socket.io": "/socket.io/?EIO=4&transport=websocket",
  bare: "/",
};

/** One connection to the server under test. */
export class Client {
  /** Messages that are to come before the owner sends again; the owner's to use. */
  missing = 0;
  readonly #owner: ClientOwner;
  readonly #socket: Socket;
  readonly #settings: ClientSettings;
  readonly #counter = new FrameCounter();
  #state: State = State.Upgrading;
  #pingsAnswered = 0;

  constructor(owner: ClientOwner, settings: ClientSettings) {
    const { port, localAddress } = settings;
    this.#owner = owner;
    this.#settings = settings;
    this.#socket = connect({
      port,
      host: "127.0.0.1",
      localAddress,
      noDelay: true,
      onread: { buffer: READ_BUFFER, callback: (length) => this.#receive(length) },
    });
    this.#socket.on("error", (error) => {
      throw new Error(`A client's connection failed: ${error.message}`, { cause: error });
    });
    this.#socket.on("close", () => owner.onClosed(this));
    this.#socket.write(upgradeRequest(settings));
  }

  send(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** Reads nothing any more. */
  pause(): void {
    this.#socket.pause();
  }

  /** Closes as a well-behaved peer: with a close frame, and without waiting for more than its answer. */
  close(): void {
    this.#socket.write(CLOSE);
  }

  /** Drops the connection, without telling anyone. */
  destroy(): void {
    this.#socket.removeAllListeners().destroy();
  }

  #receive(length: number): boolean {
    const start = this.#state === State.Upgrading ? this.#endOfAnswer(length) : 0;
    const count = this.#counter.add(READ_BUFFER, start, length);
    if (this.#counter.pings > this.#pingsAnswered) this.#answerPing();
    if (this.#state !== State.Ready) this.#advance(count);
    else if (count > 0) this.#owner.onMessages(this, count, READ_BUFFER.subarray(0, length));
    if (this.#counter.controls > 0) this.#socket.end(); // a close frame: no server here sends WebSocket pings
    return true;
  }

  #endOfAnswer(length: number): number {
    const answer = READ_BUFFER.toString("latin1", 0, length);
    const end = answer.indexOf(END_OF_HEADERS);
    if (!answer.startsWith("HTTP/1.1 101 ") || end === -1) throw new Error(`Not upgraded: ${answer}`);
    this.#begin();
    return end + END_OF_HEADERS.length;
  }

  #begin(): void {
    const { dialect, sid } = this.#settings;
    if (dialect === "bare") return this.#becomeReady();
    this.#state = sid === undefined ? State.Opening : State.Probing;
    if (sid !== undefined) this.#socket.write(PROBE);
  }

  #advance(count: number): void {
    if (count === 0) return;
    if (this.#state === State.Opening) {
      this.#state = State.Joining;
      this.#socket.write(JOIN);
      return;
    }
    if (this.#state === State.Probing) this.#socket.write(UPGRADE);
    this.#becomeReady();
  }

  #becomeReady(): void {
    this.#state = State.Ready;
    this.#owner.onReady(this);
  }

  #answerPing(): void {
    this.#pingsAnswered = this.#counter.pings;
    this.#socket.write(PONG);
  }
}

function upgradeRequest({ dialect, sid, deflate }: ClientSettings): string {
  const lines = [
    `GET ${PATHS[dialect]}${sid === undefined ? "" : `&sid=${sid}`} HTTP/1.1`,
    "Host: 127.0.0.1",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ...(deflate === true ? [EXTENSION] : []),
  ];
  return lines.join("\r\n") + END_OF_HEADERS;
}
