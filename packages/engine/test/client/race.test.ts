/** How a session begins where the application leaves the transports to the client. */
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { EngineClient } from "../../src/client/engine-client.ts";
import type { EngineClientOptions } from "../../src/client/options.ts";
import { TransportError } from "../../src/shared/errors.ts";
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
let told: unknown[][];

beforeEach(() => {
  platform = new FakePlatform();
  EngineClient.priorWebsocketSuccess = false;
});

function open(options: EngineClientOptions = {}, former?: EngineClient, classes = transports): EngineClient {
  client = new EngineClient("http://example.test", options, { platform, transports: classes });
  told = [];
  client.on("open", () => told.push(["open", client.transport.name]));
  client.on("error", (error) => told.push(["error", error.message]));
  client.on("close", (reason) => told.push(["close", reason]));
  return client.open(former);
}

const socket = (): FakeWebSocket => platform.sockets.at(-1)!;
const tried = (): [number, number] => [platform.sockets.length, platform.count("GET")];

/** The WebSocket brings the open packet. */
async function winByWebSocket(): Promise<void> {
  socket().owner.onOpen();
  socket().owner.onData(OPEN.replace('"websocket"', ""));
  await settled();
}

/** Polling brings the open packet. */
async function winByPolling(upgrades = ""): Promise<void> {
  await platform.last("GET").answer(OPEN.replace('"websocket"', upgrades));
}

