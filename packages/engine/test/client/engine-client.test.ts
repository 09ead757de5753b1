import { OptionError } from "@telsiz/events";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { EngineClient } from "../../src/client/engine-client.ts";
import { checkEngineClientOptions, type EngineClientOptions } from "../../src/client/options.ts";
import { EngineParseError, type TransportError } from "../../src/shared/errors.ts";
import type { Message } from "../../src/shared/packet.ts";
import {
  FakePlatform,
  FakePolling,
  type FakeWebSocket,
  FakeWebSocketTransport,
  OPEN,
  settled,
  transports,
} from "./fake-platform.ts";

let platform: FakePlatform;
let client: EngineClient;
/** What the layer above was told, in order. */
let told: unknown[][];

beforeEach(() => {
  platform = new FakePlatform();
  EngineClient.priorWebsocketSuccess = false;
});

function make(
  options: EngineClientOptions = {},
  uri: string | undefined = "http://example.test",
): EngineClient {
  client = new EngineClient(uri, options, { platform, transports });
  told = [];
  client.handler = {
    onOpen: () => told.push(["open"]),
    onMessage: (message: Message) => told.push(["message", message]),
    onPing: () => told.push(["ping"]),
    onDrain: () => told.push(["drain"]),
    onError: (error) => told.push(["error", error]),
    onClose: (reason, details) => told.push(["close", reason, details]),
    onHandlerError: (error, event) => told.push(["handler_error", error, event]),
  };
  return client;
}

const toldOf = (name: string): unknown[][] => told.filter(([what]) => what === name);
const socket = (): FakeWebSocket => platform.sockets.at(-1)!;

/** A session on WebSocket. */
async function openSocket(options: EngineClientOptions = {}): Promise<void> {
  make({ transports: ["websocket"], ...options }).open();
  socket().owner.onOpen();
  socket().owner.onData(OPEN);
  await settled();
}

/** A session on polling, whose next GET waits. */
async function openPolling(options: EngineClientOptions = {}): Promise<void> {
  make({ transports: ["polling"], ...options }).open();
  await platform.last("GET").answer(OPEN);
}

