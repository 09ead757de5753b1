/** Recovery by adapters that have `persistSession` and `restoreSession`, as those written for Socket.IO have (api-surface.md 7.1). */
import {
  type BroadcastOptions,
  InMemoryAdapter,
  type PersistedSession,
  type RestoredSession,
} from "@telsiz/adapter";
import { type EventPacket, type Packet, PacketType } from "@telsiz/parser";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type ConnectionStateRecoveryOptions,
  type HandlerErrorContext,
  RestoredSessionError,
  Server,
  type Socket,
} from "../src/index.ts";
import { FakeSession } from "./fake-session.ts";

interface Sent {
  readonly data: readonly unknown[];
  readonly options: BroadcastOptions;
}

let io: Server;
let adapter: ForeignAdapter;
let failures: { error: unknown; context: HandlerErrorContext<Socket> }[];
let sockets: Socket[];

/** Numbers events, keeps them, and gives a session once. */
class ForeignAdapter extends InMemoryAdapter {
  readonly sent: Sent[] = [];
  readonly sessions = new Map<string, PersistedSession>();
  /** Called with the number of each look-up, when it has looked and before it answers. */
  onLooked: (count: number) => unknown = () => undefined;
  #looks = 0;

  override broadcast(packet: EventPacket, options: BroadcastOptions): void {
    if (packet.id !== undefined || options.flags?.volatile === true) {
      return void super.broadcast(packet, options);
    }
    const data = [...packet.data, `offset-${this.sent.length}`];
    this.sent.push({ data, options });
    void super.broadcast({ ...packet, data }, options);
  }

  override persistSession(session: PersistedSession): Promise<void> | void {
    this.sessions.set(session.pid, session);
  }

  override async restoreSession(pid: string, offset: string): Promise<RestoredSession | null> {
    const session = this.sessions.get(pid);
    this.sessions.delete(pid);
    const place = this.sent.findIndex(({ data }) => data.at(-1) === offset);
    if (session === undefined || place < 0) return null;
    const isFor = ({ rooms }: BroadcastOptions): boolean =>
      rooms.size === 0 || session.rooms.some((room) => rooms.has(room));
    const missedPackets = this.sent
      .slice(place + 1)
      .filter(({ options }) => isFor(options))
      .map(({ data }) => data);
    await this.onLooked(++this.#looks);
    return { ...session, missedPackets };
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  use({});
});

afterEach(() => {
  vi.useRealTimers();
});

/** Begins anew with other options. */
function use(recovery: ConnectionStateRecoveryOptions): void {
  io = new Server({
    adapter: (nsp) => (adapter = new ForeignAdapter(nsp)),
    connectionStateRecovery: recovery,
  });
  failures = [];
  sockets = [];
  io.on("handler_error", (error, context) => failures.push({ error, context }));
  io.on("connection", (socket) => sockets.push(socket));
}

/** The other end, as Socket.IO's client: what it has got, and what it was answered. */
class Client {
  session!: FakeSession;
  pid: string | undefined;
  offset: string | undefined;
  answer: Packet | undefined;
  recovered = false;

  ask(): void {
    this.session = new FakeSession(io);
    this.session.connect("/", { pid: this.pid, offset: this.offset });
  }

