/** The client's WebTransport over streams in memory: the test is the platform and the server. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EngineClient } from "../../src/client/engine-client.ts";
import type { EngineClientOptions } from "../../src/client/options.ts";
import { WebTransport } from "../../src/client/transports/webtransport.ts";
import type { TransportError } from "../../src/shared/errors.ts";
import { encodeFrames, FrameStream } from "../../src/shared/frame-stream.ts";
import type { WirePacket } from "../../src/shared/packet.ts";
import { FakePlatform, FakePolling, FakeWebSocketTransport, OPEN, settled } from "./fake-platform.ts";

/** Stands in for the platform's class, and is the server's end, too. */
class FakeSession {
  /** All that were made in this test. */
  static all: FakeSession[] = [];
  static get last(): FakeSession {
    return FakeSession.all.at(-1)!;
  }

  readonly url: string;
  readonly options: object;
  readonly ready: Promise<void>;
  readonly closed: Promise<object>;
  /** How often the client closed it. */
  closes = 0;
  /** What the client has sent. */
  readonly received: WirePacket[] = [];
  accept!: () => void;
  refuse!: (error: Error) => void;
  /** The session ends, in good order. */
  end!: (info: object) => void;
  /** The session breaks. */
  lose!: (error: Error) => void;
  readonly #toClient = new TransformStream<Uint8Array, Uint8Array>();
  readonly #toServer = new TransformStream<Uint8Array, Uint8Array>();
  readonly #writer = this.#toClient.writable.getWriter();

  constructor(url: string, options: object) {
    if (url.includes("nowhere")) throw new SyntaxError("not a URL");
    this.url = url;
    this.options = options;
    this.ready = new Promise((resolve, reject) => {
      this.accept = resolve;
      this.refuse = reject;
    });
    this.closed = new Promise((resolve, reject) => {
      this.end = resolve;
      this.lose = reject;
    });
    FakeSession.all.push(this);
    void this.#collect();
  }