describe("opening", () => {
  it("does nothing before open(), and opens only once", () => {
    make({ transports: ["polling"] });
    expect([client.readyState, platform.requests.length]).toEqual(["closed", 0]);
    client.open().open();
    expect([client.readyState, platform.requests.length]).toEqual(["opening", 1]);
  });

  it("begins with the server's open packet", async () => {
    const seen: unknown[] = [];
    make({ transports: ["polling"] }).on("handshake", ({ sid }) => seen.push(sid, client.readyState));
    client.open();
    await platform.last("GET").answer(OPEN);
    expect([client.id, client.readyState, client.maxPayload, client.transport.name]).toEqual([
      "s1",
      "open",
      100,
      "polling",
    ]);
    expect(told).toEqual([["open"]]);
    expect(seen).toEqual(["s1", "open"]);
  });

  it("orders the query as the protocol has it", async () => {
    await openPolling({ query: { user: 1 } });
    const [first, second] = platform.requests.map(({ query }) => [...query.keys()]);
    expect(first).toEqual(["user", "EIO", "transport", "t"]);
    expect(second).toEqual(["user", "EIO", "transport", "t", "sid"]);
  });

  it("sends the query of the address, and that of the options where the address has none", () => {
    const query = (uri: string): object =>
      new EngineClient(uri, { query: { a: 1 } }, { platform, transports: [] }).opts.query;
    expect(query("http://server.example?b=2")).toEqual({ b: "2" });
    expect(query("http://server.example")).toEqual({ a: "1" });
  });

  it("adds no time-stamp to WebSocket requests unless told to, nor to polling if told not to", () => {
    make({ transports: ["websocket"] }).open();
    expect(socket().url).toBe("ws://example.test/engine.io/?EIO=4&transport=websocket");
    make({ transports: ["websocket"], timestampRequests: true, timestampParam: "ts" }).open();
    expect(socket().url).toMatch(/&ts=\w+$/);
    make({ transports: ["polling"], timestampRequests: false }).open();
    expect(platform.last("GET").query.has("t")).toBe(false);
  });

  it("takes where to connect from the options, or from the page", () => {
    make({
      transports: ["websocket"],
      hostname: "other.test",
      port: 81,
      path: "/p",
      addTrailingSlash: false,
    });
    expect([client.hostname, client.port, client.secure, client.opts.path]).toEqual([
      "example.test",
      "80",
      false,
      "/p",
    ]);
    client = new EngineClient({ hostname: "other.test", port: 81 }, undefined, { platform, transports: [] });
    expect([client.hostname, client.port]).toEqual(["other.test", "81"]);
    platform.location = { hostname: "page.test", port: "8443", secure: true };
    client = new EngineClient(undefined, undefined, { platform, transports: [] });
    expect([client.hostname, client.port, client.secure]).toEqual(["page.test", "8443", true]);
  });

  it.each([
    ['{"sid"', "parse error"],
    ['{"sid":"x"}', "parse error"],
  ])("fails on the open packet 0%s", async (data, reason) => {
    make({ transports: ["websocket"] }).open();
    const closed: unknown[] = [];
    client.on("close", (why) => closed.push(why));
    socket().owner.onOpen();
    socket().owner.onData(`0${data}`);
    await settled();
    expect(told).toEqual([["error", expect.any(EngineParseError)]]);
    expect(closed).toEqual([reason]);
    expect(client.readyState).toBe("closed");
    expect(socket().closed).toBe(true);
  });

  it("tells a failed request as xhr poll error with its status", async () => {
    make({ transports: ["polling"] }).open();
    await platform.last("GET").answer('{"code":0}', 400);
    const [error] = told.map(([, what]) => what) as [TransportError];
    expect(error).toMatchObject({
      message: "xhr poll error",
      type: "TransportError",
      description: 400,
      context: { status: 400, responseText: '{"code":0}' },
    });
    expect(told).toHaveLength(1);
  });

  it("tells a request without answer as xhr poll error, with the cause", async () => {
    const cause = new Error("ECONNREFUSED");
    make({ transports: ["polling"] }).open();
    await platform.last("GET").fail(cause);
    expect(told).toEqual([
      ["error", expect.objectContaining({ message: "xhr poll error", description: 0, cause })],
    ]);
  });

  it("tells a WebSocket that fails or closes before the session as websocket error", async () => {
    const cause = new Error("refused");
    make({ transports: ["websocket"] }).open();
    socket().owner.onError(cause);
    expect(told).toEqual([
      ["error", expect.objectContaining({ message: "websocket error", description: cause })],
    ]);
    make({ transports: ["websocket"] }).open();
    socket().owner.onOpen();
    socket().owner.onClose({ code: 1005 });
    expect(told).toEqual([["error", expect.objectContaining({ message: "websocket error" })]]);
  });

  it("tells later that no transport is left by the options", async () => {
    make({ transports: [] }).open();
    expect(told).toEqual([]);
    await settled();
    expect(told).toEqual([["error", expect.objectContaining({ message: "No transports available" })]]);
  });

  it("tries the other transports with tryAllTransports, and only then", async () => {
    const transports = ["polling", "websocket"] as const;
    make({ transports, tryAllTransports: true }).open();
    platform.clock.advance(10_000);
    expect(platform.sockets).toEqual([]);
    await platform.last("GET").answer("", 500);
    expect(told).toEqual([]);
    socket().owner.onOpen();
    socket().owner.onData(OPEN);
    expect([client.transport.name, told]).toEqual(["websocket", [["open"]]]);

    make({ transports, tryAllTransports: true }).open();
    await platform.last("GET").answer("", 500);
    socket().owner.onError(new Error("no"));
    expect(told).toEqual([["error", expect.objectContaining({ message: "websocket error" })]]);

    make({ transports }).open();
    await platform.last("GET").answer("", 500);
    expect(told).toEqual([["error", expect.objectContaining({ message: "xhr poll error" })]]);
  });

  it("begins with WebSocket when it is remembered, and falls back", async () => {
    await openSocket();
    expect(EngineClient.priorWebsocketSuccess).toBe(true);
    const transports = ["polling", "websocket"] as const;
    make({ transports }).open();
    expect(client.transport.name).toBe("polling");
    make({ transports, rememberUpgrade: true, tryAllTransports: true }).open();
    expect(client.transport.name).toBe("websocket");
    socket().owner.onError(new Error("no"));
    expect(client.transport.name).toBe("polling");
    await platform.last("GET").answer(OPEN);
    expect(EngineClient.priorWebsocketSuccess).toBe(false);
  });

  it("is closed while it opens without an error", () => {
    make({ transports: ["websocket"] })
      .open()
      .close();
    expect(told).toEqual([["close", "forced close", undefined]]);
    expect(socket().closed).toBe(true);
  });

  it("knows the options of a single transport", () => {
    make({ transports: ["websocket"], transportOptions: { websocket: { query: { only: "ws" } } } }).open();
    expect(socket().url).toContain("?only=ws&EIO=4");
  });
});

