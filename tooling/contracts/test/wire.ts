/** Peers that speak in frames of text: a client for a server under test, and a server for a client under test. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { bounded } from "@telsiz/testkit";
import { type RawData, WebSocket, WebSocketServer } from "ws";
import { afterwards } from "./stage.ts";

/** One end of a connection. */
export class RawPeer {
  readonly #socket: WebSocket;
  readonly #frames: string[] = [];
  #wake: () => void = () => undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: RawData) => {
      this.#frames.push((data as Buffer).toString()); // nodebuffer is the default
      this.#wake();
    });
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  /** The next packet of Socket.IO. */
  async next(): Promise<string> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame?.startsWith("4")) return frame;
      if (frame === undefined) {
        await bounded(new Promise<void>((resolve) => (this.#wake = resolve)), "a frame");
      }
    }
  }
}

/** A client. */
export async function rawClient(url: string): Promise<RawPeer> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
  afterwards(() => socket.terminate());
  const peer = new RawPeer(socket);
  await bounded(once(socket, "open"), "the connection");
  return peer;
}

/** A server for one client. */
export async function rawServer(): Promise<{ url: string; accepted: Promise<RawPeer> }> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  const accepted = new Promise<RawPeer>((resolve) => {
    server.once("connection", (socket) => {
      afterwards(() => socket.terminate());
      const peer = new RawPeer(socket);
      peer.send('0{"sid":"sid","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}');
      resolve(peer);
    });
  });
  afterwards(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, accepted };
}
