/** A session that its client opens over several transports at once (docs/wire.md). */
import { describe, expect, it } from "vitest";
import { Races } from "../../src/server/races.ts";
import { Session } from "../../src/server/index.ts";
import { Contest, type ContestOwner } from "../../src/server/contest.ts";
import { noHandler, type ServerTransport } from "../../src/server/transports/server-transport.ts";
import { TimerWheel } from "../../src/shared/timer-wheel.ts";
import { FakeClock } from "../shared/fake-clock.ts";
import { BASE, nextClose, PollingClient, serve, type TestServer, until } from "./harness.ts";

const RACE = "&telsiz-race=0123456789abcdef";

/** A transport that takes everything. */
const pipe: ServerTransport = {
  name: "websocket",
  writable: true,
  bufferedBytes: 0,
  handler: noHandler,
  send() {},
  release() {},
  close() {},
  discard() {},
  destroy() {},
};

interface Opened {
  readonly sid: string;
  readonly upgrades: string[];
  readonly race: unknown;
  readonly rest: string[];
}

/** What an answer to the request that opens a session says. */
function read(payload: string): Opened {
  const [open, ...rest] = payload.split("\u001e");
  return { ...(JSON.parse(open!.slice(1)) as Opened), rest };
}

async function pollOpen(server: TestServer, query = RACE): Promise<Opened> {
  return read((await server.ask(`${BASE}&transport=polling${query}`)).body);
}

/** Counts sessions, and notes how they end. */
function watched(server: TestServer): string[] {
  const seen: string[] = [];
  server.engine.on("connection", (session) => {
    seen.push("connection");
    session.on("close", (reason) => seen.push(reason));
    session.on("packet", ({ type }) => seen.push(`packet ${type}`));
  });
  return seen;
}

