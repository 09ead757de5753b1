/** A WebSocket client that speaks frames, lawful or not, and records what comes back (protocol.md A). */
import type { IncomingHttpHeaders } from "node:http";
import type { Writable } from "node:stream";
import { bounded, Inbox } from "@telsiz/testkit";
import { WebSocket } from "ws";

/** A frame: text, or the bytes of a binary one. */
export type Frame = string | Buffer;

/** Where sessions are opened. */
export const WEBSOCKET_ENDPOINT = "/socket.io/?EIO=4&transport=websocket";

/** One WebSocket, driven by hand. */
export class WebSocketPeer {
  /** The frames that came, oldest first. */
  readonly frames: Inbox<Frame> = new Inbox("a WebSocket frame");
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
  /** The headers of the 101. */
  responseHeaders: IncomingHttpHeaders = {};
  readonly #socket: WebSocket;

  /** @see WebSocketPeer.open */
  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer, binary) => this.frames.put(binary ? data : data.toString()));
    socket.once("upgrade", ({ headers }) => (this.responseHeaders = headers));
    // The close event that follows says what is to be known.
    socket.on("error", () => undefined);
    this.closed = new Promise((resolve) => socket.once("close", (code) => resolve(code)));
  }

  /** Opens a WebSocket. */
  static async open(
    port: number,
    path = WEBSOCKET_ENDPOINT,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<WebSocketPeer> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
    const peer = new WebSocketPeer(socket);
    const opened = new Promise<void>((resolve, reject) => {
      socket.once("open", () => resolve());
      socket.once("error", reject);
    });
    await bounded(opened, "the WebSocket to open");
    return peer;
  }

  /** Opens a session and takes the open packet. */
  static async openSession(port: number): Promise<WebSocketPeer> {
    const peer = await WebSocketPeer.open(port);
    await peer.frames.take();
    return peer;
  }

  /** Opens a session and joins the main namespace. */
  static async join(port: number): Promise<WebSocketPeer> {
    const peer = await WebSocketPeer.openSession(port);
    peer.send("40");
    await peer.frames.take();
    return peer;
  }

  /** Sends a frame. */
  send(frame: string | Uint8Array): void {
    this.#socket.send(frame);
  }

  /** Sends all of them in one write, so that they arrive together. */
  sendTogether(frames: readonly (string | Uint8Array)[]): void {
    this.#stream.cork();
    for (const frame of frames) this.send(frame);
    this.#stream.uncork();
  }

  /** Writes bytes that need not be a frame. */
  write(bytes: Uint8Array): void {
    this.#stream.write(bytes);
  }

  /** Resolves with the close code, within the patience of tests. */
  waitForClose(): Promise<number> {
    return bounded(this.closed, "the WebSocket to close");
  }

  /** Closes with a close frame without status. */
  close(): void {
    this.#socket.close();
  }

  /** Cuts the connection. */
  terminate(): void {
    this.#socket.terminate();
  }

  get #stream(): Writable {
    return (this.#socket as unknown as { _socket: Writable })._socket; // there is no public way
  }
}