  createBidirectionalStream(): Promise<object> {
    return Promise.resolve({ readable: this.#toClient.readable, writable: this.#toServer.writable });
  }

  close(): void {
    this.closes++;
  }

  /** Sends packets to the client, as one chunk. */
  async send(...packets: WirePacket[]): Promise<void> {
    await this.sendBytes(encodeFrames(packets));
  }
  async sendBytes(bytes: Uint8Array): Promise<void> {
    void this.#writer.write(bytes).catch(() => undefined);
    await settled();
  }
  /** The server's half of the stream ends. */
  async finish(): Promise<void> {
    await this.#writer.close();
    await settled();
  }
  /** The stream breaks. */
  async abort(): Promise<void> {
    await this.#writer.abort(new Error("reset"));
    await settled();
  }

  async #collect(): Promise<void> {
    const frames = new FrameStream(Infinity);
    for await (const chunk of this.#toServer.readable) {
      frames.push(chunk);
      for (let wire = frames.next(); wire !== undefined; wire = frames.next()) this.received.push(wire);
    }
  }
}

let platform: FakePlatform;
let client: EngineClient;
/** Why it closed. */
let closes: (readonly [string, string | undefined])[];
let failures: Error[];
let messages: unknown[];

beforeEach(() => {
  vi.stubGlobal("WebTransport", FakeSession);
  platform = new FakePlatform();
  FakeSession.all = [];
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function make(options: EngineClientOptions = {}, url = "https://example.test"): EngineClient {
  const transports = [FakeWebSocketTransport, FakePolling, WebTransport];
  client = new EngineClient(url, { transports: ["webtransport"], ...options }, { platform, transports });
  closes = [];
  failures = [];
  messages = [];
  client.on("close", (reason, details) => {
    closes.push([reason, details instanceof Error ? details.message : details?.description]);
  });
  client.on("error", (error) => failures.push(error));
  client.on("message", (message) => messages.push(message));
  return client.open();
}

async function openSession(options?: EngineClientOptions): Promise<FakeSession> {
  make(options);
  FakeSession.last.accept();
  await settled();
  await FakeSession.last.send(OPEN);
  return FakeSession.last;
}

describe("a session on WebTransport", () => {
  it("begins with the client's open packet, and the server's", async () => {
    const session = await openSession();
    expect(session.url).toBe("https://example.test/engine.io/");
    expect(session.received).toEqual(["0"]);
    expect([client.readyState, client.id, client.transport.name]).toEqual(["open", "s1", "webtransport"]);
    expect(client.transport).toBeInstanceOf(WebTransport);
  });

  it("carries text and bytes both ways, in order", async () => {
    const session = await openSession();
    const long = "ä".repeat(40_000);
    client.send("a").send(Uint8Array.of(1, 2)).send(long);
    await settled();
    expect(session.received.slice(1)).toEqual(["4a", Uint8Array.of(1, 2), `4${long}`]);
    await session.send("4b", Uint8Array.of(3), `4${long}`);
    expect(messages).toEqual(["b", Buffer.of(3), long]);
    expect(messages[1]).toBeInstanceOf(Buffer);
  });

  it("carries empty bytes as text, as a peer takes no empty frame", async () => {
    const session = await openSession();
    client.send(new Uint8Array());
    await settled();
    expect(session.received.slice(1)).toEqual(["b"]);
    await session.send("b");
    expect(messages).toEqual([Buffer.alloc(0)]);
  });

  it("carries bytes as base64 if told to", async () => {
    const session = await openSession({ forceBase64: true });
    client.send(Uint8Array.of(1, 2));
    await settled();
    expect(session.received.slice(1)).toEqual(["bAQI="]);
  });

  it("takes what comes wherever it is cut", async () => {
    const session = await openSession();
    const bytes = encodeFrames(["4one", Uint8Array.of(1, 2, 3), "4two"]);
    for (let cut = 1; cut < bytes.length; cut++) {
      await session.sendBytes(bytes.slice(0, cut));
      await session.sendBytes(bytes.slice(cut));
    }
    const all = ["one", Buffer.of(1, 2, 3), "two"];
    expect(messages).toEqual(Array.from({ length: bytes.length - 1 }, () => all).flat());
  });

  it("answers pings, and says what waits for the network", async () => {
    const session = await openSession();
    await session.send("2");
    expect(session.received.at(-1)).toBe("3");
    expect(client.bufferedAmount).toBe(0);
  });

  it("hands the platform its own options, from those for this transport", async () => {
    const hashes = [{ algorithm: "sha-256", value: new ArrayBuffer(32) }];
    const own = { serverCertificateHashes: hashes, congestionControl: "low-latency" as const };
    const session = await openSession({ protocols: ["chat"], transportOptions: { webtransport: own } });
    expect(session.options).toMatchObject({ ...own, protocols: [] }); // those are for WebSockets
  });

  it("says goodbye after what was sent before", async () => {
    const session = await openSession();
    client.send("last");
    client.close();
    await settled();
    expect(session.received.slice(1)).toEqual(["4last"]);
    expect([closes, session.closes]).toEqual([[["forced close", undefined]], 1]);
  });
});

describe("the end of WebTransport", () => {
  it.each([
    [
      "the session ends",
      async (session: FakeSession) => session.end({ closeCode: 0 }),
      "webtransport connection closed",
    ],
    ["the stream ends", (session: FakeSession) => session.finish(), "webtransport stream ended"],
  ])("is a transport close when %s", async (_what, end, description) => {
    const session = await openSession();
    await end(session);
    await settled();
    expect(closes).toEqual([["transport close", description]]);
    expect([client.readyState, session.closes]).toEqual(["closed", 1]);
  });

  it.each([
    [
      "the session breaks",
      async (session: FakeSession) => session.lose(new Error("gone")),
      "webtransport error",
    ],
    ["the stream breaks", (session: FakeSession) => session.abort(), "webtransport error"],
    ["a frame is empty", (session: FakeSession) => session.sendBytes(Uint8Array.of(0)), "webtransport error"],
    ["a packet is of no type", (session: FakeSession) => session.send("9"), "server error"],
    [
      "a frame announces more than is taken",
      (session: FakeSession) => session.sendBytes(Uint8Array.of(0x7f, 0, 0, 0, 0, 0x00, 0x98, 0x96, 0x81)),
      "webtransport error",
    ],
  ])("is a transport error when %s", async (_what, harm, message) => {
    const session = await openSession();
    await harm(session);
    await session.send("4late");
    expect(closes).toEqual([["transport error", message]]);
    expect([messages, failures.length, session.closes]).toEqual([[], 1, 1]);
  });

  it("is an error of the attempt when it cannot be opened", async () => {
    make();
    const lost = new Error("no QUIC");
    FakeSession.last.refuse(lost);
    FakeSession.last.lose(lost);
    await settled();
    expect(failures.map(({ message }) => message)).toEqual(["webtransport error"]);
    expect((failures[0] as TransportError).description).toBe(lost);
    make({}, "https://nowhere.test");
    await settled();
    expect(failures.map(({ message }) => message)).toEqual(["webtransport error"]);
  });

  it("is an error of the attempt when the session ends before the open packet", async () => {
    make();
    FakeSession.last.accept();
    await settled();
    FakeSession.last.end({});
    await settled();
    expect([failures.map(({ message }) => message), closes.length]).toEqual([["webtransport error"], 1]);
  });

  it("comes without a word when the client closes while it opens", async () => {
    make();
    client.close();
    FakeSession.last.accept();
    await settled();
    expect([FakeSession.last.closes, FakeSession.last.received]).toEqual([1, []]);
  });
});

describe("the move from polling to WebTransport", () => {
  const BOTH = OPEN.replace('["websocket"]', '["websocket","webtransport"]');

  async function openPolling(open = BOTH): Promise<void> {
    make({ transports: ["polling", "websocket", "webtransport"] });
    await platform.last("GET").answer(open);
  }

  it("goes before that to WebSocket, with the session's id and a probe", async () => {
    await openPolling();
    expect(platform.sockets).toEqual([]);
    const session = FakeSession.last;
    session.accept();
    await settled();
    expect(session.received).toEqual(['0{"sid":"s1"}', "2probe"]);
    await session.send("3probe");
    client.send("held");
    await settled();
    await platform.last("GET").answer("6");
    await settled();
    expect(session.received.slice(2)).toEqual(["5", "4held"]);
    expect(client.transport.name).toBe("webtransport");
    await session.send("4here");
    expect(messages).toEqual(["here"]);
    platform.clock.advance(1499);
    expect(client.readyState).toBe("open");
  });

  it("goes to WebSocket when WebTransport fails, or is not open in five seconds", async () => {
    const errors: Error[] = [];
    await openPolling();
    client.on("upgradeError", (error) => errors.push(error));
    FakeSession.last.refuse(new Error("no QUIC"));
    await settled();
    expect(platform.sockets).toHaveLength(1);
    await openPolling(BOTH.replace("1300", "30000"));
    client.on("upgradeError", (error) => errors.push(error));
    platform.clock.advance(4999);
    expect(platform.sockets).toHaveLength(1);
    platform.clock.advance(1);
    await settled();
    expect(platform.sockets).toHaveLength(2);
    expect([FakeSession.last.closes, client.readyState, errors.length]).toEqual([1, "open", 2]);
  });

  it("stays on polling when both fail", async () => {
    await openPolling();
    FakeSession.last.refuse(new Error("no QUIC"));
    await settled();
    platform.sockets[0]!.owner.onClose({});
    await settled();
    expect([client.readyState, client.transport.name]).toEqual(["open", "polling"]);
  });

  it("is not made where the platform has no WebTransport, or the server does not offer it", async () => {
    await openPolling(OPEN);
    vi.stubGlobal("WebTransport", undefined);
    expect(WebTransport.supported).toBe(false);
    await openPolling();
    expect([FakeSession.all.length, platform.sockets.length]).toEqual([0, 2]);
  });
});

describe("a client that is not told its transports", () => {
  it("does not begin with WebTransport, though all others fail", async () => {
    make({ transports: undefined });
    platform.sockets[0]!.owner.onClose({});
    await settled();
    await platform.last("GET").answer("", 500);
    expect(failures.map(({ message }) => message)).toEqual(["xhr poll error"]);
    expect(FakeSession.all).toEqual([]);
  });
});
