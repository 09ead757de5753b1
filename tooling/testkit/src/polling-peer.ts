/** A client of Engine.IO over HTTP long-polling that does what a test tells it, lawful or not (protocol.md A). */
import { exchange, type HttpAnswer, startExchange } from "./http-exchange.ts";

/** Where sessions are opened, unless told otherwise. */
const ENDPOINT = "/socket.io/?EIO=4&transport=polling";

/** Separates the packets of a payload (protocol.md A.3). */
const SEPARATOR = "\x1e";

/** A session over polling, driven by hand. */
export class PollingPeer {
  /** The session's id. */
  readonly sid: string;
  /** The port of the server. */
  readonly port: number;
  readonly #path: string;

  /** @see PollingPeer.open */
  constructor(port: number, sid: string) {
    this.port = port;
    this.sid = sid;
    this.#path = `${ENDPOINT}&sid=${sid}`;
  }

  /** Opens a session. */
  static async open(port: number): Promise<PollingPeer> {
    const { body } = await exchange(port, { path: ENDPOINT });
    const { sid } = JSON.parse(body.slice(1)) as { sid: string };
    return new PollingPeer(port, sid);
  }

  /** Opens a session and joins the main namespace. */
  static async join(port: number): Promise<PollingPeer> {
    const peer = await PollingPeer.open(port);
    await peer.post("40");
    await peer.poll();
    return peer;
  }

  /** Sends a body. */
  post(body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    return exchange(this.port, {
      method: "POST",
      path: this.#path,
      headers: { "content-type": "text/plain;charset=UTF-8", ...headers },
      body,
    });
  }

  /** Asks for what the server has to say. */
  poll(): Promise<HttpAnswer> {
    return exchange(this.port, { path: this.#path });
  }

  /** Asks, and can be given up. */
  startPoll(): ReturnType<typeof startExchange> {
    return startExchange(this.port, { path: this.#path });
  }

  /** Polls until a packet satisfies `wanted`, and resolves with all that came. */
  async pollUntil(wanted: (packet: string) => boolean): Promise<string[]> {
    const packets: string[] = [];
    while (!packets.some(wanted)) {
      const { status, body } = await this.poll();
      if (status !== 200) throw new Error(`polling was answered ${status}: ${body}`);
      packets.push(...splitPayload(body));
    }
    return packets;
  }
}

/** The packets of a payload. */
export function splitPayload(body: string): string[] {
  return body.split(SEPARATOR);
}
