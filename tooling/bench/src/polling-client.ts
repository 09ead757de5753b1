/** A client that polls, as those of Socket.IO do: one connection waits for messages while another sends. */
import { HttpConnection, type HttpSettings } from "./http-connection.ts";

const PATH = "/socket.io/?EIO=4&transport=polling";
const PING = "2";
const PONG = "3";

/** One session. */
export class PollingClient {
  readonly sid: string;
  readonly #path: string;
  readonly #waiting: HttpConnection;
  readonly #sending: HttpConnection;

  private constructor(sid: string, waiting: HttpConnection, sending: HttpConnection) {
    this.sid = sid;
    this.#path = `${PATH}&sid=${sid}`;
    this.#waiting = waiting;
    this.#sending = sending;
  }

  /** Begins a session and joins the main namespace. */
  static async open(settings: HttpSettings): Promise<PollingClient> {
    const waiting = new HttpConnection(settings);
    const opening = await waiting.get(PATH);
    const { sid } = JSON.parse(opening.slice(1)) as { sid: string };
    const client = new PollingClient(sid, waiting, new HttpConnection(settings));
    await client.exchange("40");
    return client;
  }

  /** Sends a packet and resolves with what is answered. */
  async exchange(packet: string): Promise<string> {
    const sent = this.#sending.post(this.#path, packet);
    let answer = await this.#waiting.get(this.#path);
    await sent;
    while (answer === PING) {
      await this.#sending.post(this.#path, PONG);
      answer = await this.#waiting.get(this.#path);
    }
    return answer;
  }

  /** Drops its connections. */
  destroy(): void {
    this.#waiting.destroy();
    this.#sending.destroy();
  }
}