  /** @returns the events that came ahead of the answer, or since the last call, without their offsets */
  receive(): unknown[][] {
    return this.session.take().flatMap((packet) => {
      if (packet.type === PacketType.EVENT) return [this.#take(packet.data)];
      this.answer = packet;
      const { pid } = (packet as { data: { pid?: string } }).data;
      this.recovered = pid !== undefined && pid === this.pid;
      this.pid = pid;
      return [];
    });
  }

  async connect(): Promise<unknown[][]> {
    this.ask();
    await settled();
    return this.receive();
  }

  #take(data: readonly unknown[]): unknown[] {
    const last = data.at(-1);
    if (typeof last !== "string" || !last.startsWith("offset-")) return [...data];
    this.offset = last;
    return data.slice(0, -1);
  }
}

/** A client that was in a room, got an event, and has lost its connection. */
async function lostClient(): Promise<Client> {
  const client = new Client();
  await client.connect();
  const socket = sockets.at(-1)!;
  socket.data = { name: "Ada" };
  await socket.join("news");
  socket.emit("welcome");
  client.receive();
  client.session.lose();
  return client;
}

describe("an adapter that keeps sessions", () => {
  it("is told of one when its connection is lost, and not when it ends on purpose", async () => {
    const client = await lostClient();
    const { id } = sockets[0]!;
    expect([...adapter.sessions.values()]).toEqual([
      { sid: id, pid: client.pid, rooms: [id, "news"], data: { name: "Ada" } },
    ]);
    adapter.sessions.clear();
    const other = new Client();
    await other.connect();
    sockets.at(-1)!.disconnect();
    expect(adapter.sessions.size).toBe(0);
  });

  it("gives a client its id, rooms and data again, and what it missed ahead of the answer", async () => {
    const client = await lostClient();
    io.emit("to all", 1);
    io.to("news").emit("to the room", 2);
    io.to("sports").emit("to others", 3);
    expect(await client.connect()).toEqual([
      ["to all", 1],
      ["to the room", 2],
    ]);
    expect(client.recovered).toBe(true);
    const socket = sockets.at(-1)!;
    expect([socket.recovered, socket.id, socket.data]).toEqual([true, sockets[0]!.id, { name: "Ada" }]);
    expect(socket.rooms).toEqual(new Set([socket.id, "news"]));
    io.to("news").emit("later");
    expect(client.receive()).toEqual([["later"]]);
    expect(failures).toEqual([]);
  });

  it("does so as often as a connection is lost", async () => {
    const client = await lostClient();
    for (let round = 0; round < 3; round++) {
      io.emit("news", round);
      expect(await client.connect()).toEqual([["news", round]]);
      expect(client.recovered).toBe(true);
      client.session.lose();
    }
  });

  it("numbers events itself, and has no place for how many have come: the answer tells neither", async () => {
    const client = await lostClient();
    await client.connect();
    expect(client.answer).toEqual({
      type: PacketType.CONNECT,
      nsp: "/",
      data: { sid: sockets[0]!.id, pid: client.pid },
    });
  });

  it("has the defaults of recovery in the options of the server, and is not asked without it", async () => {
    expect((io as any).opts.connectionStateRecovery).toEqual({
      maxDisconnectionDuration: 120_000,
      skipMiddlewares: false,
      maxPackets: 10_000,
      maxBytes: 16 * 1024 * 1024,
    });
    io = new Server({ adapter: ForeignAdapter });
    const session = new FakeSession(io);
    session.connect("/", { pid: "a", offset: "b" });
    const { data } = session.take()[0] as { data: object };
    expect(Object.keys(data)).toEqual(["sid"]);
  });

  it("is waited for, whatever it is still keeping, before it is closed", async () => {
    let done = (): void => undefined;
    const kept = new Promise<void>((resolve) => (done = resolve));
    vi.spyOn(adapter, "persistSession").mockReturnValue(kept);
    const closed = vi.spyOn(adapter, "close");
    await new Client().connect();
    const closing = io.close();
    await settled();
    expect(closed).not.toHaveBeenCalled();
    done();
    await closing;
    expect(closed).toHaveBeenCalledOnce();
  });

  it("is closed itself, and not the one that takes its place", async () => {
    const [elder, closed] = [adapter, vi.spyOn(ForeignAdapter.prototype, "close")];
    io.adapter((nsp) => (adapter = new ForeignAdapter(nsp)));
    await settled();
    expect(closed.mock.contexts).toEqual([elder]);
    closed.mockRestore();
  });
});

describe("a client that comes back before its loss is known", () => {
  it("is recovered: the elder connection is closed, and what is kept of it awaited", async () => {
    const client = new Client();
    await client.connect();
    sockets[0]!.emit("welcome");
    client.receive();
    const elder = client.session;
    const persist = adapter.persistSession.bind(adapter);
    vi.spyOn(adapter, "persistSession").mockImplementation((session) =>
      settled().then(() => persist(session)),
    );
    client.ask();
    expect(elder.readyState).toBe("closed");
    await vi.waitFor(() => expect(sockets).toHaveLength(2));
    client.receive();
    expect(client.recovered).toBe(true);
  });
});

describe("what is sent while an adapter looks for what was missed", () => {
  it.each([
    ["before the socket is in its rooms", [1]],
    ["when it is in them", [2]],
    ["all the time", [1, 2]],
  ])("comes once and in order, %s", async (_when, looks) => {
    const client = await lostClient();
    io.emit("news", 0);
    adapter.onLooked = async (count) => {
      if (!looks.includes(count)) return;
      io.to("news").emit("news", `${count} a`);
      await settled();
      io.emit("news", `${count} b`);
    };
    client.ask();
    await vi.waitFor(() => expect(sockets).toHaveLength(2));
    const expected = [0, ...looks.flatMap((count) => [`${count} a`, `${count} b`])];
    expect(client.receive()).toEqual(expected.map((number) => ["news", number]));
    expect(client.recovered).toBe(true);
  });

  it("comes once if the adapter finds it, and brings it as well, before or afterwards", async () => {
    const client = await lostClient();
    const bring = (packet: Sent): void => {
      const data = packet.data as [string, ...unknown[]];
      void InMemoryAdapter.prototype.broadcast.call(
        adapter,
        { type: PacketType.EVENT, nsp: "/", data },
        packet.options,
      );
    };
    io.emit("news", 1);
    io.emit("news", 2);
    adapter.onLooked = (count) => {
      if (count === 2) bring(adapter.sent.at(-2)!);
    };
    expect(await client.connect()).toEqual([
      ["news", 1],
      ["news", 2],
    ]);
    bring(adapter.sent.at(-1)!);
    io.emit("news", 3);
    expect(client.receive()).toEqual([["news", 3]]);
  });

  it("is not held if it may be lost", async () => {
    const client = await lostClient();
    adapter.onLooked = (count) => count === 2 && io.volatile.emit("position", 1);
    expect(await client.connect()).toEqual([]);
    expect(client.recovered).toBe(true);
  });

  it.each([
    ["packets", { maxPackets: 2 }],
    ["bytes", { maxBytes: 64 }],
  ])("makes a new client of one that would have too many %s held", async (_what, limits) => {
    use(limits);
    const client = await lostClient();
    adapter.onLooked = (count) => {
      for (let number = 0; count === 2 && number < 3; number++) io.emit("news", "x".repeat(30));
    };
    expect(await client.connect()).toEqual([]);
    expect(client.recovered).toBe(false);
    io.emit("later");
    expect(client.receive()).toEqual([["later"]]);
  });

  it("is not found if it was for a room that a middleware has taken the socket out of", async () => {
    io.use((socket, next) => {
      if (socket.recovered) void socket.leave("news");
      next();
    });
    const client = await lostClient();
    io.to("news").emit("secret");
    expect(await client.connect()).toEqual([]);
    expect([client.recovered, sockets[1]!.rooms]).toEqual([true, new Set([sockets[1]!.id])]);
  });
});

describe("a client is a new one", () => {
  const found = (client: Client): RestoredSession => ({
    sid: sockets[0]!.id,
    pid: client.pid!,
    rooms: [sockets[0]!.id],
    data: undefined,
    missedPackets: [],
  });

  async function expectAnew(client: Client): Promise<void> {
    await client.connect();
    await settled();
    client.receive();
    expect(client.recovered).toBe(false);
    const socket = sockets.at(-1)!;
    expect([socket.recovered, socket.data]).toEqual([false, {}]);
    expect(socket.id).not.toBe(sockets[0]!.id);
    expect(socket.rooms).toEqual(new Set([socket.id]));
    expect([...io.of("/").sockets.keys()]).toEqual([socket.id]);
    expect(io.of("/").adapter.rooms.has(sockets[0]!.id)).toBe(false);
  }

  it.each([
    ["the offset is unknown", "offset-999"],
    ["it has got no event", undefined],
  ])("if %s", async (_why, offset) => {
    const client = await lostClient();
    client.offset = offset;
    await expectAnew(client);
    expect(failures).toEqual([]);
  });

  it("if the adapter says by a text that there is no such session", async () => {
    const client = await lostClient();
    vi.spyOn(adapter, "restoreSession").mockImplementation(() =>
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as the published adapters do
      Promise.reject("session or offset not found"),
    );
    await expectAnew(client);
    expect(failures).toEqual([]);
  });

  describe.each([1, 2])("and it is reported, if at look-up %d the adapter", (failing) => {
    const outage = new Error("no network");

    function fail(client: Client, how: (client: Client) => unknown): void {
      const restore = adapter.restoreSession.bind(adapter);
      let count = 0;
      vi.spyOn(adapter, "restoreSession").mockImplementation((...args) =>
        ++count === failing ? (how(client) as Promise<null>) : restore(...args),
      );
    }

    it.each([
      ["rejects", () => Promise.reject(outage)],
      [
        "throws",
        () => {
          throw outage;
        },
      ],
    ])("%s", async (_what, how) => {
      const client = await lostClient();
      fail(client, how);
      await expectAnew(client);
      expect(failures).toEqual([{ error: outage, context: { socket: undefined, event: "restoreSession" } }]);
    });

    it.each<[string, (client: Client) => unknown]>([
      ["gives a text", () => "session"],
      ["gives a session with another pid", (client) => ({ ...found(client), pid: "other" })],
      ["gives a session without rooms", (client) => ({ ...found(client), rooms: undefined })],
      ["gives a session that is not in its own room", (client) => ({ ...found(client), rooms: ["news"] })],
      ["gives rooms that are no texts", (client) => ({ ...found(client), rooms: [sockets[0]!.id, 1] })],
      ["gives no list of packets", (client) => ({ ...found(client), missedPackets: {} })],
      ["gives a packet that is none", (client) => ({ ...found(client), missedPackets: [{ data: [] }] })],
      ["gives a packet without a name", (client) => ({ ...found(client), missedPackets: [[1, "offset-1"]] })],
      ["gives a packet without an offset", (client) => ({ ...found(client), missedPackets: [["news", 1]] })],
    ])("%s", async (_what, how) => {
      const client = await lostClient();
      fail(client, (it) => Promise.resolve(how(it)));
      await expectAnew(client);
      expect(failures).toEqual([
        { error: expect.any(RestoredSessionError), context: { socket: undefined, event: "restoreSession" } },
      ]);
    });

    it("does not answer in time", async () => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      const client = await lostClient();
      fail(client, () => new Promise(() => undefined));
      client.ask();
      await settled();
      expect(client.session.take()).toEqual([]);
      vi.advanceTimersByTime(5_000);
      await settled();
      client.receive();
      expect([client.recovered, sockets.at(-1)!.recovered]).toEqual([false, false]);
      expect(failures[0]!.error).toMatchObject({ code: "TELSIZ_RESTORED_SESSION" });
    });
  });

  it("and it is reported, if the adapter cannot keep the session", async () => {
    const outage = new Error("no network");
    vi.spyOn(adapter, "persistSession").mockImplementation(() => Promise.reject(outage));
    const client = await lostClient();
    await expectAnew(client);
    expect(failures).toEqual([{ error: outage, context: { socket: undefined, event: "persistSession" } }]);
  });

  it("and it is reported, if the adapter does not keep the session in time, for which close() waits as well", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    vi.spyOn(adapter, "persistSession").mockImplementation(() => new Promise(() => undefined));
    const client = await lostClient();
    client.ask();
    const closed = vi.fn();
    void io.of("/")._close().then(closed);
    await settled();
    expect([client.session.take(), closed.mock.calls.length]).toEqual([[], 0]);
    vi.advanceTimersByTime(5_000);
    await settled();
    client.receive();
    expect([client.recovered, closed.mock.calls.length]).toEqual([false, 1]);
    expect(failures.map(({ context }) => context.event)).toEqual(["persistSession"]);
    expect(failures[0]!.error).toMatchObject({ code: "TELSIZ_RESTORED_SESSION" });
  });

