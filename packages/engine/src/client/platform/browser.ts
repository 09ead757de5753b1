/** Browsers and their workers: the global `WebSocket` and `fetch`. */
import { type OutgoingPacket, wireOf } from "../../shared/packet.ts";
import type {
  HttpRequest,
  HttpResponse,
  Network,
  NetworkOptions,
  PageLocation,
  PageOwner,
  Platform,
  WebSocketHandle,
  WebSocketOwner,
} from "./platform.ts";

class BrowserWebSocket implements WebSocketHandle {
  readonly #ws: WebSocket;
  readonly #owner: WebSocketOwner;

  constructor(url: string, { protocols = [] }: NetworkOptions, owner: WebSocketOwner) {
    const ws = new WebSocket(url, protocols as string | string[]); // it does not change them
    ws.binaryType = "arraybuffer";
    ws.onopen = (): void => owner.onOpen();
    ws.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>): void =>
      owner.onData(typeof data === "string" ? data : new Uint8Array(data));
    ws.onerror = (event): void => owner.onError(event);
    ws.onclose = (event): void => owner.onClose(event);
    this.#ws = ws;
    this.#owner = owner;
  }

  get bufferedAmount(): number {
    return this.#ws.bufferedAmount;
  }

  send(packets: readonly OutgoingPacket[]): void {
    // A socket that closes takes packets without a word, and throws only before it is open.
    for (const packet of packets) this.#ws.send(wireOf(packet) as string | Uint8Array<ArrayBuffer>);
    queueMicrotask(() => this.#owner.onSent());
  }

  close(): void {
    this.#ws.close();
  }
}

async function request(
  { method, url, body, signal, keepalive }: HttpRequest,
  { withCredentials, extraHeaders }: NetworkOptions,
): Promise<HttpResponse> {
  const response = await fetch(url, {
    method,
    body: body ?? null,
    headers: { ...(method === "POST" && { "Content-type": "text/plain;charset=UTF-8" }), ...extraHeaders },
    credentials: withCredentials === true ? "include" : "same-origin",
    signal,
    keepalive,
  });
  return { status: response.status, responseText: await response.text() };
}

const network: Network = {
  request,
  openWebSocket: (url, options, owner) => new BrowserWebSocket(url, options, owner),
};

function pageLocation(): PageLocation | undefined {
  // Workers of opaque origin, and programs that bundle this entry for elsewhere, have none.
  const location = (globalThis as { location?: Location }).location;
  return (
    location && { hostname: location.hostname, port: location.port, secure: location.protocol === "https:" }
  );
}

function watchPage(owner: PageOwner): () => void {
  if (typeof addEventListener !== "function") return () => {}; // React Native
  const listening = new AbortController();
  const { signal } = listening;
  addEventListener("offline", () => owner.onOffline(), { signal });
  addEventListener("beforeunload", () => owner.onLeave(), { signal });
  return () => listening.abort();
}

/** A browser as a platform. */
export const browserPlatform: Platform = {
  base64: {
    encode(bytes) {
      let binary = "";
      // By parts, since a function takes only so many arguments.
      for (let start = 0; start < bytes.length; start += 8192) {
        binary += String.fromCharCode(...bytes.subarray(start, start + 8192));
      }
      return btoa(binary);
    },
    decode(text) {
      const alphabet = text
        .replace(/-/g, "+")
        .replace(/_/g, "/")
        .replace(/[^A-Za-z\d+/]/g, "");
      // A last character alone holds no byte, and atob refuses it.
      const whole = alphabet.length % 4 === 1 ? alphabet.slice(0, -1) : alphabet;
      return Uint8Array.from(atob(whole), (character) => character.charCodeAt(0));
    },
  },
  clock: {
    now: () => performance.now(),
    setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
    clearTimeout: (timer) => clearTimeout(timer as number | undefined),
  },
  get location() {
    return pageLocation();
  },
  binaryType: "arraybuffer",
  afterTurn: (callback) => queueMicrotask(callback),
  network: () => network,
  watchPage,
};