describe("options", () => {
  it.each<[string, unknown]>([
    ["transports", { transports: ["carrier pigeon"] }],
    ["transports", { transports: "websocket" }],
    ["transports", { transports: [() => undefined] }],
    ["transportImplementations", { transportImplementations: ["polling"] }],
    ["requestTimeout", { requestTimeout: -1 }],
    ["upgrade", { upgrade: "yes" }],
    ["flush", { flush: "later" }],
    ["path", { path: 5 }],
    ["query", { query: "a=b" }],
    ["requestTimeout", { transportOptions: { polling: { requestTimeout: -1 } } }],
    ["query", { transportOptions: { websocket: { query: null } } }],
    ["transportOptions.polling", { transportOptions: { polling: 5 } }],
    ["transportOptions", { transportOptions: null }],
    ["options", null],
    ["options", []],
    ["options", () => undefined],
  ])("refuses a wrong %s", (option, options) => {
    const given = options as EngineClientOptions;
    for (const take of [() => make(given), () => checkEngineClientOptions(given)]) {
      expect(take).toThrow(expect.objectContaining({ option }));
      expect(take).toThrow(OptionError);
    }
  });

  it("lets right ones pass the check", () => {
    const own: EngineClientOptions = { requestTimeout: Infinity, query: { a: 1 }, useNativeTimers: true };
    const transportOptions = { polling: own, websocket: undefined };
    expect(() => checkEngineClientOptions({ ...own, transportOptions })).not.toThrow();
    const mixed = ["polling", "websocket", "webtransport", FakePolling] as const;
    expect(() => checkEngineClientOptions({ transports: mixed })).not.toThrow();
    expect(() => checkEngineClientOptions({})).not.toThrow();
  });

  it("refuses an address that is none", () => {
    expect(() => make({}, 5 as unknown as string)).toThrow(OptionError);
  });

  it("says which transports there are", () => {
    expect(() => make({ transports: ["udp" as "polling"] })).toThrow('"polling", "websocket"');
  });

  it("takes transports as classes", () => {
    make({ transports: [FakeWebSocketTransport, FakePolling] }).open();
    expect(client.transport).toBeInstanceOf(FakeWebSocketTransport);
  });

  it("takes transportImplementations in their place, and refuses both at once", () => {
    make({ transportImplementations: [FakeWebSocketTransport] }).open();
    expect(client.transport).toBeInstanceOf(FakeWebSocketTransport);
    const both = { transports: ["polling"], transportImplementations: [FakePolling] } as const;
    for (const take of [() => make(both), () => checkEngineClientOptions(both)]) {
      expect(take).toThrow(
        expect.objectContaining({
          code: "TELSIZ_OPTION_CONFLICT",
          message: "specifying both 'transportImplementations' and 'transports' options is not supported",
        }),
      );
    }
  });

  it("leaves out a class that the platform does not support", () => {
    class Missing extends FakePolling {
      static readonly supported = false;
    }
    make({ transports: [Missing, "websocket"] }).open();
    expect(client.transport).toBeInstanceOf(FakeWebSocketTransport);
  });

  it("leaves out a transport of the protocol that it does not have", () => {
    make({ transports: ["webtransport", "websocket"] }).open();
    expect(client.transport.name).toBe("websocket");
  });

  it("does not change the options it was given", async () => {
    const options = Object.freeze({
      query: Object.freeze({ a: 1 }),
      transports: Object.freeze(["polling"] as const),
    });
    await openPolling(options);
    expect(options.query).toEqual({ a: 1 });
  });
});

