/** What a session holds for a peer that does not take it (security.md A4, A5, rows 6 and 7). */
import { once } from "node:events";
import { afterEach, describe, expect, it, vi } from "vitest";
import { OptionError } from "@telsiz/events";
import {
  type EngineOptions,
  EngineServer,
  PreparedPacket,
  SlowConsumerError,
} from "../../src/server/index.ts";
import { heldSession, HeldTransport, turnEnd } from "./held-session.ts";
import { nextClose, serve, until, upgradeRequest, BASE } from "./harness.ts";

/** What keeping a packet counts for beyond its bytes. */
const PACKET_COST = 128;

const KIB = "x".repeat(1023); // and the type's digit

/** A session whose transport is full, and its transport. */
function fullSession(
  limits: EngineOptions["limits"],
  options: EngineOptions = {},
): ReturnType<typeof heldSession> {
  const held = heldSession({ ...options, limits });
  held.transport.bufferedBytes = 0;
  return held;
}

/** A transport that keeps texts as bytes. */
class KeepingTransport extends HeldTransport {
  kept = 0;

  keep(texts: readonly string[]): number {
    const bytes = texts.reduce((sum, text) => sum + text.length, 0);
    this.sent.push(...texts);
    this.kept += texts.length;
    this.bufferedBytes += bytes;
    return bytes;
  }
}

/** A session whose transport is full, which keeps texts as bytes. */
function keepingSession(
  limits: EngineOptions["limits"],
  options: EngineOptions = {},
): ReturnType<typeof heldSession<KeepingTransport>> {
  const held = heldSession({ ...options, limits }, new KeepingTransport());
  held.transport.bufferedBytes = 0;
  return held;
}

describe("the ledger of a session", () => {
  it("counts what waits here and in the transport, text by its bytes", () => {
    const { session, transport } = fullSession({});
    transport.bufferedBytes = 5;
    session.send("é"); // two bytes, and the digit
    session.send(new Uint8Array(10));
    expect(session.bufferedAmount).toBe(5 + 3 + 10);
    transport.drain();
    expect(session.bufferedAmount).toBe(2 + 10); // the fake counts UTF-16 units
    transport.drain();
    expect(session.bufferedAmount).toBe(0);
  });

  it("counts what a polling client does not fetch", async () => {
    const server = await serve();
    await server.poll();
    for (let index = 0; index < 100; index++) server.session.send(KIB);
    expect(server.session.bufferedAmount).toBe(100 * 1024);
  });

  it("counts what the kernel has not accepted", async () => {
    const server = await serve();
    const socket = await server.connect();
    socket.write(upgradeRequest(`${BASE}&transport=websocket`));
    await once(socket, "data");
    socket.pause();
    const { session } = server;
    session.send("y".repeat(12_000_000));
    await until(() => session.writeBuffer.length === 0);
    const waits = session.bufferedAmount;
    expect(waits).toBeGreaterThan(1_000_000);
    session.send(KIB);
    expect(session.bufferedAmount).toBe(waits + 1024);
    socket.destroy();
    await nextClose(session);
  });

  it("hands a long queue over in parts, in order", () => {
    const { session, transport } = fullSession({});
    for (let index = 0; index < 1000; index++) session.send(`${index} ${KIB}`);
    transport.drain();
    while (transport.bufferedBytes > 0) transport.drain();
    expect(Math.max(...transport.batches)).toBeLessThan(300);
    const numbers = transport.texts.map((text) => Number.parseInt((text as string).slice(1), 10));
    expect(numbers).toEqual(Array.from({ length: 1000 }, (_, index) => index));
  });
});

