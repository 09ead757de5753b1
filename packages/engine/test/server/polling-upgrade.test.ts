/** Upgrades over real sockets (protocol.md A.7), and polling sessions that are closed by the server (A.8). */
import { describe, expect, it } from "vitest";
import {
  nextClose,
  type PollingClient,
  serve,
  type TestServer,
  until,
  type WebSocketClient,
} from "./harness.ts";

async function probed(server: TestServer, client: PollingClient): Promise<WebSocketClient> {
  const candidate = await server.webSocket(`&sid=${client.sid}`).opened();
  candidate.send("2probe");
  expect(await candidate.next()).toBe("3probe");
  return candidate;
}

describe("an upgrade", () => {
  it("moves the session: probe, noop for the pending GET, upgrade; then polling is refused", async () => {
    const server = await serve();
    const client = await server.poll();
    const { session } = server;
    const events: string[] = [];
    session.on("upgrading", ({ name }) => events.push(`upgrading ${name}`));
    session.on("upgrade", ({ name }) => events.push(`upgrade ${name}`));
    const pending = await client.pendingGet();
    const candidate = await probed(server, client);
    expect(session.upgrading).toBe(true);
    expect((await pending.reply).body).toBe("6");
    session.send("held");
    candidate.send("5");
    expect(await candidate.next()).toBe("4held");
    expect(events).toEqual(["upgrading websocket", "upgrade websocket"]);
    expect([session.upgraded, session.upgrading, session.transport.name]).toEqual([true, false, "websocket"]);
    expect((await client.get()).body).toBe('{"code":3,"message":"Bad request"}');
    expect((await client.post("4x")).status).toBe(400);
  });

  it("delivers what is POSTed while it is under way", async () => {
    const server = await serve();
    const client = await server.poll();
    const got: unknown[] = [];
    server.session.on("message", (message) => got.push(message));
    const candidate = await probed(server, client);
    expect((await client.post("4during")).body).toBe("ok");
    candidate.send("5");
    candidate.send("4after");
    await until(() => got.length === 2);
    expect(got).toEqual(["during", "after"]);
  });

  it("sends packets with the next GET until it is complete", async () => {
    const server = await serve();
    const client = await server.poll();
    const candidate = await probed(server, client);
    server.session.send("1");
    expect((await client.get()).body).toBe("41");
    server.session.send("2");
    await new Promise((resolve) => setImmediate(resolve));
    candidate.send("5");
    expect(await candidate.next()).toBe("42");
  });

  for (const first of ["5", "2prob", "4early", "2", "7"]) {
    it(`is refused when its first packet is ${first}; the session stays`, async () => {
      const server = await serve();
      const client = await server.poll();
      const candidate = await server.webSocket(`&sid=${client.sid}`).opened();
      candidate.send(first);
      expect(await candidate.closed).toBe(1005);
      const got = new Promise((resolve) => server.session.once("message", resolve));
      await client.post("4still alive");
      expect(await got).toBe("still alive");
      expect(server.session.transport.name).toBe("polling");
      expect(server.session.upgrading).toBe(false);
    });
  }

  for (const probes of [false, true]) {
    it(`is given up in time ${probes ? "after" : "without"} a probe; the session stays`, async () => {
      const server = await serve({ upgradeTimeout: 80 });
      const client = await server.poll();
      const candidate = probes
        ? await probed(server, client)
        : await server.webSocket(`&sid=${client.sid}`).opened();
      expect(await candidate.closed).toBe(1005);
      expect((await client.post("4x")).body).toBe("ok");
    });
  }

  it("takes one candidate at a time, and another when that is gone", async () => {
    const server = await serve();
    const client = await server.poll();
    const first = await probed(server, client);
    const second = server.webSocket(`&sid=${client.sid}`);
    expect(await second.closed).toBe(1005);
    first.ws.close();
    await until(() => !server.session.upgrading);
    const third = await probed(server, client);
    third.send("5");
    await until(() => server.session.upgraded);
  });

  it("cannot take over a session that is on WebSocket", async () => {
    const server = await serve();
    const client = await server.open();
    const thief = server.webSocket(`&sid=${server.session.id}`);
    expect(await thief.closed).toBe(1005);
    server.session.send("mine");
    expect(await client.next()).toBe("4mine");
  });

  it("is not taken where upgrades are not allowed", async () => {
    const server = await serve({ allowUpgrades: false });
    const client = await server.poll();
    expect(await server.webSocket(`&sid=${client.sid}`).closed).toBe(1005);
  });

  it("ends with its session", async () => {
    const server = await serve();
    const client = await server.poll();
    const candidate = await probed(server, client);
    server.session.close(true);
    expect(await candidate.closed).toBe(1005);
  });

  it("is waited for by a session that is closing", async () => {
    const server = await serve();
    const client = await server.poll();
    const candidate = await probed(server, client);
    const { session } = server;
    const closed = nextClose(session);
    session.send("last words").close();
    expect(session.readyState).toBe("closing");
    candidate.send("5");
    expect(await candidate.next()).toBe("4last words");
    expect((await closed)[0]).toBe("forced close");
    expect(await candidate.closed).toBe(1005);
  });
});

describe("a polling session that the server closes", () => {
  it("tells so in the pending GET", async () => {
    const server = await serve();
    const client = await server.poll();
    const pending = await client.pendingGet();
    const closed = nextClose(server.session);
    server.session.close();
    expect((await pending.reply).body).toBe("1");
    expect((await closed)[0]).toBe("forced close");
    expect((await client.post("1")).body).toContain('"code":1');
  });

  it("tells so in the next GET when none is pending", async () => {
    const server = await serve();
    const client = await server.poll();
    const { session } = server;
    session.close();
    expect(session.readyState).toBe("closing");
    expect((await client.get()).body).toBe("6\u001e1");
    expect(session.readyState).toBe("closed");
  });

  it("sends what is queued first", async () => {
    const server = await serve();
    const client = await server.poll();
    server.session.send("last words").close();
    expect((await client.get()).body).toBe("4last words");
    expect((await client.get()).body).toBe("6\u001e1");
  });

  it("is gone at once when discarded", async () => {
    const server = await serve();
    const client = await server.poll();
    server.session.send("never").close(true);
    expect((await client.get()).body).toContain('"code":1');
  });

  it("is closed with its server", async () => {
    const server = await serve();
    const client = await server.poll();
    const pending = await client.pendingGet();
    await server.open();
    expect(server.engine.clientsCount).toBe(2);
    server.engine.close();
    expect(server.engine.clientsCount).toBe(0);
    expect((await pending.reply).body).toBe("1");
  });
});