describe("messages", () => {
  it("hands messages to the layer above and to listeners", async () => {
    await openSocket();
    const heard: unknown[] = [];
    client.on("message", (data) => heard.push(data));
    client.on("packet", ({ type, data }) => heard.push([type, data]));
    socket().owner.onData("4hello");
    socket().owner.onData(Buffer.from([1, 2]));
    expect(toldOf("message")).toEqual([
      ["message", "hello"],
      ["message", Buffer.from([1, 2])],
    ]);
    expect(heard).toEqual([
      ["message", "hello"],
      "hello",
      ["message", Buffer.from([1, 2])],
      Buffer.from([1, 2]),
    ]);
  });

  it("gives listeners bytes in the form that binaryType names", async () => {
    await openSocket();
    client.binaryType = "arraybuffer";
    const heard: unknown[] = [];
    client.on("message", (data) => heard.push(data));
    socket().owner.onData(Buffer.from("xabx").subarray(1, 3));
    client.binaryType = "blob";
    socket().owner.onData(Buffer.from("xcdx").subarray(1, 3));
    expect(heard[0]).toEqual(new Uint8Array([0x61, 0x62]).buffer);
    expect(await (heard[1] as Blob).text()).toBe("cd");
  });

  it("sends everything of one turn at once, in order", async () => {
    await openSocket();
    client
      .send("a")
      .write(new Uint8Array([1]))
      .send(new Uint8Array([9, 2, 9]).subarray(1, 2))
      .send(new Uint8Array([3]).buffer);
    expect(socket().sent).toEqual([]);
    expect(client.writeBuffer).toHaveLength(4);
    await settled();
    expect(socket().sent.map(String)).toEqual(["4a", "1", "2", "3"]);
    expect(told.at(-1)).toEqual(["drain"]);
  });

  it("sends each message within the call, as far as the transport takes it, with flush: immediate", async () => {
    await openSocket({ flush: "immediate" });
    client.send("a");
    expect(socket().sent).toEqual(["4a"]);
    client.send("b").send("c");
    expect(socket().sent).toEqual(["4a"]); // the first is not said to have left
    await settled();
    expect(socket().sent).toEqual(["4a", "4b", "4c"]);
  });

  it("keeps what is sent while it opens", async () => {
    make({ transports: ["websocket"] }).open();
    client.send("early");
    socket().owner.onOpen();
    socket().owner.onData(OPEN);
    await settled();
    expect(socket().sent).toEqual(["4early"]);
  });

  it("calls back when a message has left", async () => {
    await openSocket();
    const left: string[] = [];
    client.send("a", {}, () => left.push("a")).send("b", () => left.push("b"));
    expect(left).toEqual([]);
    await settled();
    expect(left).toEqual(["a", "b"]);
  });

  it("keeps the order while Blobs are read", async () => {
    await openSocket();
    let finish!: () => void;
    const slow = {
      size: 1,
      arrayBuffer: () =>
        new Promise<ArrayBuffer>((resolve) => (finish = () => resolve(new Uint8Array([7]).buffer))),
    };
    client.sendMessages(["header", slow, new Blob(["quick"])]);
    client.sendPacket("4after");
    expect(client.writable).toBe(false);
    await settled();
    expect(socket().sent).toEqual(["4header"]);
    finish();
    await settled();
    await settled();
    expect(socket().sent.map((wire) => Buffer.from(wire).toString())).toEqual([
      "4header",
      "\u0007",
      "quick",
      "4after",
    ]);
    expect(client.writable).toBe(true);
  });

  it("ends the session when a Blob cannot be read, since the peer waits for it", async () => {
    await openSocket();
    client.sendMessages([{ size: 1, arrayBuffer: () => Promise.reject(new Error("gone")) }]);
    await settled();
    expect(told.at(-1)).toEqual([
      "close",
      "transport error",
      expect.objectContaining({ message: "blob read error" }),
    ]);
  });

  it("tells packetCreate listeners what is to be sent", async () => {
    await openSocket();
    const heard: unknown[] = [];
    client.on("packetCreate", (packet) => heard.push(packet));
    client.send("a", { compress: false });
    socket().owner.onData("2");
    expect(heard).toEqual([
      { type: "message", data: "a", options: { compress: false } },
      { type: "pong", options: { compress: true } },
    ]);
  });

  it("is not writable while the network does not keep up", async () => {
    await openSocket();
    expect(client.writable).toBe(true);
    socket().bufferedAmount = 20_000;
    expect(client.writable).toBe(false);
  });

  it("sends base64 text with forceBase64 and says so", async () => {
    await openSocket({ forceBase64: true });
    client.send(new Uint8Array([1, 2, 3]));
    await settled();
    expect(socket().sent).toEqual(["bAQID"]);
    expect(socket().url).toContain("b64=1");
  });

  it("goes on when the layer above throws, and lets the exception be seen", async () => {
    await openSocket();
    const seen = new Promise((resolve) => {
      const others = process.listeners("uncaughtException");
      process.removeAllListeners("uncaughtException");
      process.once("uncaughtException", (error) => {
        for (const other of others) process.on("uncaughtException", other);
        resolve(error);
      });
    });
    const mine = new Error("mine");
    const { onMessage } = client.handler!;
    client.handler!.onMessage = (message) => {
      onMessage(message);
      if (message === "a") throw mine;
    };
    socket().owner.onData("4a");
    socket().owner.onData("4b");
    expect(await seen).toBe(mine);
    expect(toldOf("message")).toEqual([
      ["message", "a"],
      ["message", "b"],
    ]);
    expect(client.readyState).toBe("open");
  });
});