describe("a long queue of texts", () => {
  it("is kept by the transport as bytes, and counts for no more than those", async () => {
    const { session, transport } = keepingSession({
      maxBufferedBytes: 900 * 100 + 200 * PACKET_COST,
    });
    for (let index = 0; index < 900; index++) {
      session.send("x".repeat(99));
      if (index % 200 === 199) await turnEnd();
    }
    expect(transport.kept).toBe(800);
    expect([session.queuedPackets, session.writeBuffer.length]).toEqual([900, 100]);
    expect([session.bufferedAmount, session.readyState]).toEqual([900 * 100, "open"]);
    transport.drain();
    expect([session.queuedPackets, transport.texts.length]).toEqual([0, 900]);
  });

  it("waits as it is where it is shared, and behind what is", async () => {
    const { session, transport } = keepingSession({});
    session.sendPacket(new PreparedPacket(`4${KIB}`));
    for (let index = 0; index < 100; index++) session.send(KIB);
    await turnEnd();
    expect([transport.kept, session.writeBuffer.length]).toEqual([0, 101]);
  });

  it("is told of by flush when the transport is given it", async () => {
    const { session, transport } = keepingSession({});
    const flushed: unknown[] = [];
    session.on("flush", (packets) => flushed.push(packets.length));
    for (let index = 0; index < 20; index++) session.send(KIB);
    await turnEnd();
    transport.drain();
    expect(flushed).toEqual([20]);
  });

  it("is dropped when a listener of flush ends the transport, or the session", async () => {
    for (const end of ["transport", "session"] as const) {
      const { session, transport } = keepingSession({});
      const closed = nextClose(session);
      session.on("flush", () => (end === "transport" ? transport.close() : session.close(true)));
      for (let index = 0; index < 20; index++) session.send(KIB);
      await turnEnd();
      expect([session.readyState, transport.kept, session.queuedPackets]).toEqual(["closed", 0, 0]);
      expect((await closed)[0]).toBe(end === "transport" ? "transport close" : "forced close");
    }
  });

  it("ends a session of which nothing is taken while it grows, and no other", async () => {
    for (const taken of [0, 1]) {
      const { session, transport, clock } = keepingSession({}, { pingInterval: 1000, pingTimeout: 500 });
      for (let elapsed = 0; elapsed < 3000; elapsed += 100) {
        for (let index = 0; index < 20; index++) session.send(KIB);
        await turnEnd();
        transport.bufferedBytes -= taken;
        clock.advance(100);
        transport.handler.onControl("pong", "");
      }
      expect(session.readyState).toBe(taken === 0 ? "closed" : "open");
    }
  });
});