describe("the default choice", () => {
  it("begins with WebSocket alone, and leaves no timer of its own when that is open", async () => {
    open();
    expect(tried()).toEqual([1, 0]);
    platform.clock.advance(499);
    await winByWebSocket();
    expect(platform.clock.timerCount).toBe(1); // of the pings
    expect([tried(), told]).toEqual([[1, 0], [["open", "websocket"]]]);
  });

  it("starts polling beside a WebSocket that is not open after 500 ms", async () => {
    open();
    platform.clock.advance(499);
    expect(tried()).toEqual([1, 0]);
    platform.clock.advance(1);
    expect([tried(), socket().closed]).toEqual([[1, 1], false]);
  });

  it("takes a WebSocket without open packet for one that is not open", () => {
    open();
    socket().owner.onOpen();
    platform.clock.advance(500);
    expect(tried()).toEqual([1, 1]);
  });

  it("keeps polling if that is first, and drops the WebSocket without a word", async () => {
    open();
    platform.clock.advance(500);
    await winByPolling();
    expect([socket().closed, client.transport.name, told]).toEqual([true, "polling", [["open", "polling"]]]);
    socket().owner.onError(new Error("aborted"));
    socket().owner.onClose({});
    expect([client.readyState, told.length]).toEqual(["open", 1]);
  });

  it("keeps the WebSocket if that is first, and takes leave of the session that polling opens late", async () => {
    open();
    platform.clock.advance(500);
    await winByWebSocket();
    expect(told).toEqual([["open", "websocket"]]);
    await platform.last("GET").answer(OPEN.replace("s1", "s2"));
    const leave = platform.last("POST");
    expect([leave.query.get("sid"), leave.request.body]).toEqual(["s2", "1"]);
    await leave.answer("ok");
    expect([client.id, client.readyState, told.length, platform.count("GET")]).toEqual(["s1", "open", 1, 1]);
  });

  it("starts polling at once when the WebSocket fails, and says nothing of that", async () => {
    open();
    socket().owner.onError(new Error("refused"));
    expect(tried()).toEqual([1, 1]);
    platform.clock.advance(500);
    expect([tried(), told]).toEqual([[1, 1], []]);
    await winByPolling();
    expect(told).toEqual([["open", "polling"]]);
  });

  it.each([
    ["closes", (): void => socket().owner.onClose({ code: 1006 })],
    ["sends no packet", (): void => socket().owner.onData("garbage")],
    ["sends a wrong open packet", (): void => socket().owner.onData('0{"sid":5}')],
  ])("starts polling at once when the WebSocket %s", (_what, fail) => {
    open();
    socket().owner.onOpen();
    fail();
    expect([tried(), socket().closed, told]).toEqual([[1, 1], true, []]);
  });

  it("goes on with the WebSocket when polling beside it fails", async () => {
    open();
    platform.clock.advance(500);
    await platform.last("GET").answer("", 502);
    expect(told).toEqual([]);
    await winByWebSocket();
    expect(told).toEqual([["open", "websocket"]]);
  });

  it.each([
    ["polling last", false],
    ["WebSocket last", true],
  ])("fails once, as polling does, with both errors behind it: %s", async (_name, webSocketLast) => {
    const errors: Error[] = [];
    const cause = new Error("refused");
    open().on("error", (error) => errors.push(error));
    if (webSocketLast) platform.clock.advance(500);
    else socket().owner.onError(cause);
    await platform.last("GET").answer("", 502);
    if (webSocketLast) socket().owner.onError(cause);
    expect(told).toEqual([
      ["error", "xhr poll error"],
      ["close", "transport error"],
    ]);
    expect(errors[0]).toBeInstanceOf(TransportError);
    expect(errors[0]).toMatchObject({
      description: 502,
      context: { status: 502 },
      cause: {
        message: "websocket error, xhr poll error",
        errors: [{ description: cause }, { description: 502 }],
      },
    });
    expect([platform.clock.timerCount, client.readyState]).toEqual([0, "closed"]);
  });

  it.each([0, 500])("is closed in the middle, after %i ms, and leaves nothing behind", async (ms) => {
    open();
    platform.clock.advance(ms);
    client.close();
    expect([told, socket().closed]).toEqual([[["close", "forced close"]], true]);
    if (ms > 0) {
      await platform.last("GET").answer(OPEN);
      expect(platform.last("POST").request.body).toBe("1");
      await platform.last("POST").answer("ok");
    }
    platform.clock.advance(10_000);
    expect([tried(), platform.clock.timerCount]).toEqual([[1, ms > 0 ? 1 : 0], 0]);
  });

  it("fails when the device goes offline meanwhile", () => {
    open();
    platform.clock.advance(500);
    platform.page!.onOffline();
    expect(told).toEqual([
      ["error", "network connection lost"],
      ["close", "transport close"],
    ]);
    expect(socket().closed).toBe(true);
  });

  it("moves a session on polling to WebSocket, if the server offers it and `upgrade` allows it", async () => {
    open();
    socket().owner.onError(new Error("refused"));
    await winByPolling('"websocket"');
    expect([platform.sockets.length, socket().url]).toEqual([2, expect.stringContaining("sid=s1")]);
    open({ upgrade: false });
    socket().owner.onError(new Error("refused"));
    await winByPolling('"websocket"');
    expect(platform.sockets.length).toBe(3);
  });

  it("is of one transport where there is no other", () => {
    open({}, undefined, [FakeWebSocketTransport]);
    platform.clock.advance(10_000);
    socket().owner.onError(new Error("refused"));
    expect([tried(), told[0]]).toEqual([
      [1, 0],
      ["error", "websocket error"],
    ]);
  });

  it("begins with polling where only that can carry the headers", () => {
    class Browsers extends FakeWebSocketTransport {
      static readonly takesHeaders = false;
    }
    const classes = [Browsers, FakePolling];
    open({}, undefined, classes);
    expect(tried()).toEqual([1, 0]);
    client.close();
    open({ extraHeaders: { authorization: "x" } }, undefined, classes);
    open({ transportOptions: { polling: { extraHeaders: { authorization: "x" } } } }, undefined, classes);
    platform.clock.advance(500);
    expect(tried()).toEqual([1, 2]);
    open({ extraHeaders: { authorization: "x" } }, undefined, [Browsers]);
    expect(platform.sockets.length).toBe(2);
  });
});