describe("heartbeat", () => {
  it("answers a ping, which moves the deadline", async () => {
    await openSocket();
    platform.clock.advance(1499);
    socket().owner.onData("2");
    platform.clock.advance(1499);
    await settled();
    expect(socket().sent).toEqual(["3"]);
    expect(toldOf("ping")).toHaveLength(1);
    expect(client.readyState).toBe("open");
  });

  it("closes when no ping comes, whatever else does", async () => {
    await openSocket();
    platform.clock.advance(1400);
    socket().owner.onData("4busy");
    platform.clock.advance(101);
    expect(told.at(-1)).toEqual(["close", "ping timeout", undefined]);
    expect(socket().closed).toBe(true);
    expect(platform.clock.timerCount).toBe(0);
  });

  it("knows after a sleep that the ping is overdue, and closes", async () => {
    await openSocket();
    expect(client.hasPingExpired()).toBe(false);
    const now = platform.clock.now() + 1501;
    platform.clock.now = () => now; // the timers were asleep as well
    expect(client.hasPingExpired()).toBe(true);
    await settled();
    expect(told.at(-1)).toEqual(["close", "ping timeout", undefined]);
    expect(client.hasPingExpired()).toBe(false);
  });
});

describe("the end", () => {
  it("tells how the WebSocket closed", async () => {
    await openSocket();
    const event = { code: 1005 };
    socket().owner.onClose(event);
    expect(told.at(-1)).toEqual([
      "close",
      "transport close",
      { description: "websocket connection closed", context: event },
    ]);
    expect([client.id, client.readyState]).toEqual([undefined, "closed"]);
  });

  it("ends on a packet of no known type", async () => {
    await openSocket();
    socket().owner.onData("9");
    const error = expect.objectContaining({ message: "server error" });
    expect(told.slice(-2)).toEqual([
      ["error", error],
      ["close", "transport error", error],
    ]);
  });

  it.each(["1", "3", "6", OPEN])("passes over %s on a WebSocket", async (packet) => {
    await openSocket();
    socket().owner.onData(packet);
    expect([client.readyState, told.length]).toEqual(["open", 1]);
  });

  it("sends what waits before it closes", async () => {
    await openSocket();
    client.send("last").close().send("too late");
    expect(client.readyState).toBe("closing");
    await settled();
    expect(socket().sent).toEqual(["4last"]);
    expect(told.at(-1)).toEqual(["close", "forced close", undefined]);
    expect(socket().closed).toBe(true);
  });

  it("ends once", async () => {
    await openSocket();
    client.close();
    socket().owner.onClose({});
    client.close();
    await settled();
    expect(toldOf("close")).toHaveLength(1);
  });

  it("ends when the device goes offline, unless the server is on it", async () => {
    await openSocket();
    platform.page!.onOffline();
    expect(told.at(-1)).toEqual(["close", "transport close", { description: "network connection lost" }]);
    expect(platform.page).toBeUndefined();
    make({ transports: ["websocket"] }, "http://localhost").open();
    platform.page!.onOffline();
    expect(client.readyState).toBe("opening");
  });

  it("closes silently with the page if told to", async () => {
    await openSocket();
    platform.page!.onLeave();
    expect(socket().closed).toBe(false);
    await openSocket({ closeOnBeforeunload: true });
    platform.page!.onLeave();
    expect([socket().closed, toldOf("close")]).toEqual([true, []]);
  });

  it("ends after the time for a ping when it closed with the page, and the page stayed", async () => {
    await openSocket({ closeOnBeforeunload: true });
    platform.page!.onLeave();
    platform.clock.advance(1501);
    expect(toldOf("close")).toEqual([["close", "ping timeout", undefined]]);
    expect(client.readyState).toBe("closed");
  });
});

