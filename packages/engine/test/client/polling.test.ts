import { beforeEach, describe, expect, it } from "vitest";
import { EngineClient } from "../../src/client/engine-client.ts";
import type { EngineClientOptions } from "../../src/client/options.ts";
import { TransportError } from "../../src/shared/errors.ts";
import { FakePlatform, FakePolling, OPEN, settled } from "./fake-platform.ts";

let platform: FakePlatform;
let client: EngineClient;
let messages: unknown[];
let closed: unknown[][];

beforeEach(() => open({}));

/** A session on polling, whose next GET waits. */
async function open(options: EngineClientOptions): Promise<void> {
  platform = new FakePlatform();
  client = new EngineClient("http://example.test", options, { platform, transports: [FakePolling] });
  messages = [];
  closed = [];
  client.on("message", (message) => messages.push(message));
  client.on("close", (...args) => closed.push(args));
  client.open();
  await platform.last("GET").answer(OPEN);
}

const bodies = (): unknown[] =>
  platform.requests.map(({ request }) => request.body).filter((body) => body !== undefined);

describe("polling", () => {
  it("asks again after each answer", async () => {
    await platform.last("GET").answer("4a\u001e4b\u001ebAQI=");
    expect(messages).toEqual(["a", "b", Buffer.from([1, 2])]);
    expect(platform.count("GET")).toBe(3);
  });

  it("posts one batch at a time, each within the server's maxPayload", async () => {
    for (let i = 0; i < 4; i++) client.send("x".repeat(40));
    client.send("y".repeat(200));
    await settled();
    const sizes = [];
    while (client.readyState === "open" && bodies().length > sizes.length) {
      sizes.push(String(bodies().at(-1)).length);
      await platform.last("POST").answer("ok");
    }
    expect(sizes).toEqual([83, 83, 201]);
  });

  it("is not writable while a POST runs", async () => {
    expect(client.writable).toBe(true);
    client.send("a");
    await settled();
    expect(client.writable).toBe(false);
    client.send("b").send("c");
    await settled();
    expect(bodies()).toEqual(["4a"]);
    await platform.last("POST").answer("ok");
    expect(bodies()).toEqual(["4a", "4b\u001e4c"]);
  });

  it("says b64 once, with the handshake", async () => {
    await open({ forceBase64: true });
    expect(platform.requests.map(({ query }) => query.get("b64"))).toEqual(["1", null]);
  });

  it("tells that the server closed, and does not answer", async () => {
    await platform.last("GET").answer("4last\u001e1\u001e4never");
    expect(messages).toEqual(["last"]);
    expect(closed).toEqual([["transport close", { description: "transport closed by the server" }]]);
    expect(platform.requests).toHaveLength(2);
  });

  it.each(["", "4a\u001e\u001e4b", "4a\u001e9"])("ends on the invalid payload %j", async (payload) => {
    await platform.last("GET").answer(payload);
    expect(closed).toEqual([["transport error", expect.objectContaining({ message: "server error" })]]);
    expect(messages).toEqual(payload === "" ? [] : ["a"]);
    expect(bodies()).toEqual(["1"]);
  });

  it("ends with xhr poll error when a GET fails", async () => {
    await platform.last("GET").answer('{"code":1}', 400);
    expect(closed).toEqual([["transport error", expect.any(TransportError)]]);
    expect(closed[0]?.[1]).toMatchObject({ message: "xhr poll error", description: 400 });
  });

  it("ends with xhr post error when a POST fails, and still says goodbye", async () => {
    client.send("too long");
    await settled();
    await platform.last("POST").answer("", 413);
    expect(closed).toEqual([
      ["transport error", expect.objectContaining({ message: "xhr post error", description: 413 })],
    ]);
    expect(bodies()).toEqual(["4too long", "1"]);
  });

  it("closes with a POST, and leaves the GET to be answered by it", async () => {
    client.close();
    await settled();
    const get = platform.last("GET");
    expect(bodies()).toEqual(["1"]);
    expect([platform.last("POST").request.keepalive, get.request.signal.aborted]).toEqual([true, false]);
    await platform.last("POST").answer("ok");
    expect(get.request.signal.aborted).toBe(true);
    expect(closed).toEqual([["forced close", undefined]]);
  });

  it("does not wait for ever to say goodbye", () => {
    client.close();
    platform.clock.advance(5000);
    expect(platform.last("POST").request.signal.aborted).toBe(true);
  });

  it("waits for the last POST before it closes", async () => {
    client.send("a").close();
    await settled();
    expect(bodies()).toEqual(["4a"]);
    await platform.last("POST").answer("ok");
    expect(bodies()).toEqual(["4a", "1"]);
  });

  it("breaks off its requests when the session ends while a POST runs", async () => {
    client.send("a");
    await settled();
    platform.clock.advance(1501);
    expect(closed).toEqual([["ping timeout", undefined]]);
    expect(platform.requests.slice(1).map(({ request }) => request.signal.aborted)).toEqual([true, true]);
  });

  it.each([0, Infinity, 2 ** 31])("waits for ever with a requestTimeout of %d", async (requestTimeout) => {
    await open({ requestTimeout });
    expect(platform.clock.timerCount).toBe(1); // that of the heartbeat
    expect(client.readyState).toBe("open");
  });

  it("gives up a request after requestTimeout", async () => {
    await open({ requestTimeout: 100 });
    platform.clock.advance(100);
    await settled();
    expect(closed).toEqual([
      ["transport error", expect.objectContaining({ message: "xhr poll error", description: 0 })],
    ]);
    expect(platform.clock.timerCount).toBe(1); // that of the last POST
  });

  it("hands over nothing after a listener closed it", async () => {
    client.once("message", () => client.close());
    await platform.last("GET").answer("4a\u001e4b");
    expect(messages).toEqual(["a"]);
  });
});
