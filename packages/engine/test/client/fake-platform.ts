/** A platform under the hands of a test: its clock, requests and WebSockets do what the test says. */
import type { Base64 } from "../../src/shared/codec.ts";
import { type OutgoingPacket, type WirePacket, wireOf } from "../../src/shared/packet.ts";
import type { NetworkOptions } from "../../src/client/network-options.ts";
import type { PageLocation, PageOwner, Platform } from "../../src/client/platform/platform.ts";
import {
  type HttpRequest,
  type HttpResponse,
  PollingTransport,
} from "../../src/client/transports/polling.ts";
import type { TransportContext } from "../../src/client/transports/transport.ts";
import {
  type WebSocketHandle,
  type WebSocketOwner,
  WebSocketTransport,
} from "../../src/client/transports/websocket.ts";
import { FakeClock } from "../shared/fake-clock.ts";

export const OPEN =
  '0{"sid":"s1","upgrades":["websocket"],"pingInterval":1300,"pingTimeout":200,"maxPayload":100}';

export class FakeRequest {
  readonly request: HttpRequest;
  readonly options: NetworkOptions;
  readonly answered: Promise<HttpResponse>;
  #resolve!: (response: HttpResponse) => void;
  #reject!: (error: unknown) => void;

  constructor(request: HttpRequest, options: NetworkOptions) {
    this.request = request;
    this.options = options;
    this.answered = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    request.signal.addEventListener("abort", () => this.#reject(new Error("aborted")));
  }
  get query(): URLSearchParams {
    return new URL(this.request.url).searchParams;
  }
  async answer(responseText: string, status = 200): Promise<void> {
    this.#resolve({ status, responseText });
    await settled();
  }
  async fail(error: Error): Promise<void> {
    this.#reject(error);
    await settled();
  }
}

export class FakeWebSocket implements WebSocketHandle {
  readonly url: string;
  readonly owner: WebSocketOwner;
  readonly sent: WirePacket[] = [];
  bufferedAmount = 0;
  closed = false;

  constructor(url: string, owner: WebSocketOwner, { platform }: TransportContext) {
    this.url = url;
    this.owner = owner;
    fake(platform).sockets.push(this);
  }
  send(packets: readonly OutgoingPacket[]): void {
    this.sent.push(...packets.map(wireOf));
    queueMicrotask(() => this.owner.onSent());
  }
  close(): void {
    this.closed = true;
  }
}

export class FakePlatform implements Platform {
  readonly clock = new FakeClock();
  readonly binaryType = "nodebuffer";
  location: PageLocation | undefined = undefined;
  page: PageOwner | undefined;
  readonly requests: FakeRequest[] = [];
  readonly sockets: FakeWebSocket[] = [];
  readonly base64: Base64 = {
    encode: (bytes) => Buffer.from(bytes).toString("base64"),
    decode: (text) => Buffer.from(text, "base64"),
  };

  afterTurn(callback: () => void): void {
    queueMicrotask(callback);
  }
  toBytes(bytes: Uint8Array): Uint8Array {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  watchPage(owner: PageOwner): () => void {
    this.page = owner;
    return () => (this.page = undefined);
  }
  /** The request made last with this method. */
  last(method: "GET" | "POST"): FakeRequest {
    const found = this.requests.findLast(({ request }) => request.method === method);
    if (found === undefined) throw new Error(`There was no ${method}.`);
    return found;
  }
  count(method: "GET" | "POST"): number {
    return this.requests.filter(({ request }) => request.method === method).length;
  }
}

/** The platform of a transport that is part of a test. */
function fake(platform: Platform): FakePlatform {
  if (platform instanceof FakePlatform) return platform;
  throw new Error("The platform is none of a test.");
}

/** Polling whose requests are those of the {@link FakePlatform}. */
export class FakePolling extends PollingTransport {
  constructor(context: TransportContext) {
    super(context, (request, { platform, options }) => {
      const made = new FakeRequest(request, options);
      fake(platform).requests.push(made);
      return made.answered;
    });
  }
}

/** WebSocket by the sockets of the {@link FakePlatform}. */
export class FakeWebSocketTransport extends WebSocketTransport {
  constructor(context: TransportContext) {
    super(context, FakeWebSocket);
  }
}

/** All transports that the tests have hands on, in the order of the real ones. */
export const transports = [FakeWebSocketTransport, FakePolling];

/** Lets everything run that waits for nothing but its turn. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