describe("a race", () => {
  it("is one session on both transports, which sends the same on each, and each its own open packet", async () => {
    const server = await serve();
    const seen = watched(server);
    const first = server.webSocket(RACE);
    const open = read(String(await first.next()));
    server.session.send("a");
    const second = await pollOpen(server);
    expect([second.sid, second.rest]).toEqual([open.sid, ["4a"]]);
    expect([open.upgrades, second.upgrades, open.race]).toEqual([[], ["websocket"], true]);
    expect(await first.next()).toBe("4a");
    expect([seen, server.engine.clientsCount, server.session.transport.name]).toEqual([
      ["connection"],
      1,
      "websocket",
    ]);
  });

  it("is decided by a noop, which nobody sees; the other transport ends", async () => {
    const server = await serve();
    const seen = watched(server);
    const loser = server.webSocket(RACE);
    await loser.next();
    const poll = await pollOpen(server);
    const winner = server.webSocket(RACE);
    expect(read(String(await winner.next())).sid).toBe(poll.sid);
    winner.send("6");
    expect(await loser.closed).toBe(1005);
    server.session.send("on");
    expect(await winner.next()).toBe("4on");
    expect([seen, server.session.transport.name]).toEqual([["connection"], "websocket"]);
    expect((await new PollingClient(server, poll.sid).get()).status).toBe(400);
  });

  it("is decided by a poll, which gets what was sent meanwhile", async () => {
    const server = await serve();
    const seen = watched(server);
    const loser = server.webSocket(RACE);
    await loser.next();
    const { sid } = await pollOpen(server);
    server.session.send("a");
    expect(await loser.next()).toBe("4a");
    const client = new PollingClient(server, sid);
    expect((await client.get()).body).toBe("4a");
    expect(await loser.closed).toBe(1005);
    server.session.send("b");
    expect((await client.get()).body).toBe("4b");
    expect([seen, server.session.transport.name, server.errors]).toEqual([["connection"], "polling", []]);
  });

  it("is decided by what the client sends, on either transport", async () => {
    const server = await serve();
    const got: unknown[] = [];
    server.engine.on("connection", (session) => session.on("message", (message) => got.push(message)));
    const webSocket = server.webSocket(RACE);
    await webSocket.next();
    const { sid } = await pollOpen(server);
    await new PollingClient(server, sid).post("4by polling");
    expect(await webSocket.closed).toBe(1005);
    await pollOpen(server, `${RACE}2`);
    const other = server.webSocket(`${RACE}2`);
    await other.next();
    other.send("4by WebSocket");
    await until(() => got.length === 2);
    expect(got).toEqual(["by polling", "by WebSocket"]);
  });

  it("is decided by the probe of an upgrade from polling", async () => {
    const server = await serve();
    const loser = server.webSocket(RACE);
    await loser.next();
    const { sid } = await pollOpen(server);
    const candidate = await server.webSocket(`&sid=${sid}`).opened();
    expect(await loser.closed).toBe(1005);
    candidate.send("2probe");
    expect(await candidate.next()).toBe("3probe");
    candidate.send("5");
    await until(() => server.session.upgraded);
  });

  it("refuses who comes late, without a word to the application", async () => {
    const server = await serve();
    const seen = watched(server);
    const winner = server.webSocket(RACE);
    await winner.next();
    winner.send("6");
    await until(() => server.session.transport.constructor.name !== "Contest");
    expect((await server.ask(`${BASE}&transport=polling${RACE}`)).status).toBe(400);
    winner.ws.close();
    await until(() => server.engine.clientsCount === 0);
    expect((await server.ask(`${BASE}&transport=polling${RACE}`)).status).toBe(400);
    expect([seen, server.errors]).toEqual([["connection", "transport close"], []]);
  });

  it("goes on with the other transport when the first breaks, also if that comes after it", async () => {
    const server = await serve();
    const seen = watched(server);
    const broken = server.webSocket(RACE);
    await broken.next();
    const { session } = server;
    broken.ws.terminate();
    await until(() => !session.transport.writable);
    session.send("a");
    const { sid, rest } = await pollOpen(server);
    expect(sid).toBe(session.id);
    const body = rest.length > 0 ? rest.join() : (await new PollingClient(server, sid).get()).body;
    expect([body, seen, session.transport.name]).toEqual(["4a", ["connection"], "polling"]);
  });

  it("ends as a session does when all its transports have, and no other comes for three seconds", () => {
    const clock = new FakeClock();
    const transport: ServerTransport = { ...pipe };
    const calls: unknown[][] = [];
    const owner: ContestOwner = {
      ...noHandler,
      openPacket: () => "0{}",
      onSettled: () => calls.push(["settled"]),
      onClose: (...how) => calls.push(how),
    };
    const contest = new Contest(owner, transport, new TimerWheel(clock), (decided) => calls.push([decided]));
    transport.handler.onClose("transport error", "broken");
    clock.advance(2_900);
    expect([calls, contest.name, contest.writable]).toEqual([[], "websocket", false]);
    clock.advance(200);
    expect([calls, clock.timerCount]).toEqual([[[false], ["transport error", "broken"]], 0]);
  });

  it.each([false, true])(
    "ends on all transports when the server closes it (discard: %s)",
    async (discard) => {
      const server = await serve();
      const seen = watched(server);
      const webSocket = server.webSocket(RACE);
      await webSocket.next();
      await pollOpen(server);
      server.session.close(discard);
      expect(await webSocket.closed).toBe(1005);
      expect([seen, server.engine.clientsCount]).toEqual([["connection", "forced close"], 0]);
    },
  );

  it("ends at once when the client takes leave over polling", async () => {
    const server = await serve();
    const { sid } = await pollOpen(server);
    const closed = nextClose(server.session);
    await new PollingClient(server, sid).post("1");
    expect((await closed)[0]).toBe("transport close");
  });

  it("keeps no more than it may: then the first transport is as good as chosen", async () => {
    const server = await serve();
    const webSocket = server.webSocket(RACE);
    await webSocket.next();
    server.session.send("x".repeat(1_048_576));
    await webSocket.next();
    expect((await server.ask(`${BASE}&transport=polling${RACE}`)).status).toBe(400);
    server.session.send("on");
    expect(await webSocket.next()).toBe("4on");
  });

  it("takes four transports, and no more", async () => {
    const server = await serve();
    const clients = [0, 1, 2, 3].map(() => server.webSocket(RACE));
    for (const client of clients) await client.next();
    expect(await server.webSocket(RACE).closed).toBe(1005);
    expect(server.engine.clientsCount).toBe(1);
  });

  it("is for who may use the session: others get one of their own", async () => {
    const server = await serve({
      sessionBinding: ({ request }, { headers }) => request?.headers["x-user"] === headers["x-user"],
    });
    const mine = await pollOpen(server);
    const { body } = await server.ask(`${BASE}&transport=polling${RACE}`, { headers: { "x-user": "other" } });
    expect(read(body).sid).not.toBe(mine.sid);
    expect(server.engine.clientsCount).toBe(2);
  });

  it("is one session although its id is made while both requests wait", async () => {
    const release: (() => void)[] = [];
    const server = await serve({}, (engine) => {
      engine.generateId = () => new Promise((resolve) => release.push(() => resolve(`id${release.length}`)));
    });
    const both = [pollOpen(server), pollOpen(server)];
    await until(() => release.length === 2);
    for (const go of release) go();
    const [one, other] = await Promise.all(both);
    expect([one!.sid === other!.sid, server.engine.clientsCount]).toEqual([true, 1]);
  });

  it.each(["short", "x".repeat(65), "with spaces in its name"])("is none with the name %s", async (name) => {
    const server = await serve();
    const query = `&telsiz-race=${encodeURIComponent(name)}`;
    expect((await pollOpen(server, query)).race).toBeUndefined();
    await pollOpen(server, query);
    expect(server.engine.clientsCount).toBe(2);
  });
});

describe("what is remembered of races", () => {
  const session = Object.create(Session.prototype) as Session;

  it("is who runs, and who has decided, for half a minute at least and a minute of traffic at most", () => {
    const clock = new FakeClock();
    const races = new Races(clock);
    const decide = (id: string): void => {
      races.begin(id, session);
      expect(races.get(id)).toBe(session);
      races.end(id, true);
      expect([races.get(id), races.isDecided(id)]).toEqual([undefined, true]);
    };
    decide("a");
    clock.advance(30_001);
    decide("b");
    expect(races.isDecided("a")).toBe(true);
    clock.advance(30_001);
    decide("c");
    expect([races.isDecided("a"), races.isDecided("b")]).toEqual([false, true]);
  });

  it("is nothing of those that ended undecided, and at most twenty thousand of the others", () => {
    const races = new Races(new FakeClock());
    races.begin("x", session);
    races.end("x", false);
    expect([races.get("x"), races.isDecided("x")]).toEqual([undefined, false]);
    for (let number = 0; number <= 20_000; number++) races.end(String(number), true);
    expect([races.isDecided("0"), races.isDecided("10000"), races.isDecided("20000")]).toEqual([
      false,
      true,
      true,
    ]);
  });
});
