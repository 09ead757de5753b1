import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { Capacity } from "../../src/server/capacity.ts";
import { clientAddress } from "../../src/server/client-address.ts";
import { LoopDelay } from "../../src/server/loop-delay.ts";
import { type EngineLimits, resolveOptions } from "../../src/server/options.ts";
import { FakeClock } from "../shared/fake-clock.ts";
import { BASE, serve, type TestServer, until, upgradeRequest } from "./harness.ts";

/** A request of the client that the last proxy saw at `address`. */
function requestFrom(forwarded?: string): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  if (forwarded !== undefined) request.headers["x-forwarded-for"] = forwarded;
  return request;
}

function capacityOf(limits: EngineLimits, clock = new FakeClock()): Capacity {
  return new Capacity(resolveOptions({ limits, trustProxy: true }), clock);
}

describe("the capacity of a server", () => {
  it("has no end by default", () => {
    const capacity = capacityOf({});
    for (let open = 0; open < 1_000; open++) expect(capacity.check(requestFrom("a"), open)).toBeUndefined();
  });

  it("ends at maxConnections", () => {
    const capacity = capacityOf({ maxConnections: 2 });
    expect(capacity.check(requestFrom(), 1)).toBeUndefined();
    expect(capacity.check(requestFrom(), 2)).toMatchObject({ code: 6, context: { name: "MAX_CONNECTIONS" } });
  });

  it("is one for each address, and given back", () => {
    const capacity = capacityOf({ maxConnectionsPerAddress: 2 });
    for (const id of ["1", "2"]) capacity.opened({ id }, requestFrom("a"));
    const refusal = { code: 6, context: { name: "MAX_CONNECTIONS_PER_ADDRESS", address: "a" } };
    expect(capacity.check(requestFrom("a"), 2)).toMatchObject(refusal);
    expect(capacity.check(requestFrom("b"), 2)).toBeUndefined();
    capacity.closed({ id: "1" });
    capacity.closed({ id: "1" });
    capacity.closed({ id: "unknown" });
    expect(capacity.check(requestFrom("a"), 1)).toBeUndefined();
    capacity.opened({ id: "3" }, requestFrom("a"));
    expect(capacity.check(requestFrom("a"), 2)).toMatchObject(refusal);
  });

  it("is so many handshakes a second, and says when to come again", () => {
    const clock = new FakeClock();
    const capacity = capacityOf({ handshakesPerSecond: 2 }, clock);
    const outcomes = [1, 2, 3].map(() => capacity.check(requestFrom(), 0));
    expect(outcomes).toEqual([
      undefined,
      undefined,
      { code: 6, context: { name: "HANDSHAKE_RATE" }, retryAfterS: 1 },
    ]);
    clock.advance(500);
    expect(capacity.check(requestFrom(), 0)).toBeUndefined();
  });

  it("ends while the event loop is late, and not longer", () => {
    const clock = new FakeClock();
    const late = new LateClock(clock);
    const capacity = new Capacity(resolveOptions({ limits: { maxEventLoopDelay: 50 } }), late);
    clock.advance(100);
    expect(capacity.check(requestFrom(), 0)).toBeUndefined();
    late.latenessMs = 80;
    clock.advance(300);
    expect(capacity.check(requestFrom(), 0)).toMatchObject({
      context: { name: "EVENT_LOOP_DELAY", delayMs: 80 },
    });
    late.latenessMs = 0;
    clock.advance(300);
    expect(capacity.check(requestFrom(), 0)).toBeUndefined();
    capacity.stop();
    expect(clock.timerCount).toBe(0);
  });
});

/** A clock whose timers are late. */
class LateClock extends FakeClock {
  latenessMs = 0;
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    super();
    this.#clock = clock;
  }

  override now(): number {
    return this.#clock.now();
  }

  override setTimeout(callback: () => void, delayMs: number): unknown {
    return this.#clock.setTimeout(callback, delayMs + this.latenessMs);
  }

  override clearTimeout(timer: unknown): void {
    this.#clock.clearTimeout(timer);
  }
}

describe("the delay of the event loop", () => {
  it("is zero before it was measured, and while timers are in time", () => {
    const clock = new FakeClock();
    const delay = new LoopDelay(clock);
    delay.start();
    clock.advance(1_000);
    expect(delay.currentMs).toBe(0);
  });
});

describe("the address of a client", () => {
  it.each<[string | undefined, number, string]>([
    ["1.1.1.1, 2.2.2.2", 0, ""],
    ["1.1.1.1, 2.2.2.2", 1, "2.2.2.2"],
    ["1.1.1.1, 2.2.2.2", 2, "1.1.1.1"],
    ["1.1.1.1, 2.2.2.2", 3, "1.1.1.1"],
    [undefined, 1, ""],
  ])("of %j behind %d proxies is %j", (forwarded, proxies, address) => {
    expect(clientAddress(requestFrom(forwarded), proxies)).toBe(address);
  });
});

describe("a server without room", () => {
  const LIMITS: EngineLimits = { maxConnections: 1 };

  /** The status line and headers of the answer to a WebSocket handshake. */
  const upgrade = (server: TestServer): Promise<string> =>
    server.raw(upgradeRequest(`${BASE}&transport=websocket`));

  it("answers polling with 503, and closes the connection", async () => {
    const server = await serve({ limits: LIMITS });
    await server.poll();
    const { status, headers, body } = await server.ask(`${BASE}&transport=polling`);
    expect([status, headers["retry-after"], headers.connection]).toEqual([503, "5", "close"]);
    expect(body).toBe('{"code":6,"message":"Service unavailable"}');
    expect(server.errors).toMatchObject([{ code: 6, context: { name: "MAX_CONNECTIONS" } }]);
  });

  it("answers WebSockets with 503", async () => {
    const server = await serve({ limits: LIMITS });
    await server.poll();
    const answer = await upgrade(server);
    expect(answer).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(answer).toContain("\r\nRetry-After: 5\r\n");
    expect(server.errors).toMatchObject([{ code: 6, context: { name: "MAX_CONNECTIONS" } }]);
  });

  it("has room again when a session ends, and lets those that are open upgrade", async () => {
    const server = await serve({ limits: { maxConnections: 1, maxConnectionsPerAddress: 1 } });
    const first = await server.poll();
    const candidate = await server.webSocket(`&sid=${first.sid}`).opened();
    candidate.send("2probe");
    expect(await candidate.next()).toBe("3probe");
    server.session.close(true);
    await until(() => server.engine.clientsCount === 0);
    await server.poll();
    expect(server.errors).toEqual([]);
  });

  it("counts those that waited for allowRequest", async () => {
    const waiting: (() => void)[] = [];
    const server = await serve({
      limits: LIMITS,
      allowRequest: (_request, callback) => waiting.push(() => callback(null, true)),
    });
    const asked = [1, 2].map(() => server.ask(`${BASE}&transport=polling`));
    await until(() => waiting.length === 2);
    for (const goOn of waiting) goOn();
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 503]);
  });

  it("that is drained goes on for those that are there", async () => {
    const server = await serve();
    const client = await server.open();
    server.engine.drain();
    const { status, headers } = await server.ask(`${BASE}&transport=polling`);
    expect([status, headers["retry-after"]]).toEqual([503, "5"]);
    expect(await upgrade(server)).toMatch(/^HTTP\/1\.1 503 /);
    server.session.send("still here");
    expect(await client.next()).toBe("4still here");
    expect(server.errors.map(({ context }) => context["name"])).toEqual(["DRAINING", "DRAINING"]);
  });
});