describe("a session that holds more than limits.maxBufferedBytes", () => {
  it("ends at the end of the turn, with the reason and what waited, and lets go of the transport", async () => {
    const { session, transport } = fullSession({ maxBufferedBytes: 10 * (1024 + PACKET_COST) });
    const reasons: unknown[] = [];
    session.on("close", (...args) => reasons.push(args));
    for (let index = 0; index < 10; index++) session.send(KIB);
    expect(session.readyState).toBe("open");
    session.send(KIB);
    expect(reasons).toEqual([]);
    session.send("is not taken any more");
    expect([session.readyState, session.bufferedAmount]).toEqual(["closing", 0]);
    await turnEnd();
    expect(reasons).toEqual([["slow consumer", expect.any(SlowConsumerError)]]);
    const [[, error]] = reasons as [[string, SlowConsumerError]];
    expect(error).toMatchObject({ code: "TELSIZ_SLOW_CONSUMER", bufferedAmount: 11 * 1024, packets: 11 });
    expect(transport.ended).toBe("destroyed");
  });

  it("keeps its reason when the transport ends or drains before the turn does", async () => {
    for (const meanwhile of ["close", "drain"] as const) {
      const { session, transport } = fullSession({ maxBufferedBytes: 1000 });
      session.send("a");
      const closed = nextClose(session);
      session.send(KIB);
      transport[meanwhile]();
      expect((await closed)[0]).toBe("slow consumer");
    }
  });

  it("counts very short packets for what keeping them takes", async () => {
    const { session } = fullSession({ maxBufferedBytes: 100 * PACKET_COST });
    for (let index = 0; index < 100; index++) session.send("");
    await turnEnd();
    expect(session.readyState).toBe("closed");
  });

  it("takes one message of any length when nothing waits, and what comes behind it up to the limit", async () => {
    const { session, transport } = heldSession({ limits: { maxBufferedBytes: 10_000 } });
    transport.drain();
    session.send("x".repeat(200_000));
    expect(session.bufferedAmount).toBeGreaterThan(200_000);
    session.send(KIB);
    await turnEnd();
    expect(session.readyState).toBe("open");
    transport.drain();
    while (transport.bufferedBytes > 0) transport.drain();
    session.send(KIB);
    await turnEnd();
    for (let index = 0; index < 10; index++) session.send(KIB);
    await turnEnd();
    expect(session.readyState).toBe("closed");
  });

  it("takes the parts of one event as one message", async () => {
    const { session, transport } = heldSession({ limits: { maxBufferedBytes: 10_000 } });
    transport.drain();
    session.sendPackets(["451-[]", new Uint8Array(100_000), new Uint8Array(100_000)]);
    await turnEnd();
    expect(session.readyState).toBe("open");
  });

  it("lets a backlog through that is held elsewhere", async () => {
    const { session } = fullSession({ maxBufferedBytes: 5000 });
    session.allowBacklog(20_000, 10);
    for (let index = 0; index < 10; index++) session.send(KIB);
    await turnEnd();
    expect(session.readyState).toBe("open");
  });

  it("asks the function that was given, and again when as much was added", async () => {
    const asked: number[] = [];
    const { session } = fullSession({
      maxBufferedBytes: 2000,
      onOverflow: (slow, { bufferedAmount, packets }) => {
        expect([slow, packets]).toEqual([session, bufferedAmount / 1024]);
        asked.push(packets);
        return packets < 6 ? "keep" : "disconnect";
      },
    });
    for (let index = 0; index < 10; index++) session.send(KIB);
    await turnEnd();
    expect(asked).toEqual([2, 4, 6]);
    expect(session.readyState).toBe("closed");
  });

  it("ends, and reports the error, when the function throws", async () => {
    const { session, engine } = fullSession({
      maxBufferedBytes: 1000,
      onOverflow: () => {
        throw new Error("oops");
      },
    });
    const failures: unknown[] = [];
    engine.on("handler_error", (error, { event }) => failures.push([(error as Error).message, event]));
    session.send("a");
    session.send(KIB);
    await turnEnd();
    expect(failures).toEqual([["oops", "onOverflow"]]);
    expect(session.readyState).toBe("closed");
  });

  it("is let go on real connections, on both transports", async () => {
    const server = await serve({ limits: { maxBufferedBytes: 1_000_000 } });
    const socket = await server.connect();
    socket.write(upgradeRequest(`${BASE}&transport=websocket`));
    await once(socket, "data");
    socket.pause();
    await server.poll();
    const sessions = [...server.engine.clients.values()];
    expect(sessions).toHaveLength(2);
    const closes = sessions.map(nextClose);
    while (server.engine.clientsCount > 0) {
      for (const session of sessions) session.send(KIB);
      await turnEnd();
    }
    for (const close of closes) expect((await close)[0]).toBe("slow consumer");
    socket.destroy();
  });
});

describe("a session that drops what may be lost", () => {
  it("goes on without it, and ends if that is not enough", async () => {
    const { session, transport } = fullSession({ maxBufferedBytes: 3000, onOverflow: "drop-volatile" });
    const dropped: string[] = [];
    session.send("kept");
    session.sendLatest("a", [`4a${KIB}`], () => dropped.push("a"));
    session.sendLatest("b", [`4b${KIB}`], () => dropped.push("b"));
    session.sendLatest("c", [`4c${KIB}`], () => dropped.push("c"));
    expect(dropped).toEqual(["a", "b", "c"]);
    await turnEnd();
    expect(session.readyState).toBe("open");
    transport.drain();
    expect(transport.texts).toEqual(["4kept"]);
    for (let index = 0; index < 3; index++) session.send(KIB);
    await turnEnd();
    expect(session.readyState).toBe("closed");
  });
});

describe("the events slow and drain", () => {
  it("are told once above the high-water mark, and below a quarter of it", () => {
    const { session, transport } = fullSession({ highWaterMark: 4096 });
    transport.drain();
    const events: string[] = [];
    session.on("slow", () => events.push(`slow ${session.bufferedAmount}`));
    session.on("drain", () => events.push(`drain ${session.bufferedAmount}`));
    transport.writable = false;
    for (let index = 0; index < 600; index++) session.send(KIB);
    expect(events).toEqual([`slow ${5 * 1024}`]);
    expect(session.keepsUp).toBe(false);
    transport.drain(); // takes the first part
    transport.drain(); // the second
    expect(events).toEqual([`slow ${5 * 1024}`]);
    transport.drain(); // the third, which is the last
    transport.drain();
    expect(events).toEqual([`slow ${5 * 1024}`, "drain 0"]);
    expect(session.keepsUp).toBe(true);
  });

  it("are told of a polling client that comes back", async () => {
    const server = await serve({ limits: { highWaterMark: 4096 } });
    const client = await server.poll();
    const events: string[] = [];
    server.session.on("slow", () => events.push("slow"));
    server.session.on("drain", () => events.push("drain"));
    for (let index = 0; index < 10; index++) server.session.send(KIB);
    expect(events).toEqual(["slow"]);
    expect((await client.get()).body.split("\u001e")).toHaveLength(10);
    await until(() => events.length > 1);
    expect(events).toEqual(["slow", "drain"]);
  });
});

