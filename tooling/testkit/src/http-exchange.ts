/** One HTTP request, exactly as told, and its answer. */
import { type ClientRequest, type IncomingHttpHeaders, request } from "node:http";
import { connect } from "node:net";

/** What to ask for. */
export interface HttpAsk {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** What came back. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** The bytes as UTF-8 text. */
  readonly body: string;
}

/** Sends a request on a connection of its own. */
export function exchange(port: number, ask: HttpAsk): Promise<HttpAnswer> {
  return startExchange(port, ask).answer;
}

/** As {@link exchange}, for requests that a test gives up. */
export function startExchange(
  port: number,
  { method = "GET", path, headers = {}, body }: HttpAsk,
): { readonly request: ClientRequest; readonly answer: Promise<HttpAnswer> } {
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  const outgoing = request({
    host: "127.0.0.1",
    port,
    method,
    path,
    headers: { ...length, ...headers },
    agent: false,
  });
  const answer = new Promise<HttpAnswer>((resolve, reject) => {
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const bytes = Buffer.concat(chunks);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          bytes,
          body: bytes.toString(),
        });
      });
    });
  });
  outgoing.end(body);
  return { request: outgoing, answer };
}

/** Writes bytes to a fresh connection and resolves with all that comes back until `enough` says so, or it ends. */
export function exchangeRaw(
  port: number,
  bytes: string | Uint8Array,
  enough: (answer: string) => boolean = () => false,
): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    let answer = "";
    const finish = (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString("latin1");
      if (enough(answer)) finish();
    });
    // A server that refuses may do so with a reset.
    socket.on("error", finish);
    socket.on("close", finish);
  });
}
