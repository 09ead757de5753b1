/** Node.js: the WebSockets of `ws`, requests of `node:http`. */
import type { Base64 } from "../../shared/codec.ts";
import { CookieJar } from "./cookie-jar.ts";
import { requestWithNode } from "./node-request.ts";
import { NodeWebSocket } from "./node-websocket.ts";
import type {
  HttpRequest,
  HttpResponse,
  Network,
  NetworkOptions,
  Platform,
  WebSocketHandle,
  WebSocketOwner,
} from "./platform.ts";

const base64: Base64 = {
  encode: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64"),
  decode: (text) => Buffer.from(text, "base64"),
};

class NodeNetwork implements Network {
  #jar: CookieJar | undefined;

  request(request: HttpRequest, options: NetworkOptions): Promise<HttpResponse> {
    return requestWithNode(request, options, this.#jarFor(options));
  }

  openWebSocket(url: string, options: NetworkOptions, owner: WebSocketOwner): WebSocketHandle {
    return new NodeWebSocket(url, options, owner, this.#jarFor(options));
  }

  #jarFor(options: NetworkOptions): CookieJar | undefined {
    return options.withCredentials === true ? (this.#jar ??= new CookieJar()) : undefined;
  }
}

/** Node.js as a platform. */
export const nodePlatform: Platform = {
  base64,
  clock: {
    now: () => performance.now(),
    setTimeout: (callback, delayMs) => setTimeout(callback, delayMs).unref(),
    clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
  },
  location: undefined,
  binaryType: "nodebuffer",
  afterTurn: (callback) => void setImmediate(callback),
  network: () => new NodeNetwork(),
  watchPage: () => () => {},
};