  it("for all who use one token but the first, also where the adapter gives the session to each", async () => {
    const client = await lostClient();
    const session = found(client);
    vi.spyOn(adapter, "restoreSession").mockImplementation(() => Promise.resolve(session));
    const thieves = [1, 2].map(() => Object.assign(new Client(), { pid: client.pid, offset: client.offset }));
    for (const each of [client, ...thieves]) each.ask();
    await settled();
    for (const each of [client, ...thieves]) each.receive();
    expect([client, ...thieves].map(({ recovered }) => recovered)).toEqual([true, false, false]);
    expect(io.of("/").sockets.size).toBe(3);
  });

  it("after an end on purpose, also where the adapter still has the session of an earlier loss", async () => {
    const client = await lostClient();
    const session = found(client);
    vi.spyOn(adapter, "restoreSession").mockImplementation(() => Promise.resolve(session));
    await client.connect();
    expect(client.recovered).toBe(true);
    sockets.at(-1)!.disconnect();
    client.session.take();
    await expectAnew(client);
  });
});

describe("a session that was found and is not resumed", () => {
  it("is kept again if a middleware refuses its client", async () => {
    const client = await lostClient();
    const kept = [...adapter.sessions.values()];
    let banned = true;
    io.use((_socket, next) => next(banned ? new Error("banned") : undefined));
    const { pid } = client;
    await client.connect();
    expect(client.answer!.type).toBe(PacketType.CONNECT_ERROR);
    expect([...adapter.sessions.values()]).toEqual(kept);
    banned = false;
    client.pid = pid;
    await client.connect();
    expect(client.recovered).toBe(true);
  });

  it.each([1, 2])("is kept again if its connection is lost at look-up %d", async (at) => {
    const client = await lostClient();
    const kept = [...adapter.sessions.values()];
    adapter.onLooked = (count) => {
      if (count === at) client.session.lose();
    };
    await client.connect();
    expect([...adapter.sessions.values()]).toEqual(kept);
    expect([io.of("/").sockets.size, io.of("/").adapter.rooms.size]).toEqual([0, 0]);
    adapter.onLooked = () => undefined;
    io.emit("news");
    expect(await client.connect()).toEqual([["news"]]);
    expect(client.recovered).toBe(true);
  });
});
