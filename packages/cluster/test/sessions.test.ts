import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  connect as connectHttp2,
  createServer as createHttp2Server,
  type IncomingHttpHeaders,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { io as connect, type ManagerOptions, type Socket as ClientSocket } from "@telsiz/client";
import { Server, type ServerOptions, type Socket } from "@telsiz/server";
import {
  exchange,
  exchangeRaw,
  type HttpPort,
  nextEvent,
  openHttpPort,
  RoundRobinProxy,
  startExchange,
  until,
} from "@telsiz/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { brokerCluster, type ClusterOptions, memoryCluster, MemoryHub } from "../src/index.ts";
import { MemoryBroker } from "../src/memory-broker.ts";

const BASE = "/socket.io/?EIO=4&transport=polling";
const UNKNOWN = '{"code":1,"message":"Session ID unknown"}';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A server of the cluster, and what it saw. */
interface Node {
  readonly io: Server;
  readonly http: HttpPort;
  readonly sockets: Socket[];
}

/** How requests go from one server to another. */
const WAYS: [name: string, options: ClusterOptions][] = [
  ["through the broker", {}],
  ["at a port of each", { peer: {} }],
];
let way: ClusterOptions = {};

/** Counts what goes to one server alone. */
class CountingHub extends MemoryHub {
  direct = 0;

  override _publish(channel: string, frame: Uint8Array): void {
    if (channel.startsWith("@")) this.direct++;
    super._publish(channel, frame);
  }
}

async function openNode(hub: MemoryHub, options: Partial<ServerOptions> = {}): Promise<Node> {
  const http = await openHttpPort();
  const io = new Server(http.server, { cluster: memoryCluster(hub, { heartbeat: 50, ...way }), ...options });
  const sockets: Socket[] = [];
  io.on("connection", (socket) => {
    sockets.push(socket);
    socket.on("echo", (value: unknown, answer: (value: unknown) => void) => answer(value));
  });
  closers.push(() => {
    for (const session of [...io.engine.clients.values()]) session.close(true); // nobody polls any more
    return io.close();
  });
  return { io, http, sockets };
}

/** So many servers behind a balancer that is not sticky. */
async function openNodes(
  count: number,
  options: Partial<ServerOptions> = {},
): Promise<{ hub: CountingHub; nodes: Node[]; proxy: RoundRobinProxy; url: string }> {
  const hub = new CountingHub();
  const nodes: Node[] = [];
  for (let index = 0; index < count; index++) nodes.push(await openNode(hub, options));
  const proxy = new RoundRobinProxy(nodes.map(({ http }) => http.port));
  const url = await proxy.open();
  closers.push(() => proxy.close());
  return { hub, nodes, proxy, url };
}

function open(url: string, options: Partial<ManagerOptions>): ClientSocket {
  const client = connect(url, { forceNew: true, reconnection: false, ...options });
  closers.push(() => client.disconnect());
  return client;
}

async function echo(client: ClientSocket, value: unknown): Promise<unknown> {
  return client.timeout(20_000).emitWithAck("echo", value) as Promise<unknown>;
}

describe("servers that compress WebSockets", () => {
  it("take an upgrade of another server, too", async () => {
    const { url } = await openNodes(2, { perMessageDeflate: true });
    const clients = [1, 2, 3].map(() => open(url, { transports: ["polling", "websocket"] }));
    await Promise.all(
      clients.map(async (client) => {
        await until(() => client.io.engine.transport.name === "websocket", "it is on WebSocket");
        expect(await echo(client, "x".repeat(100_000))).toHaveLength(100_000);
      }),
    );
  });
});

/** A session of the first of two servers, which a client asks the second for. */
async function openSession(options: Partial<ServerOptions> = {}): Promise<{
  hub: CountingHub;
  owner: Node;
  other: Node;
  sid: string;
  path: string;
}> {
  const { hub, nodes } = await openNodes(2, options);
  const [owner, other] = nodes as [Node, Node];
  const { body } = await exchange(owner.http.port, { path: BASE });
  const { sid } = JSON.parse(body.slice(1)) as { sid: string };
  const path = `${BASE}&sid=${sid}`;
  for (let before = -1; way.peer !== undefined && before !== hub.direct;) {
    before = hub.direct;
    await exchange(other.http.port, { path, method: "POST", body: "3" });
  }
  return { hub, owner, other, sid, path };
}

/** The head of an upgrade of a session. */
function upgradeOf(sid: string): string {
  const target = `/socket.io/?EIO=4&transport=websocket&sid=${sid}`;
  const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
  return `GET ${target} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${key}\r\n`;
}