describe("the upgrade", () => {
  const upgraded = async (): Promise<void> => {
    socket().owner.onOpen();
    await settled();
    socket().owner.onData("3probe");
    await platform.last("GET").answer("6");
  };
  const openBoth = (options: EngineClientOptions = {}): Promise<void> =>
    openPolling({ transports: ["polling", "websocket"], ...options });

  it("moves to WebSocket and sends there what was held", async () => {
    const heard: string[] = [];
    await openBoth();
    client.on("upgrading", ({ name }) => heard.push(`upgrading ${name}`));
    client.on("upgrade", ({ name }) => heard.push(`upgrade ${name}`));
    expect(socket().url).toContain("sid=s1");
    socket().owner.onOpen();
    await settled();
    expect(socket().sent).toEqual(["2probe"]);
    socket().owner.onData("3probe");
    client.send("held");
    await settled();
    expect([client.writable, client.transport.name]).toEqual([false, "polling"]);
    await platform.last("GET").answer("4late\u001e6");
    expect(socket().sent).toEqual(["2probe", "5", "4held"]);
    expect(heard).toEqual(["upgrading websocket", "upgrade websocket"]);
    expect(toldOf("message")).toEqual([["message", "late"]]);
    expect([client.transport.name, platform.count("GET"), platform.count("POST")]).toEqual([
      "websocket",
      2,
      0,
    ]);
    socket().owner.onData("4on websocket");
    expect(toldOf("message").at(-1)).toEqual(["message", "on websocket"]);
  });

  it("waits for a running POST, too", async () => {
    await openBoth();
    socket().owner.onOpen();
    await settled();
    client.send("by post");
    await settled();
    socket().owner.onData("3probe");
    await platform.last("GET").answer("6");
    expect(socket().sent).toEqual(["2probe"]);
    await platform.last("POST").answer("ok");
    expect(socket().sent).toEqual(["2probe", "5"]);
  });

  it("stays on polling when the WebSocket fails, and releases what was held", async () => {
    const errors: Error[] = [];
    await openBoth();
    client.on("upgradeError", (error) => errors.push(error));
    socket().owner.onOpen();
    await settled();
    socket().owner.onData("3probe");
    client.send("held");
    await settled();
    socket().owner.onClose({ code: 1006 });
    expect(platform.last("POST").request.body).toBe("4held");
    await platform.last("GET").answer("4still here");
    expect(errors.map(({ message }) => message)).toEqual(["probe error: transport closed"]);
    expect(toldOf("message")).toEqual([["message", "still here"]]);
    expect([client.readyState, platform.count("GET")]).toEqual(["open", 3]);
  });

  it("takes polling up again when the WebSocket fails with no request running", async () => {
    await openBoth();
    client.send("slow");
    await settled();
    socket().owner.onOpen();
    await settled();
    socket().owner.onData("3probe");
    await platform.last("GET").answer("6");
    expect(platform.count("GET")).toBe(2);
    socket().owner.onClose({});
    expect(platform.count("GET")).toBe(3);
  });

  it("closes only after the move when it is closed during it", async () => {
    await openBoth();
    socket().owner.onOpen();
    await settled();
    socket().owner.onData("3probe");
    client.close();
    await settled();
    expect(client.readyState).toBe("closing");
    await platform.last("GET").answer("6");
    expect(socket().sent).toEqual(["2probe", "5"]);
    expect(told.at(-1)).toEqual(["close", "forced close", undefined]);
    expect([socket().closed, platform.count("POST")]).toEqual([true, 0]);
  });

  it("drops the WebSocket when the session ends first", async () => {
    await openBoth();
    await platform.last("GET").answer("1");
    expect([socket().closed, client.readyState]).toEqual([true, "closed"]);
  });

  it("does not begin if told not to, or if the server does not offer it", async () => {
    await openBoth({ upgrade: false });
    make({ transports: ["polling", "websocket"] }).open();
    await platform.last("GET").answer(OPEN.replace('"websocket"', ""));
    expect(platform.sockets).toEqual([]);
  });

  it("is remembered", async () => {
    await openBoth();
    expect(EngineClient.priorWebsocketSuccess).toBe(false);
    await upgraded();
    expect(EngineClient.priorWebsocketSuccess).toBe(true);
  });
});

