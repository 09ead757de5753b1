/** The WebSocket transport and the life of a session on it: protocol.md A.5, A.6, A.8, D. */
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { PreparedPacket, type Session } from "../../src/server/index.ts";
import { frame, PING, PONG } from "./frames.ts";
import {
  BASE,
  echo,
  nextClose,
  serve as serveEngine,
  type TestServer,
  until,
  upgradeRequest,
  WebSocketClient,
} from "./harness.ts";

function refusal(message: string): string {
  return `HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-type: text/html\r\nContent-Length: ${message.length}\r\n\r\n${message}`;
}

const FILLER = `4${"x".repeat(60_000)}`;

/** Has a client read nothing, and its session send until the network takes no more. */
async function hold(client: WebSocketClient, session: Session): Promise<void> {
  client.ws.pause();
  while (session.transport.writable) {
    session.send(FILLER.slice(1));
    await nextTurn();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** Who reads and writes the frames: what follows holds for both. */
const FRAMINGS = [
  ["by this package", {}],
  ["by ws", { wsEngine: WebSocketServer }],
] as const;

describe.each(FRAMINGS)("a WebSocket handshake, answered %s,", (_name, framing) => {
  const serve: typeof serveEngine = (options, prepare) => serveEngine({ ...framing, ...options }, prepare);

  it("is answered with 101 and the open packet in one piece", async () => {
    const server = await serve();
    const socket = await server.connect();
    socket.write(upgradeRequest(`${BASE}&transport=websocket`));
    const [chunk] = (await once(socket, "data")) as [Buffer];
    expect(chunk.toString("latin1")).toMatch(
      /^HTTP\/1\.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n\r\n\x81.0\{"sid":"[\w-]{20}","upgrades":\[\],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000\}$/,
    );
    socket.destroy();
  });

  const refusals: [name: string, path: string, message: string][] = [
    ["an unknown transport", `${BASE}&transport=abc`, "Transport unknown"],
    ["no transport", BASE, "Transport unknown"],
    ["a transport of Object.prototype (CVE-2023-31125)", `${BASE}&transport=toString`, "Transport unknown"],
    ["an unknown sid", `${BASE}&transport=websocket&sid=zzz`, "Session ID unknown"],
    ["a sid of Object.prototype", `${BASE}&transport=websocket&sid=__proto__`, "Session ID unknown"],
    ["revision 3, before the 101", "/engine.io/?EIO=3&transport=websocket", "Unsupported protocol version"],
  ];
  for (const [name, path, message] of refusals) {
    it(`is refused for ${name}`, async () => {
      const server = await serve();
      expect(await server.raw(upgradeRequest(path))).toBe(refusal(message));
      expect(server.errors).toHaveLength(1);
    });
  }

  it("is refused by allowRequest with its text", async () => {
    const server = await serve({ allowRequest: (_request, answer) => answer("no entry", false) });
    expect(await server.raw(upgradeRequest(`${BASE}&transport=websocket`))).toBe(refusal("no entry"));
  });

  it("for polling is accepted and closed", async () => {
    const server = await serve();
    const answer = await server.raw(upgradeRequest(`${BASE}&transport=polling`) + "\x88\x80\x00\x00\x00\x00");
    expect(answer).toContain(" 101 ");
    expect(answer).not.toContain("sid");
    expect(server.engine.clientsCount).toBe(0);
  });

  it("with a bad key is refused and opens nothing", async () => {
    const server = await serve();
    expect(
      await server.raw(upgradeRequest(`${BASE}&transport=websocket`, "Sec-WebSocket-Key: x\r\n")),
    ).toContain(" 400 ");
    expect(server.engine.clientsCount).toBe(0);
  });

  it("followed by an invalid frame in the same segment ends the session only (CVE-2022-21676)", async () => {
    const server = await serve();
    const socket = await server.connect();
    socket.on("error", () => undefined).resume();
    socket.write(
      Buffer.from(`${upgradeRequest(`${BASE}&transport=websocket`)}\xf1\x80\x00\x00\x00\x00`, "latin1"),
    );
    await once(socket, "close");
    await until(() => server.engine.clientsCount === 0);
    expect(await server.open()).toBeDefined();
  });

  it("that is reset while it is being decided harms nobody (CVE-2022-41940)", async () => {
    let decide: (() => void) | undefined;
    const server = await serve({
      allowRequest: (_request, answer) => {
        decide = () => answer("no", false);
      },
    });
    const socket = await server.connect();
    socket.write(upgradeRequest(`${BASE}&transport=websocket`));
    await until(() => decide !== undefined);
    socket.resetAndDestroy();
    await new Promise((resolve) => setTimeout(resolve, 20));
    decide!();
    expect((await server.ask(`${BASE}&transport=x`)).status).toBe(400);
  });

  it("on another path is ended after a while", async () => {
    const server = await serve({ destroyUpgradeTimeout: 10 });
    expect(await server.raw(upgradeRequest("/elsewhere"))).toBe("");
  });

  it("on another path is left to its own listener", async () => {
    const server = await serve({ destroyUpgradeTimeout: 10 });
    server.http.on("upgrade", (request, socket) => {
      if (request.url === "/elsewhere") socket.end("HTTP/1.1 418 Teapot\r\n\r\n");
    });
    expect(await server.raw(upgradeRequest("/elsewhere"))).toContain("418");
  });

  it("gets an HTTP answer where WebSockets are not offered", async () => {
    const server = await serve({ transports: ["polling"] });
    const answer = await server.raw(upgradeRequest(`${BASE}&transport=websocket`, "Connection: close\r\n"));
    expect(answer).toContain('{"code":0,"message":"Transport unknown"}');
  });
});

describe.each(FRAMINGS)("a session on WebSocket, framed %s,", (_name, framing) => {
  const serve: typeof serveEngine = (options, prepare) => serveEngine({ ...framing, ...options }, prepare);

  it("sends and receives text and bytes", async () => {
    const server = await serve({}, echo);
    const client = await server.open();
    for (const message of ["4hello", "4ç€😀", "4", `4${"x".repeat(70_000)}`]) {
      client.send(message);
      expect(await client.next()).toBe(message);
    }
    for (const size of [0, 3, 8192, 8193, 100_000]) {
      client.send(Buffer.alloc(size, 7));
      expect(Buffer.compare((await client.next()) as Buffer, Buffer.alloc(size, 7))).toBe(0);
    }
  });

  it("takes base64 text for bytes", async () => {
    const server = await serve({}, echo);
    const client = await server.open();
    client.send("bAQID");
    expect(await client.next()).toEqual(Buffer.from([1, 2, 3]));
  });

  it("sends base64 text to a peer that takes no bytes", async () => {
    const server = await serve({}, echo);
    const client = await server.open("&b64=1");
    client.send(Buffer.from([1, 2, 3]));
    expect(await client.next()).toBe("bAQID");
  });

  it("sends one frame for each packet, shared ones too", async () => {
    const server = await serve();
    const [first, second] = [await server.open(), await server.open()];
    const packet = new PreparedPacket("4shared");
    for (const session of server.engine.clients.values()) {
      session.send("a");
      session.sendPacket(packet);
      session.send("b");
    }
    for (const client of [first, second]) {
      expect([await client.next(), await client.next(), await client.next()]).toEqual([
        "4a",
        "4shared",
        "4b",
      ]);
    }
  });

  it("gives all of a turn to the network at once, and then runs the callbacks", async () => {
    const server = await serve();
    await server.open();
    const events: string[] = [];
    const { session } = server;
    session.on("flush", (packets) => events.push(`flush ${packets.length}`));
    session.on("drain", () => events.push("drain"));
    session.send("a", () => events.push("a sent"));
    session.send("b", {}, () => events.push("b sent"));
    expect(session.writeBuffer).toHaveLength(2);
    await until(() => events.includes("drain"));
    expect(events).toEqual(["flush 2", "a sent", "b sent", "drain"]);
    expect(session.bufferedAmount).toBe(0);
  });

  it("gives each message to the network within the call, in order, with flush: immediate", async () => {
    const server = await serve({ flush: "immediate" });
    const client = await server.open();
    const { session } = server;
    const flushes: number[] = [];
    session.on("flush", (packets) => flushes.push(packets.length));
    session.send("a");
    session.sendPacket(new PreparedPacket("4b"));
    session.send("c");
    expect(flushes[0]).toBe(1);
    expect([await client.next(), await client.next(), await client.next()]).toEqual(["4a", "4b", "4c"]);
    expect(session.bufferedAmount).toBe(0);
  });

  it("stops handing over when the peer does not read, and goes on when it does", async () => {
    const server = await serve();
    const client = await server.open();
    const { session } = server;
    client.ws.pause();
    const chunk = "x".repeat(60_000);
    let sent = 0;
    while (session.transport.writable) {
      session.send(chunk);
      sent++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(session.writable).toBe(false);
    session.send("last");
    sent++;
    await new Promise((resolve) => setImmediate(resolve));
    expect(session.writeBuffer).toEqual(["4last"]);
    expect(session.bufferedAmount).toBeGreaterThan(0);
    client.ws.resume();
    for (let i = 1; i < sent; i++) expect((await client.next()).length).toBe(chunk.length + 1);
    expect(await client.next()).toBe("4last");
  });

  it("raises packet events for listeners", async () => {
    const server = await serve();
    const client = await server.open();
    const seen: unknown[] = [];
    server.session.on("packet", (packet) => seen.push(packet));
    server.session.on("packetCreate", (packet) => seen.push(packet));
    server.session.on("data", (data) => seen.push(data));
    client.send("4in");
    await until(() => seen.length === 2);
    server.session.send("out");
    expect(seen).toEqual([
      { type: "message", data: "in" },
      "in",
      { type: "message", data: "out", options: { compress: true } },
    ]);
  });

  for (const frame of ["0", "3", "5", "6"]) {
    it(`ignores the packet ${frame}`, async () => {
      const server = await serve({}, echo);
      const client = await server.open();
      client.send(frame);
      client.send("4still here");
      expect(await client.next()).toBe("4still here");
    });
  }

  const endings: [name: string, frame: string, reason: string][] = [
    ["an unknown packet type", "7", "parse error"],
    ["letters", "abc", "parse error"],
    ["an empty frame", "", "parse error"],
    ["a ping, which only servers send", "2", "transport error"],
    ["the close packet", "1", "transport close"],
  ];
  for (const [name, frame, reason] of endings) {
    it(`ends with "${reason}" at ${name}`, async () => {
      const server = await serve();
      const client = await server.open();
      const closed = nextClose(server.session);
      client.send(frame);
      expect((await closed)[0]).toBe(reason);
      expect(await client.closed).toBe(1005);
      expect(server.engine.clientsCount).toBe(0);
    });
  }

  it("ends with 1009 when a message is above the limit", async () => {
    const server = await serve({ maxHttpBufferSize: 100 });
    const client = await server.open();
    const closed = nextClose(server.session);
    client.send("4".repeat(101));
    expect((await closed)[0]).toBe("transport error");
    expect(await client.closed).toBe(1009);
  });

  it("ends when the client closes", async () => {
    const server = await serve();
    const client = await server.open();
    const closed = nextClose(server.session);
    client.ws.close();
    expect(await closed).toEqual(["transport close", undefined]);
  });

  it("ends when the connection is reset", async () => {
    const server = await serve();
    const client = await server.open();
    const closed = nextClose(server.session);
    client.ws.terminate();
    expect((await closed)[0]).toBe("transport close");
  });

  it("sends what is queued before it closes", async () => {
    const server = await serve();
    const client = await server.open();
    const closed = nextClose(server.session);
    server.session.send("last words").close();
    expect((await closed)[0]).toBe("forced close");
    expect(await client.next()).toBe("4last words");
    expect(await client.closed).toBe(1005);
  });

  it("sends a long queue in its order, whatever is in it, and then runs the callbacks", async () => {
    const server = await serve();
    const client = await server.open();
    const { session } = server;
    await hold(client, session);
    const shared = new PreparedPacket("4shared", false);
    const messages = Array.from({ length: 3000 }, (_, index) => {
      if (index % 701 === 700) return Buffer.from(`bytes ${index}`);
      return index % 503 === 502 ? shared : `${index} ${"é".repeat(index % 100)}`;
    });
    const left: number[] = [];
    for (const [index, message] of messages.entries()) {
      if (message === shared) session.sendPacket(shared);
      else session.send(message as string | Buffer, () => left.push(index));
      if (index % 150 === 0) await nextTurn();
    }
    expect(session.queuedPackets).toBeGreaterThanOrEqual(messages.length);
    expect(left).toEqual([]);
    client.ws.resume();
    const received: unknown[] = [];
    while (received.length < messages.length) {
      const next = await client.next();
      if (next !== FILLER) received.push(next);
    }
    expect(received).toEqual(
      messages.map((message) =>
        message === shared ? "4shared" : typeof message === "string" ? `4${message}` : message,
      ),
    );
    await until(() => left.length > 0 && session.queuedPackets === 0);
    expect(left).toEqual(messages.flatMap((message, index) => (message === shared ? [] : [index])));
    expect([session.bufferedAmount, session.writable]).toEqual([0, true]);
  });

  it("sends a long queue before it closes", async () => {
    const server = await serve();
    const client = await server.open();
    const { session } = server;
    await hold(client, session);
    for (let index = 0; index < 1000; index++) session.send(`${index} ${"x".repeat(100)}`);
    await nextTurn();
    session.send("last words").close();
    client.ws.resume();
    let last: unknown;
    client.ws.on("message", (data: Buffer) => (last = data.toString()));
    expect(await client.closed).toBe(1005);
    expect(last).toBe("4last words");
  });

  it("drops what the network cannot take when it is discarded", async () => {
    const server = await serve();
    const client = await server.open();
    const { session } = server;
    await hold(client, session);
    session.send("never").close(true);
    expect(session.readyState).toBe("closed");
    expect(session.writeBuffer).toEqual([]);
    client.ws.resume();
    expect(await client.closed).toBe(1005);
    expect(session.close()).toBe(session);
  });

  it("tells its handler the end once, and nothing after it", async () => {
    const calls: string[] = [];
    const server = await serve({}, (engine) =>
      engine.on("connection", (session) => {
        session.handler = {
          onMessage: (message) => calls.push(String(message)),
          onClose: (reason) => calls.push(reason),
        };
      }),
    );
    const client = await server.open();
    client.send("7");
    client.send("4late");
    await client.closed;
    expect(calls).toEqual(["parse error"]);
  });

  it("pings, and lives on by pongs", async () => {
    const server = await serve({ pingInterval: 30, pingTimeout: 1000 });
    const client = await server.open();
    let beats = 0;
    server.session.on("heartbeat", () => beats++);
    for (let i = 0; i < 3; i++) {
      expect(await client.next()).toBe("2");
      client.send("3");
    }
    await until(() => beats === 3);
    expect(server.engine.clientsCount).toBe(1);
  });

  it("ends with a ping timeout without pongs", async () => {
    const server = await serve({ pingInterval: 30, pingTimeout: 30 });
    const client = await server.open();
    expect(await nextClose(server.session)).toEqual(["ping timeout", undefined]);
    expect(await client.closed).toBe(1005);
  });

  it("goes on beside one whose output cannot be encoded", async () => {
    const server = await serve({}, echo);
    const bad = await server.open();
    const { session } = server;
    const closed = nextClose(session);
    const good = await server.open();
    session.sendPacket({ length: 1 } as never);
    expect((await closed)[0]).toBe("transport error");
    expect(await bad.closed).toBe(1005);
    good.send("4alive");
    expect(await good.next()).toBe("4alive");
  });
});

describe("a WebSocket that is framed by this package", () => {
  /** Opens one byte by byte; resolves when the open packet has come. */
  async function openRaw(): Promise<{ server: TestServer; socket: Socket; received: () => Buffer }> {
    const server = await serveEngine({}, echo);
    const socket = await server.connect();
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.write(upgradeRequest(`${BASE}&transport=websocket`));
    await until(() => Buffer.concat(chunks).includes("maxPayload"));
    chunks.length = 0;
    return { server, socket, received: () => Buffer.concat(chunks) };
  }

  it("answers a ping with its payload, and lets pongs pass", async () => {
    const { socket, received } = await openRaw();
    socket.write(Buffer.concat([frame(PONG, "unasked"), frame(PING, "are you there?")]));
    const pong = Buffer.concat([Buffer.of(0x8a, 14), Buffer.from("are you there?")]);
    await until(() => received().length >= pong.length);
    expect(received()).toEqual(pong);
    socket.destroy();
  });

  it("reads what comes in the same segment as the handshake, after the session has begun", async () => {
    const server = await serveEngine({}, echo);
    const socket = await server.connect();
    let received = "";
    socket.setEncoding("latin1").on("data", (chunk: string) => (received += chunk));
    socket.write(
      Buffer.concat([Buffer.from(upgradeRequest(`${BASE}&transport=websocket`)), frame(1, "4early")]),
    );
    await until(() => received.endsWith("\x81\x064early"));
    expect(received).toMatch(/^HTTP\/1\.1 101 /);
    socket.destroy();
  });

  it("tells the close code back, and ends the connection", async () => {
    const { server, socket, received } = await openRaw();
    const closed = nextClose(server.session);
    socket.write(frame(8, Buffer.of(0x0f, 0xa0)));
    await once(socket, "end");
    expect(received()).toEqual(Buffer.of(0x88, 2, 0x0f, 0xa0));
    expect((await closed)[0]).toBe("transport close");
    socket.destroy();
  });

  it("ends the session of a peer that leaves without a close frame", async () => {
    const { server, socket } = await openRaw();
    const closed = nextClose(server.session);
    socket.end();
    expect((await closed)[0]).toBe("transport close");
  });

  it("takes the first of the subprotocols that are offered", async () => {
    const server = await serveEngine();
    const { ws } = server.webSocket("", { "Sec-WebSocket-Protocol": "chat.v2, chat.v1" });
    const [response] = (await once(ws, "upgrade")) as [IncomingMessage];
    expect(response.headers["sec-websocket-protocol"]).toBe("chat.v2");
  });
});

describe("messages through ws", () => {
  it("are compressed where the extension was negotiated", async () => {
    const server = await serveEngine({ perMessageDeflate: true }, echo);
    const client = await server.open();
    expect(client.ws.extensions).toContain("permessage-deflate");
    for (const message of ["4short", `4${"x".repeat(5000)}`]) {
      client.send(message);
      expect(await client.next()).toBe(message);
    }
    client.send(Buffer.from([1, 2]));
    expect(await client.next()).toEqual(Buffer.from([1, 2]));
  });

  it("are not compressed for a client that does not offer it", async () => {
    const server = await serveEngine({ perMessageDeflate: true }, echo);
    const ws = new WebSocket(`ws://127.0.0.1:${server.port}${BASE}&transport=websocket`, {
      perMessageDeflate: false,
    });
    const client = new WebSocketClient(ws);
    await client.next();
    client.send(`4${"x".repeat(5000)}`);
    expect(await client.next()).toHaveLength(5001);
    expect(ws.extensions).toBe("");
  });

  it("are framed by another engine", async () => {
    class Custom extends WebSocketServer {}
    const server = await serveEngine({ wsEngine: Custom }, echo);
    const client = await server.open();
    const sent = new Promise<void>((resolve) => server.session.send("callback", () => resolve()));
    expect(await client.next()).toBe("4callback");
    await sent;
    client.send("4hello");
    expect(await client.next()).toBe("4hello");
  });
});