/** A text frame of a client, masked with zeros. */
function frameOf(text: string): string {
  return `\x81${String.fromCharCode(0x80 | text.length)}\0\0\0\0${text}`;
}

describe.each(WAYS)("servers that reach each other %s:", (_name, options) => {
  beforeEach(() => void (way = options));
  afterEach(() => void (way = {}));

  describe.each([2, 3])("%i servers behind a balancer that is not sticky", (count) => {
    it.each([
      ["polling", ["polling"], "polling"],
      ["WebSocket", ["websocket"], "websocket"],
      ["polling that moves to WebSocket", ["polling", "websocket"], "websocket"],
      ["whatever opens first", undefined, "websocket"],
    ] as const)(
      "serve sessions of %s, with text, binary and large bodies",
      async (_name, transports, last) => {
        const { nodes, url } = await openNodes(count);
        const clients: ClientSocket[] = [];
        for (let index = 0; index < 2 * count; index++)
          clients.push(open(url, transports ? { transports } : {}));
        const large = randomBytes(600_000);
        await Promise.all(
          clients.map(async (client) => {
            expect(await echo(client, "text")).toBe("text");
            await until(() => client.io.engine.transport.name === last, `it is on ${last}`);
            expect(Buffer.from((await echo(client, large)) as Uint8Array).equals(large)).toBe(true);
          }),
        );
        expect(nodes.flatMap(({ sockets }) => sockets)).toHaveLength(clients.length);
        expect(nodes.every(({ sockets }) => sockets.length > 0)).toBe(true);
      },
    );
  });

  describe("a session's id", () => {
    it("names its server", async () => {
      const { sid, owner } = await openSession();
      expect(sid).toMatch(/^[\w-]{28}$/);
      expect(owner.io._generateSocketId().slice(0, 8)).toBe(sid.slice(0, 8));
    });

    it("is that of generateId where the application makes them, and then means nothing to others", async () => {
      const { nodes } = await openNodes(2);
      const [owner, other] = nodes as [Node, Node];
      owner.io.engine.generateId = () => "mine";
      await exchange(owner.http.port, { path: BASE });
      expect((await exchange(other.http.port, { path: `${BASE}&sid=mine` })).body).toBe(UNKNOWN);
      expect(
        (await exchange(owner.http.port, { path: `${BASE}&sid=mine`, method: "POST", body: "40" })).body,
      ).toBe("ok");
    });
  });

  describe("a request at another server", () => {
    it("is answered as its own server answers it: status, headers and body", async () => {
      const { owner, other, path } = await openSession({ cors: { origin: "http://x", credentials: true } });
      owner.io.engine.on("headers", (headers) => (headers["x-said"] = ["one", "two"] as unknown as string));
      const ask = { path, method: "POST", headers: { origin: "http://x" }, body: "40" };
      const here = await exchange(owner.http.port, ask);
      const there = await exchange(other.http.port, { ...ask, body: "3" });
      expect(there.body).toBe(here.body);
      expect(there.status).toBe(here.status);
      const { date: _here, ...hereHeaders } = here.headers;
      const { date: _there, ...thereHeaders } = there.headers;
      expect(thereHeaders).toEqual(hereHeaders);
    });

    it("may come by HTTP/2: its own server hears it in HTTP/1.1, with the host that was asked", async () => {
      const { owner, hub, sid, path } = await openSession();
      const hosts: unknown[] = [];
      owner.io.engine.use(
        ({ headers, httpVersion }: IncomingMessage, response: ServerResponse, next: () => void) => {
          hosts.push([headers.host, httpVersion, headers[":path"]]);
          response.appendHeader("Set-Cookie", ["a=1", "b=2"]);
          next();
        },
      );
      const http2 = createHttp2Server();
      await new Promise<void>((resolve) => http2.listen(0, "127.0.0.1", resolve));
      const io = new Server({ cluster: memoryCluster(hub, { heartbeat: 50, ...way }) });
      io.attach(http2);
      closers.push(() => io.close());
      const { port } = http2.address() as AddressInfo;
      const client = connectHttp2(`http://127.0.0.1:${port}`);
      closers.push(() => client.destroy());
      const stream = client.request({ ":method": "POST", ":path": path });
      stream.end("40");
      const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders];
      expect(await text(stream)).toBe("ok");
      expect(headers).toMatchObject({ ":status": 200, "set-cookie": ["a=1", "b=2"] });
      expect(hosts).toEqual([[`127.0.0.1:${port}`, "1.1", undefined]]);
      expect(owner.io.engine.clients.has(sid)).toBe(true);
    });

    it("is seen by the middlewares of its own server alone, with the client's address and headers", async () => {
      const { owner, other, path } = await openSession();
      const seen: unknown[] = [];
      const note =
        (name: string) =>
        ({ socket, headers, rawHeaders }: IncomingMessage, _response: unknown, next: () => void): void => {
          seen.push([
            name,
            socket.remoteAddress,
            headers["x-a"],
            headers["telsiz-forwarded"],
            rawHeaders.length / 2,
          ]);
          next();
        };
      owner.io.engine.use(note("owner"));
      other.io.engine.use(note("other"));
      const forged = Buffer.from('{"sid":"x","address":"6.6.6.6"}').toString("base64url");
      await exchange(other.http.port, {
        path,
        method: "POST",
        body: "40",
        headers: { "x-a": "1", "telsiz-forwarded": forged },
      });
      expect(seen).toEqual([["owner", "127.0.0.1", "1", undefined, expect.any(Number)]]);
    });

    it("has to come from where the session was opened, as at its own server", async () => {
      const { owner, other, path } = await openSession({ sessionBinding: "ip" });
      const errors: string[] = [];
      owner.io.engine.on("connection_error", ({ context }) => errors.push(String(context["name"])));
      const ask = { path, method: "POST", body: "40" };
      expect((await exchange(other.http.port, ask)).status).toBe(200);
      const foreign = await exchange(other.http.port, { ...ask, headers: { origin: "http://evil.example" } });
      expect(foreign.status).toBe(403);
      expect(errors).toEqual(["FOREIGN_ORIGIN"]);
    });

    it("may have a body that is too large: it is refused before it has come", async () => {
      const { owner, other, path } = await openSession({ maxHttpBufferSize: 1_000 });
      const closed = nextEvent(owner.io.engine.clients.values().next().value!, "close");
      const body = "4".repeat(500_000);
      const answer = await exchange(other.http.port, { path, method: "POST", body });
      expect(answer.status).toBe(413);
      await closed;
    });

    it("is refused as unknown when the session has ended, or its server has gone", async () => {
      const { owner, other, sid, path } = await openSession();
      const errors: unknown[] = [];
      owner.io.engine.on("connection_error", ({ code }) => errors.push(["owner", code]));
      other.io.engine.on("connection_error", ({ code }) => errors.push(["other", code]));
      owner.io.engine.clients.get(sid)!.close(true);
      expect(await exchange(other.http.port, { path })).toMatchObject({ status: 400, body: UNKNOWN });
      await owner.io.close();
      expect(await exchange(other.http.port, { path })).toMatchObject({ status: 400, body: UNKNOWN });
      expect(errors).toEqual([
        ["owner", 1],
        ["other", 1],
      ]);
    });

    it("ends with its client: its own server sees it go", async () => {
      const { owner, other, sid, path } = await openSession();
      await exchange(owner.http.port, { path: path, method: "POST", body: "40" });
      await exchange(owner.http.port, { path });
      const session = owner.io.engine.clients.get(sid)!;
      const poll = startExchange(other.http.port, { path });
      await until(() => session.transport.writable, "the poll waits");
      const closed = nextEvent(session, "close");
      poll.request.destroy();
      await expect(poll.answer).rejects.toThrow("socket hang up");
      expect((await closed)[0]).toBe("transport error");
    });
  });

  describe("an upgrade at another server", () => {
    it("is answered as its own server answers it, with what was sent right behind it", async () => {
      const { owner, other, sid } = await openSession();
      const probe = Buffer.from(upgradeOf(sid) + frameOf("2probe"), "latin1");
      const isProbed = (answer: string): boolean => answer.endsWith("3probe");
      const there = await exchangeRaw(other.http.port, probe, isProbed);
      expect(there).toMatch(/^HTTP\/1.1 101 /);
      await until(() => owner.io.engine.clients.has(sid), "the session goes on");
      expect(await exchangeRaw(owner.http.port, probe, isProbed)).toBe(there);
    });

    it("is refused when the session has ended, with all that its own server says", async () => {
      const { owner, other, sid } = await openSession();
      owner.io.engine.clients.get(sid)!.close(true);
      const here = await exchangeRaw(owner.http.port, upgradeOf(sid));
      expect(here).toMatch(/^HTTP\/1.1 400 .*Session ID unknown$/s);
      expect(await exchangeRaw(other.http.port, upgradeOf(sid))).toBe(here);
    });
  });

  describe("a server that goes", () => {
    it("ends what was forwarded to it: polls and WebSockets, whose clients open other sessions", async () => {
      const { nodes, proxy, url } = await openNodes(2);
      const [a, b] = nodes as [Node, Node];
      // The handshakes come to a, all else to b.
      proxy.ports = [a.http.port, b.http.port];
      const polling = open(url, { transports: ["polling"], reconnection: true, reconnectionDelay: 1 });
      await once(a.io, "connection");
      const first = a.sockets[0]!.id;
      proxy.ports = [b.http.port];
      expect(await echo(polling, 1)).toBe(1);
      const lost = nextEvent(polling, "disconnect");
      void a.io.close();
      await lost;
      expect(await echo(polling, 2)).toBe(2);
      expect(b.sockets.map(({ id }) => id)).toContain(polling.id);
      expect(polling.id).not.toBe(first);
    });
  });
});