describe("a session whose peer takes nothing", () => {
  it("ends after pingInterval and pingTimeout, however many pongs come", async () => {
    const { session, transport, clock } = fullSession({}, { pingInterval: 1000, pingTimeout: 500 });
    const closed = nextClose(session);
    session.send("waits");
    for (let elapsed = 0; elapsed < 1600 && session.readyState === "open"; elapsed += 100) {
      clock.advance(100);
      transport.handler.onControl("pong", "");
    }
    const [reason, error] = await closed;
    expect([reason, (error as Error).message]).toEqual([
      "slow consumer",
      expect.stringContaining("Nothing was taken for 1500 ms"),
    ]);
  });

  it("goes on while it takes something, be it slowly, or when nothing waits any more", async () => {
    const { session, transport, clock } = fullSession({}, { pingInterval: 1000, pingTimeout: 500 });
    transport.bufferedBytes = 100;
    session.send("waits");
    for (let elapsed = 0; elapsed < 10_000; elapsed += 100) {
      transport.bufferedBytes -= 1;
      clock.advance(100);
      transport.handler.onControl("pong", "");
    }
    expect(session.readyState).toBe("open");
    transport.drain();
    transport.drain();
    for (let elapsed = 0; elapsed < 10_000; elapsed += 100) {
      clock.advance(100);
      if (!transport.writable) transport.drain();
      transport.handler.onControl("pong", "");
    }
    await turnEnd();
    expect(session.readyState).toBe("open");
  });
});

describe("an engine that is closed", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("ends a session when all that was sent to it has left", async () => {
    const { session, transport, engine } = heldSession();
    session.send("last words");
    let empty = false;
    const done = engine
      .close()
      .whenEmpty()
      .then(() => (empty = true));
    session.send("too late");
    await turnEnd();
    expect([session.readyState, empty]).toEqual(["closing", false]);
    transport.drain();
    await done;
    expect(transport.texts).toEqual(["4last words"]);
    expect([session.readyState, transport.ended]).toEqual(["closed", "closed"]);
  });

  it("waits 5 seconds for a client that takes nothing", async () => {
    vi.useFakeTimers();
    const { session, engine } = heldSession();
    session.send("never taken");
    const done = engine.close().whenEmpty();
    await vi.advanceTimersByTimeAsync(4_999);
    expect(session.readyState).toBe("closing");
    await vi.advanceTimersByTimeAsync(1);
    await done;
    expect([session.readyState, vi.getTimerCount()]).toEqual(["closed", 0]);
  });

  it("ends at once a session to which nothing is to be sent, and has a polling client fetch the rest", async () => {
    const server = await serve();
    const idle = await server.open();
    const client = await server.poll();
    server.engine.clients.get(client.sid)!.send("last words");
    server.engine.close();
    expect(await idle.closed).toBe(1005);
    expect((await client.get()).body).toBe("4last words");
    expect((await client.get()).body).toBe("6\u001e1");
    await server.engine.whenEmpty();
  });
});

describe("the options of what is held", () => {
  it.each([{ maxBufferedBytes: -1 }, { highWaterMark: "1" }, { onOverflow: "drop" }])(
    "refuse %o",
    (limits) => {
      expect(() => new EngineServer({ limits } as EngineOptions)).toThrow(OptionError);
    },
  );

  it("have defaults", () => {
    expect(new EngineServer().opts.limits).toMatchObject({
      maxBufferedBytes: 16_777_216,
      highWaterMark: 1_048_576,
      onOverflow: "disconnect",
    });
    expect(new EngineServer({ limits: { maxBufferedBytes: 1600 } }).opts.limits.highWaterMark).toBe(100);
  });
});
