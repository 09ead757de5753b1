/** Engines without Socket.IO above them: each client with each server, and what the packages export (api-surface.md 2, 6, 11). */
import { createServer, type IncomingMessage, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { gunzipSync } from "node:zlib";
import * as ourClientModule from "@telsiz/engine/client";
import * as ours from "@telsiz/engine/server";
import { bounded, exchange, exchangeRaw, type Listenable, nextEvent, until } from "@telsiz/testkit";
import * as stock from "engine.io";
import type { Socket } from "engine.io";
import * as stockClientModule from "engine.io-client";
import type { Socket as Client } from "engine.io-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocketServer } from "ws";
import { ENGINE_PAIRINGS, type EngineKindOptions, EngineMeeting, ENGINES } from "../src/engines.ts";
import { WebSocketPeer } from "../src/websocket-peer.ts";

const WAYS: readonly (readonly [string, ("polling" | "websocket")[]])[] = [
  ["polling", ["polling"]],
  ["websocket", ["websocket"]],
  ["polling, then websocket", ["polling", "websocket"]],
];
/** What asks for a WebSocket. */
const UPGRADE_HEADERS = [
  ...["Host: x", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"],
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
].join("\r\n");
const HANDSHAKE = "/engine.io/?EIO=4&transport=polling";
/** What is taken for both engines; their types have no more in common. */
type EngineModule = typeof stock;
const MODULES: readonly (readonly [string, EngineModule])[] = [
  ["engine.io", stock],
  ["telsiz", ours as unknown as EngineModule],
];

/** Either end of a connection; for TypeScript their methods have nothing in common. */
type Side = Client | Socket;

/** The messages that come to a side, when there are so many. */
function messages(side: Side, count: number): Promise<unknown[]> {
  const came: unknown[] = [];
  const all = new Promise<unknown[]>((resolve) => {
    const take = (data: unknown): void => {
      if (came.push(data) === count) resolve(came);
    };
    (side as Socket).on("message", take);
  });
  return bounded(all, `${count} messages`);
}

/** The reason that a side is given at its end. */
const ending = async (side: Side): Promise<string> =>
  (await nextEvent<[string]>(side as unknown as Listenable, "close"))[0];

const failure = (client: Client): Promise<[Error & { description: unknown }]> => nextEvent(client, "error");

describe.each(ENGINE_PAIRINGS)("$name", ({ kind, client: clientKind }) => {
  const open = (
    options?: EngineKindOptions,
    prepare?: (engine: stock.Server) => void,
  ): Promise<EngineMeeting> => EngineMeeting.open(kind, options, prepare, clientKind);

  describe.each(WAYS)("over %s", (_name, transports) => {
    it("exchanges text and bytes both ways, in order", async () => {
      const { client, conn } = await (await open()).pair({ transports });
      const sent = ["a", Buffer.from([1, 2, 3]), "ğ😀", Buffer.alloc(0), "last"];
      const there = messages(conn, sent.length);
      const back = messages(client, sent.length);
      for (const message of sent) {
        client.send(message);
        conn.send(message);
      }
      expect(await there).toEqual(sent);
      expect(await back).toEqual(sent);
      if (transports.length === 2) await until(() => conn.transport.name === "websocket", "the upgrade");
    });

    it("ends on both sides when the client closes", async () => {
      const { client, conn } = await (await open()).pair({ transports });
      const both = Promise.all([ending(client), ending(conn)]);
      client.close();
      const [there, here] = await both;
      expect([there, here]).toEqual(["forced close", "transport close"]);
    });

    it("ends on both sides when the server closes", async () => {
      const { client, conn } = await (await open()).pair({ transports });
      const both = Promise.all([ending(client), ending(conn)]);
      conn.close();
      const [there, here] = await both;
      expect([there, here]).toEqual(["transport close", "forced close"]);
    });
  });

  it("has the server's times, limit and upgrades in the handshake", async () => {
    const meeting = await open({ pingInterval: 1234, pingTimeout: 567, maxHttpBufferSize: 4321 });
    const [handshake] = await nextEvent<[object]>(meeting.client({ transports: ["polling"] }), "handshake");
    expect(handshake).toEqual({
      sid: expect.stringMatching(/^[\w-]{20}$/),
      upgrades: ["websocket"],
      pingInterval: 1234,
      pingTimeout: 567,
      maxPayload: 4321,
    });
  });

  it.each(["polling", "websocket"] as const)("tells what comes over %s, in order", async (transport) => {
    const meeting = await open({ pingInterval: 20 }, (engine) => {
      engine.on("connection", (conn: Socket) => conn.once("heartbeat", () => conn.send("hello")));
    });
    const client = meeting.client({ transports: [transport] });
    const told: unknown[] = [];
    const log = (name: string, show: (value: never) => unknown = () => []): void => {
      (client as unknown as Listenable & { on: Listenable["once"] }).on(name, (value) =>
        told.push([name, show(value)].flat()),
      );
    };
    for (const name of ["handshake", "open", "heartbeat", "ping", "pong"]) log(name);
    log("packet", ({ type }: { type: string }) => type);
    for (const name of ["data", "message"]) log(name, (value) => value);
    await nextEvent(client, "message");
    expect(told.slice(0, 8)).toEqual([
      ...[["packet", "open"], ["heartbeat"], ["handshake"], ["open"]],
      ...[["packet", "ping"], ["heartbeat"], ["ping"], ["pong"]],
    ]);
    expect(told.slice(-4)).toEqual([
      ["packet", "message"],
      ["heartbeat"],
      ["data", "hello"],
      ["message", "hello"],
    ]);
  });

  it("stays on polling where upgrades are not allowed, or not wanted", async () => {
    const refusing = await open({ allowUpgrades: false });
    const [handshake] = await nextEvent<[object]>(refusing.client(), "handshake");
    expect(handshake).toMatchObject({ upgrades: [] });
    const meeting = await open();
    const { client, conn } = await meeting.pair({ transports: ["polling", "websocket"], upgrade: false });
    const answer = messages(client, 1);
    conn.send("x");
    expect(await answer).toEqual(["x"]);
    expect([client.transport.name, conn.transport.name]).toEqual(["polling", "polling"]);
  });

  it("fails over a transport that the server does without", async () => {
    const meeting = await open({ transports: ["websocket"] });
    const [error] = await failure(meeting.client({ transports: ["polling"] }));
    expect(error).toMatchObject({ message: "xhr poll error", description: 400 });
    const { conn } = await meeting.pair({ transports: ["websocket"] });
    expect(conn.transport.name).toBe("websocket");
  });

  it.each(["polling", "websocket"] as const)("gets the initial packet first over %s", async (transport) => {
    const meeting = await open({ initialPacket: "welcome" });
    meeting.engine.once("connection", (conn: Socket) => conn.send("second"));
    expect(await messages(meeting.client({ transports: [transport] }), 2)).toEqual(["welcome", "second"]);
  });

  it.each(["polling", "websocket"] as const)("is asked for by allowRequest over %s", async (transport) => {
    const asked: unknown[] = [];
    const meeting = await open({
      allowRequest: (request, decide) => {
        const query = new URL(request.url!, "http://host").searchParams;
        asked.push(query.get("token"));
        setImmediate(
          decide,
          query.get("token") === "right" ? null : "wrong token",
          query.get("token") === "right",
        );
      },
    });
    const { client } = await meeting.pair({ transports: [transport], query: { token: "right" } });
    const echo = messages(client, 1);
    const { clients } = meeting.engine as unknown as {
      clients: Map<string, Socket> & Record<string, Socket>;
    };
    (kind.ours ? clients.get(client.id) : clients[client.id])?.send("x");
    expect(await echo).toEqual(["x"]);
    const [error] = await failure(meeting.client({ transports: [transport], query: { token: "no" } }));
    expect(error.message).toBe(transport === "polling" ? "xhr poll error" : "websocket error");
    if (transport === "polling") expect(error.description).toBe(403);
    expect(asked).toEqual(["right", "no"]);
  });

  it.each([
    ["text", () => "mine"],
    ["a promise", () => Promise.resolve("mine")],
  ])("has the id that generateId gives, as %s", async (_how, generateId) => {
    const meeting = await open({}, (engine) => {
      engine.generateId = generateId;
    });
    const { client, conn } = await meeting.pair({ transports: ["websocket"] });
    expect([client.id, (conn as unknown as { id: string }).id]).toEqual(["mine", "mine"]);
  });

  it("goes to the path that both were told", async () => {
    const path = { path: "/live", addTrailingSlash: false };
    const meeting = await open(path);
    const urls: string[] = [];
    meeting.http.on("request", ({ url }: IncomingMessage) => urls.push(url!));
    const { client, conn } = await meeting.pair({ ...path, transports: ["polling", "websocket"] });
    if (!conn.upgraded) await nextEvent(conn as unknown as Listenable, "upgrade");
    expect(client.transport.name === "websocket" || client.readyState === "open").toBe(true);
    expect(urls[0]).toMatch(/^\/live\?EIO=4&transport=polling/);
  });

  it.each(["polling", "websocket"] as const)("ends when it says too much over %s", async (transport) => {
    const { client, conn } = await (await open({ maxHttpBufferSize: 100 })).pair({ transports: [transport] });
    const both = Promise.all([ending(client), ending(conn)]);
    client.send("x".repeat(500));
    const [there, here] = await both;
    // The stock server answers 413, and leaves it to the client to close.
    expect(here).toBe(kind.ours || transport === "websocket" ? "transport error" : "transport close");
    expect(there).toMatch(/^transport (error|close)$/);
  });

  it("speaks through another WebSocket server", async () => {
    const made: object[] = [];
    class Recorded extends WebSocketServer {
      constructor(options: object) {
        super(options);
        made.push(options);
      }
    }
    const { client, conn } = await (
      await open({ wsEngine: Recorded, maxHttpBufferSize: 5000 })
    ).pair({ transports: ["websocket"] });
    const there = messages(conn, 1);
    client.send("framed elsewhere");
    expect(await there).toEqual(["framed elsewhere"]);
    expect(made.slice(0, 1)).toEqual([
      expect.objectContaining({ noServer: true, clientTracking: false, maxPayload: 5000 }),
    ]);
  });

  it.each(["polling", "websocket"] as const)(
    "compresses what is long over %s, both ways",
    async (transport) => {
      const { client, conn } = await (
        await open({ perMessageDeflate: { threshold: 10 }, httpCompression: { threshold: 10 } })
      ).pair({ transports: [transport] });
      const there = messages(conn, 2);
      const back = messages(client, 2);
      for (const text of ["short", "long ".repeat(1000)]) {
        client.send(text);
        conn.send(text);
      }
      expect(await there).toEqual(await back);
    },
  );
});

describe.each(ENGINES)("the answers of $name", (kind) => {
  it("carry a cookie on the polling handshake alone, as the option says", async () => {
    const meeting = await EngineMeeting.open(kind, {
      cookie: { name: "sticky", path: "/engine.io", httpOnly: false, sameSite: "strict", maxAge: 60 },
    });
    const { headers, body } = await exchange(meeting.port, { path: HANDSHAKE });
    const { sid } = JSON.parse(body.slice(1)) as { sid: string };
    expect(headers["set-cookie"]).toEqual([`sticky=${sid}; Max-Age=60; Path=/engine.io; SameSite=Strict`]);
    const polled = await exchange(meeting.port, {
      method: "POST",
      path: `${HANDSHAKE}&sid=${sid}`,
      body: "4x",
    });
    expect(polled.headers["set-cookie"]).toBeUndefined();
  });

  it("have the headers of initial_headers once, and those of headers each time", async () => {
    const meeting = await EngineMeeting.open(kind);
    const add = (name: string) => (headers: Record<string, string>, request: IncomingMessage) => {
      headers[name] = request.method!;
    };
    meeting.engine.on("initial_headers", add("x-initial"));
    meeting.engine.on("headers", add("x-each"));
    const first = await exchange(meeting.port, { path: HANDSHAKE });
    const { sid } = JSON.parse(first.body.slice(1)) as { sid: string };
    const second = await exchange(meeting.port, {
      method: "POST",
      path: `${HANDSHAKE}&sid=${sid}`,
      body: "4x",
    });
    expect(first.headers).toMatchObject({ "x-initial": "GET", "x-each": "GET" });
    expect(second.headers).toMatchObject({ "x-each": "POST" });
    expect(second.headers).not.toHaveProperty("x-initial");
  });

  it("allow the origins of the option cors, preflights included", async () => {
    const meeting = await EngineMeeting.open(kind, {
      cors: { origin: "https://page.example", credentials: true, methods: ["GET"] },
    });
    const headers = { origin: "https://page.example" };
    const allowed = {
      "access-control-allow-origin": "https://page.example",
      "access-control-allow-credentials": "true",
    };
    expect(await exchange(meeting.port, { path: HANDSHAKE, headers })).toMatchObject({
      status: 200,
      headers: allowed,
    });
    expect(await exchange(meeting.port, { method: "OPTIONS", path: HANDSHAKE, headers })).toMatchObject({
      status: 204,
      headers: { ...allowed, "access-control-allow-methods": "GET" },
    });
  });

  it.each([
    ["gzip", { threshold: 100 }, "x".repeat(100)],
    ["nothing", { threshold: 100 }, "x".repeat(98)],
    ["gzip", true, "x"],
    ["nothing", false, "x".repeat(5000)],
  ])(
    "are compressed by %s, and then streamed, with httpCompression: %j",
    async (by, httpCompression, text) => {
      const meeting = await EngineMeeting.open(kind, { httpCompression });
      const arrived = meeting.connection();
      const { body } = await exchange(meeting.port, { path: HANDSHAKE });
      const { sid } = JSON.parse(body.slice(1)) as { sid: string };
      (await arrived).send(text);
      const headers = { "accept-encoding": "gzip, deflate" };
      const answer = await exchange(meeting.port, { path: `${HANDSHAKE}&sid=${sid}`, headers });
      expect(answer.headers["content-encoding"] ?? "nothing").toBe(by);
      // What is compressed is sent as it comes out of the compressor: nobody knows how long it will be.
      const { "content-length": length, "transfer-encoding": coding } = answer.headers;
      expect([length, coding]).toEqual(
        by === "gzip" ? [undefined, "chunked"] : [String(text.length + 1), undefined],
      );
      if (by === "gzip") expect(gunzipSync(answer.bytes).toString()).toBe(`4${text}`);
      else expect(answer.body).toBe(`4${text}`);
    },
  );

  it("end an upgrade on another path that nobody answers, after destroyUpgradeTimeout", async () => {
    const meeting = await EngineMeeting.open(kind, { destroyUpgradeTimeout: 20 });
    expect(await exchangeRaw(meeting.port, `GET /other HTTP/1.1\r\n${UPGRADE_HEADERS}\r\n\r\n`)).toBe("");
  });

  it("leave upgrades on other paths to others where destroyUpgrade is false", async () => {
    const meeting = await EngineMeeting.open(kind, { destroyUpgrade: false, destroyUpgradeTimeout: 1 });
    meeting.http.on("upgrade", (_request: IncomingMessage, socket: Duplex) => {
      // Later than the engine would have ended it.
      setTimeout(() => socket.end("HTTP/1.1 101 Mine\r\n\r\n"), 20);
    });
    const answer = await exchangeRaw(meeting.port, `GET /other HTTP/1.1\r\n${UPGRADE_HEADERS}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 101 Mine/);
  });

  it("give an upgrade up after upgradeTimeout, and the session goes on", async () => {
    const meeting = await EngineMeeting.open(kind, { upgradeTimeout: 20 });
    const { body } = await exchange(meeting.port, { path: HANDSHAKE });
    const { sid } = JSON.parse(body.slice(1)) as { sid: string };
    const candidate = await WebSocketPeer.open(
      meeting.port,
      `${HANDSHAKE.replace("polling", "websocket")}&sid=${sid}`,
    );
    await candidate.waitForClose();
    const posted = { method: "POST", path: `${HANDSHAKE}&sid=${sid}`, body: "4x" };
    expect((await exchange(meeting.port, posted)).body).toBe("ok");
  });

  it("are those of handleRequest, where a program hands requests on by itself", async () => {
    const engine = kind.create();
    const http = createServer((request, response) => engine.handleRequest(request as never, response));
    http.on("upgrade", (request, socket, head) => engine.handleUpgrade(request, socket, head));
    await listening(http);
    onTestFinished(() => {
      engine.close();
      http.closeAllConnections();
      http.close();
    });
    const meeting = new EngineMeeting(engine, http);
    const { conn } = await meeting.pair({ transports: ["polling"] });
    const direct = await meeting.pair({ transports: ["websocket"] });
    expect([conn.transport.name, direct.conn.transport.name]).toEqual(["polling", "websocket"]);
    expect(engine.clientsCount).toBe(2);
  });
});

const portOf = (http: HttpServer): number => (http.address() as AddressInfo).port;
const listening = (http: HttpServer): Promise<void> =>
  new Promise((resolve) => void http.listen(0, "127.0.0.1", resolve));

describe.each(MODULES)("the module of %s", (_name, engineModule) => {
  it("listens on a port of its own, and answers what is not the engine's with 501", async () => {
    const engine = await new Promise<stock.Server>((resolve) => {
      const listener: stock.Server = engineModule.listen(0, { pingInterval: 1234 }, () => resolve(listener));
    });
    const http = (engine as unknown as { httpServer: HttpServer }).httpServer;
    onTestFinished(() => {
      engine.close();
      http.closeAllConnections();
      http.close();
    });
    expect((await exchange(portOf(http), { path: "/" })).status).toBe(501);
    expect((await exchange(portOf(http), { path: HANDSHAKE })).body).toContain('"pingInterval":1234');
  });

  it("attaches to an http server, below a path", async () => {
    const http = createServer((_request, response) => response.end("other"));
    await listening(http);
    const engine = engineModule.attach(http, { path: "/live" });
    onTestFinished(() => {
      engine.close();
      http.closeAllConnections();
      http.close();
    });
    expect((await exchange(portOf(http), { path: "/" })).body).toBe("other");
    const { body } = await exchange(portOf(http), { path: HANDSHAKE.replace("engine.io", "live") });
    expect(body).toContain('"sid"');
    expect(engine.clientsCount).toBe(1);
    expect(engine).toBeInstanceOf(engineModule.Server);
  });

  it("has the revision, the codes and texts of refusals, the transports by name, and the upgrades of each", () => {
    const { Server, protocol, transports } = engineModule as unknown as typeof ours;
    expect(protocol).toBe(4);
    expect(Server.errors).toMatchObject({
      UNKNOWN_TRANSPORT: 0,
      UNKNOWN_SID: 1,
      BAD_HANDSHAKE_METHOD: 2,
      BAD_REQUEST: 3,
      FORBIDDEN: 4,
      UNSUPPORTED_PROTOCOL_VERSION: 5,
    });
    expect(Server.errorMessages).toMatchObject({
      0: "Transport unknown",
      1: "Session ID unknown",
      2: "Bad handshake method",
      3: "Bad request",
      4: "Forbidden",
      5: "Unsupported protocol version",
    });
    expect(Object.keys(transports)).toEqual(expect.arrayContaining(["polling", "websocket"]));
    const engine = new Server({ transports: ["polling", "websocket"] });
    expect(engine.upgrades("polling")).toContain("websocket");
    expect(engine.upgrades("websocket")).toEqual([]);
    expect(new Server({ allowUpgrades: false }).upgrades("polling")).toEqual([]);
  });

  it("makes sessions of its class Socket, on transports that are of its class Transport", async () => {
    const http = createServer();
    await listening(http);
    const meeting = new EngineMeeting(engineModule.attach(http, {}), http);
    onTestFinished(() => meeting.close());
    const { conn } = await meeting.pair();
    expect(conn).toBeInstanceOf(engineModule.Socket);
    expect(conn.transport).toBeInstanceOf(engineModule.Transport);
    for (const other of [undefined, null, 5, {}, conn]) {
      expect(other).not.toBeInstanceOf(engineModule.Transport);
    }
  });
});

describe("the parser of the engine", () => {
  const packets: { type: string; data?: unknown }[] = [
    ...(["open", "close", "ping", "pong", "message", "upgrade", "noop"] as const).map((type) => ({ type })),
    { type: "open", data: '{"sid":"x"}' },
    { type: "ping", data: "probe" },
    { type: "message", data: "ğ😀" },
    { type: "message", data: Buffer.from([1, 2, 3]) },
    { type: "message", data: Uint8Array.of(0, 1, 2).subarray(1) },
    { type: "message", data: Uint8Array.of(1, 2).buffer },
  ];
  const encoded = (parser: typeof stock.parser, packet: object, supportsBinary: boolean): unknown => {
    let result: unknown;
    parser.encodePacket(packet as never, supportsBinary, (wire) => (result = wire));
    return result instanceof Uint8Array || result instanceof ArrayBuffer
      ? Buffer.from(result as Uint8Array)
      : result;
  };
  const both = [stock.parser, ours.parser as unknown as typeof stock.parser] as const;

  it.each(packets)("writes %o as that of engine.io does, and reads it back as well", (packet) => {
    for (const supportsBinary of [true, false]) {
      const [theirs, mine] = both.map((parser) => encoded(parser, packet, supportsBinary));
      expect(mine).toEqual(theirs);
      for (const form of ["nodebuffer", "arraybuffer"] as const) {
        const [read, readByUs] = both.map((parser) => parser.decodePacket(theirs as string, form));
        expect(readByUs).toEqual(read);
      }
    }
  });

  it.each(["", "7", "x4", "4", "b", "bAQ==", "2probe", "4a\u001e4b\u001e", "4a\u001e9\u001e4b", "\u001e"])(
    "reads %j as that of engine.io does, as a packet and as a body",
    (text) => {
      const [packet, packetByUs] = both.map((parser) => parser.decodePacket(text));
      expect(packetByUs).toEqual(packet);
      const [body, bodyByUs] = both.map((parser) => parser.decodePayload(text));
      expect(bodyByUs).toEqual(body);
    },
  );

  it("writes bodies as that of engine.io does", () => {
    const bodies = both.map((parser) => {
      let body = "";
      parser.encodePayload(packets as never, (wire) => (body = wire));
      return body;
    });
    expect(bodies[1]).toBe(bodies[0]);
    expect(both[1].protocol).toBe(both[0].protocol);
  });
});

describe("the module of our client", () => {
  it("has the names of engine.io-client", () => {
    const names = Object.keys(stockClientModule).filter((name) => name !== "default");
    expect(Object.keys(ourClientModule)).toEqual(expect.arrayContaining(names));
    expect(ourClientModule.Socket.protocol).toBe(4);
    expect(Object.keys(ourClientModule.transports)).toEqual(
      expect.arrayContaining(["polling", "websocket", "webtransport"]),
    );
  });

  const modules = [
    ["engine.io-client", stockClientModule],
    ["telsiz", ourClientModule as unknown as typeof stockClientModule],
  ] as const;

  it.each(modules)("has the class Transport of %s, for every transport", (_name, { Socket, Transport }) => {
    for (const transport of ["polling", "websocket"]) {
      const client = new Socket("http://127.0.0.1:9", { transports: [transport] });
      client.on("error", () => undefined);
      expect(client.transport).toBeInstanceOf(Transport);
      expect(client).not.toBeInstanceOf(Transport);
      client.close();
    }
  });

  it.each(modules)(
    "has tools of %s: what runs next, and timers on an object",
    async (_name, { nextTick, installTimerFunctions }) => {
      const order: string[] = [];
      const timed = {} as Record<"setTimeoutFn" | "clearTimeoutFn", (...args: any[]) => unknown>;
      installTimerFunctions(timed, { useNativeTimers: false });
      timed.clearTimeoutFn(timed.setTimeoutFn(() => order.push("never"), 0));
      await new Promise<void>((resolve) => {
        timed.setTimeoutFn(() => resolve(order.push("timer") as never), 0);
        nextTick(() => order.push("next"), setTimeout as never);
        order.push("now");
      });
      expect(order).toEqual(["now", "next", "timer"]);
    },
  );
});