/** A broker that loses every third frame, the next large one, or all. */
class LossyBroker extends MemoryBroker {
  loses: "none" | "some" | "one" | "all" = "none";
  #count = 0;

  override publish(channel: string, frame: Uint8Array): void {
    if (!this.#isLost(frame)) super.publish(channel, frame);
  }

  override _receive(frame: Uint8Array): void {
    if (this.loses !== "all") super._receive(frame);
  }

  #isLost(frame: Uint8Array): boolean {
    if (this.loses === "one" && frame.length > 50_000) {
      this.loses = "none";
      return true;
    }
    return this.loses === "all" || (this.loses === "some" && this.#count++ % 3 === 0);
  }
}

describe("a broker that loses", () => {
  async function openLossy(
    options: ClusterOptions = {},
  ): Promise<{ brokers: LossyBroker[]; owner: Node; other: Node; sid: string }> {
    const hub = new MemoryHub();
    const brokers: LossyBroker[] = [];
    const timing = { heartbeat: 20, suspectAfter: 60, deadAfter: 200, ...options };
    const cluster = brokerCluster(() => {
      const broker = new LossyBroker(hub);
      brokers.push(broker);
      return broker;
    }, timing);
    const owner = await openNode(hub, { cluster });
    const other = await openNode(hub, { cluster });
    const { body } = await exchange(owner.http.port, { path: BASE });
    return { brokers, owner, other, sid: (JSON.parse(body.slice(1)) as { sid: string }).sid };
  }

  it("makes no difference to what goes through it", async () => {
    const { brokers, owner, other, sid } = await openLossy();
    const path = `${BASE}&sid=${sid}`;
    await exchange(other.http.port, { path, method: "POST", body: "40" });
    for (const broker of brokers) broker.loses = "some";
    const heard = nextEvent<[string]>(owner.sockets[0]!, "large");
    const text = "x".repeat(700_000);
    const body = `42${JSON.stringify(["large", text])}`;
    expect((await exchange(other.http.port, { path, method: "POST", body })).body).toBe("ok");
    expect(await heard).toEqual([text]);
  });

  it("ends what has a hole that cannot be mended: nobody gets a body with something missing", async () => {
    const { brokers, owner, other, sid } = await openLossy({ ringBytes: 0 });
    const path = `${BASE}&sid=${sid}`;
    await exchange(other.http.port, { path, method: "POST", body: "40" });
    const heard: unknown[] = [];
    owner.sockets[0]!.on("large", () => heard.push("something"));
    brokers[1]!.loses = "one";
    const body = `42${JSON.stringify(["large", "x".repeat(700_000)])}`;
    const answer = await exchange(other.http.port, { path, method: "POST", body });
    expect(answer).toMatchObject({ status: 400, body: UNKNOWN });
    expect(heard).toEqual([]);
  });

  it("is as if the server had gone when it loses all: what waits is refused, and WebSockets are cut", async () => {
    const { brokers, owner, other, sid } = await openLossy();
    const path = `${BASE}&sid=${sid}`;
    await exchange(other.http.port, { path, method: "POST", body: "40" });
    await exchange(owner.http.port, { path });
    const waiting = exchange(other.http.port, { path });
    await until(() => owner.io.engine.clients.get(sid)!.transport.writable, "the poll waits");
    const upgraded = await exchangeRaw(other.http.port, upgradeOf(sid), (answer) => {
      if (answer.endsWith("\r\n\r\n")) brokers[0]!.loses = "all";
      return false; // it is cut
    });
    expect(upgraded).toMatch(/^HTTP\/1.1 101 /);
    expect(await waiting).toMatchObject({ status: 400, body: UNKNOWN });
    expect(await exchange(other.http.port, { path })).toMatchObject({ status: 400, body: UNKNOWN });
  });
});