describe("a race that has a greeting", () => {
  const confirmed = OPEN.replace('"upgrades"', '"race":true,"upgrades"').replace('"websocket"', "");
  const greet = (classes = transports): void => {
    client = new EngineClient("http://example.test", {}, { platform, transports: classes });
    client.open(undefined, () => ({ hello: "x" }));
  };

  it("says it on both transports, with one name for the race, which differs from race to race", async () => {
    greet();
    await settled();
    platform.clock.advance(500);
    const { searchParams } = new URL(socket().url);
    expect(searchParams.get("telsiz-race")).toMatch(/^\d+-\d+-\d+-\d+$/);
    for (const name of ["hello", "telsiz-race"]) {
      expect(platform.last("GET").query.get(name)).toBe(searchParams.get(name));
    }
    greet();
    await settled();
    expect(new URL(socket().url).searchParams.get("telsiz-race")).not.toBe(searchParams.get("telsiz-race"));
  });

  it("has no name where there is one transport", async () => {
    greet([FakeWebSocketTransport]);
    await settled();
    expect(socket().url).toMatch(/hello=x$/);
  });

  it("has its name also where there is nothing to say", async () => {
    open();
    const name = new URL(socket().url).searchParams.get("telsiz-race");
    greet();
    expect(name).toMatch(/^\d+-\d+-\d+-\d+$/);
    await settled();
  });

  it("has no name where the platform has nothing that nobody can guess", async () => {
    vi.stubGlobal("crypto", undefined);
    onTestFinished(() => void vi.unstubAllGlobals());
    greet();
    await settled();
    platform.clock.advance(500);
    expect(socket().url).toMatch(/hello=x$/);
    expect([...platform.last("GET").query.keys()]).toContain("hello");
    expect([...platform.last("GET").query.keys()]).not.toContain("telsiz-race");
  });

  it("tells the server by a noop that the WebSocket is kept, and does not end its session over polling", async () => {
    greet();
    await settled();
    platform.clock.advance(500);
    socket().owner.onOpen();
    socket().owner.onData(confirmed);
    await settled();
    expect(socket().sent).toEqual(["6"]);
    await platform.last("GET").answer(confirmed);
    expect(platform.count("POST")).toBe(0);
  });

  it("tells it by the next request that polling is kept", async () => {
    greet();
    await settled();
    platform.clock.advance(500);
    await platform.last("GET").answer(confirmed);
    expect([platform.count("GET"), platform.count("POST"), socket().closed]).toEqual([2, 0, true]);
  });

  it("sends no noop to a server that knows nothing of races, and leaves a session of its own there", async () => {
    greet();
    await settled();
    platform.clock.advance(500);
    await winByWebSocket();
    await platform.last("GET").answer(OPEN.replace("s1", "s2"));
    expect([socket().sent, platform.last("POST").request.body]).toEqual([[], "1"]);
  });
});

describe("what is remembered for the next connection", () => {
  it("is told by priorWebsocketSuccess, which may be set", async () => {
    open();
    await winByWebSocket();
    expect(EngineClient.priorWebsocketSuccess).toBe(true);
    open();
    socket().owner.onError(new Error("refused"));
    await winByPolling();
    expect(EngineClient.priorWebsocketSuccess).toBe(false);
    EngineClient.priorWebsocketSuccess = true;
    const gets = platform.count("GET");
    open({ transports: ["polling", "websocket"], rememberUpgrade: true });
    expect(tried()).toEqual([3, gets]);
  });

  it("is that polling was it: then WebSocket starts beside it", async () => {
    const former = open();
    socket().owner.onError(new Error("refused"));
    await winByPolling();
    open({}, former);
    expect(tried()).toEqual([1, 3]);
    platform.clock.advance(500);
    expect(tried()).toEqual([2, 3]);
    await winByWebSocket();
    open({}, client);
    expect(tried()).toEqual([3, 3]);
  });

  it("is a transport that the session has moved to", async () => {
    const former = open();
    socket().owner.onError(new Error("refused"));
    await winByPolling('"websocket"');
    socket().owner.onOpen();
    await settled();
    socket().owner.onData("3probe");
    const gets = platform.count("GET");
    open({}, former);
    expect(tried()).toEqual([3, gets]);
  });

  it("is nothing after a failure of all, nor where the application has chosen", async () => {
    const former = open();
    socket().owner.onError(new Error("refused"));
    await winByPolling();
    const failed = open({}, former);
    await platform.last("GET").answer("", 502);
    socket().owner.onError(new Error("refused"));
    const gets = platform.count("GET");
    open({}, failed);
    expect(tried()).toEqual([3, gets]);
    open({ transports: ["websocket", "polling"] }, former);
    expect(tried()).toEqual([4, gets]);
  });
});
