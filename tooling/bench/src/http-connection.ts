/** An HTTP connection that is kept alive and asks one thing at a time: a `net` socket that reads no more than it must. */
import { connect, type Socket } from "node:net";

/** Where a connection goes, and from where. */
export interface HttpSettings {
  readonly port: number;
  readonly localAddress?: string | undefined;
}

/** What has come of an answer: all of it with its headers, or too little to know. */
const ANSWER = /^HTTP\/1\.1 (\d+) [^]*?\r\ncontent-length: (\d+)\r\n[^]*?\r\n\r\n/i;

/** One connection. Only texts of ASCII are asked and answered. */
export class HttpConnection {
  readonly #socket: Socket;
  #received = "";
  #onAnswer: ((body: string) => void) | undefined;

  constructor({ port, localAddress }: HttpSettings) {
    this.#socket = connect({ port, host: "127.0.0.1", localAddress, noDelay: true });
    this.#socket.setEncoding("latin1");
    this.#socket.on("data", (text: string) => this.#receive(text));
    this.#socket.on("error", (error) => {
      throw new Error(`A client's connection failed: ${error.message}`, { cause: error });
    });
  }

  /** Resolves with the body of the answer. @throws Error later, if that is no success */
  get(path: string): Promise<string> {
    return this.#ask(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
  }

  /** The same, with a text in the request. */
  post(path: string, text: string): Promise<string> {
    const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain`;
    return this.#ask(`${head}\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
  }

  /** Drops it. */
  destroy(): void {
    this.#socket.removeAllListeners().destroy();
  }

  #ask(request: string): Promise<string> {
    this.#socket.write(request);
    return new Promise((resolve) => (this.#onAnswer = resolve));
  }

  #receive(text: string): void {
    this.#received += text;
    const match = ANSWER.exec(this.#received);
    if (match === null) return;
    const [head, status, length] = match;
    if (this.#received.length < head.length + Number(length)) return;
    if (status !== "200") throw new Error(`Refused: ${this.#received}`);
    const body = this.#received.slice(head.length);
    this.#received = "";
    this.#onAnswer?.(body);
  }
}