describe("a listener that fails", () => {
  const bug = new Error("a bug");
  const throws = (): never => {
    throw bug;
  };
  const rejects: () => unknown = () => Promise.reject(bug);

  it("is reported to the layer above, and the session goes on", async () => {
    await openSocket();
    client.on("packet", throws).on("message", rejects);
    socket().owner.onData("4hello");
    await settled();
    expect(toldOf("message")).toEqual([["message", "hello"]]);
    expect(toldOf("handler_error")).toEqual([
      ["handler_error", bug, "packet"],
      ["handler_error", bug, "message"],
    ]);
  });

  it("is reported as the callback of a message that has left", async () => {
    await openSocket();
    client.send("hello", throws);
    await settled();
    socket().owner.onSent();
    expect(toldOf("handler_error")).toEqual([["handler_error", bug, "send"]]);
    expect(client.readyState).toBe("open");
  });

  it("is told to listeners of `handler_error` where there is no layer above, or printed", async () => {
    const print = vi.spyOn(console, "error").mockReturnValue(undefined);
    const reported = vi.fn();
    make({ transports: ["websocket"] }).handler = undefined;
    client.on("open", throws).on("ping", throws).open();
    socket().owner.onOpen();
    socket().owner.onData(OPEN);
    expect(print).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('"open"'), bug);
    client.on("handler_error", reported);
    socket().owner.onData("2");
    expect(reported).toHaveBeenCalledExactlyOnceWith(bug, { event: "ping" });
    client.on("handler_error", throws);
    socket().owner.onData("2");
    expect(print).toHaveBeenLastCalledWith(expect.stringContaining('"handler_error"'), bug);
    print.mockRestore();
  });
});
