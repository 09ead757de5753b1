/** `conn`, the engine's end of a connection (api-surface.md 6.2): one body for the stock engine and ours. */
import { exchange, type Listenable, nextEvent, until } from "@telsiz/testkit";
import type { Socket } from "engine.io";
import { describe, expect, it } from "vitest";
import {
  type EngineKindOptions,
  EngineMeeting,
  type EngineKind,
  ENGINES,
  ourEngine,
} from "../src/engines.ts";
import { WebSocketPeer } from "../src/websocket-peer.ts";

/** A connection with the members that the stock types keep to themselves, and programs use. */
interface Conn
  extends
    Listenable,
    Pick<
      Socket,
      "protocol" | "request" | "remoteAddress" | "readyState" | "transport" | "upgrading" | "upgraded"
    >,
    Pick<Socket, "send" | "write" | "close"> {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  readonly id: string;
  readonly writeBuffer: readonly unknown[];
  readonly server: unknown;
}

interface Watched {
  readonly conn: Conn;
  readonly client: Awaited<ReturnType<EngineMeeting["pair"]>>["client"];
  readonly meeting: EngineMeeting;
  /** What happened since the connection was open. */
  readonly log: unknown[][];
}

const EVENTS = [
  "open",
  "message",
  "data",
  "packet",
  "packetCreate",
  "flush",
  "drain",
  "heartbeat",
  "upgrading",
  "upgrade",
  "close",
] as const;

/** A connection whose events are all written down, those of its engine beside them. */
async function watch(kind: EngineKind, transports: string[], options?: EngineKindOptions): Promise<Watched> {
  const log: unknown[][] = [];
  const meeting = await EngineMeeting.open(kind, options);
  meeting.engine.on("connection", (conn: Conn) => {
    for (const event of EVENTS) conn.on(event, (...args: unknown[]) => log.push([event, ...args]));
  });
  const { client, conn: socket } = await meeting.pair({ transports: transports as ["polling"] });
  const conn = socket as unknown as Conn;
  const polls = transports[0] === "polling";
  if (polls) await until(() => conn.transport.writable, "the client polls");
  for (const event of ["flush", "drain"]) {
    meeting.engine.on(event, (...args: unknown[]) => log.push([`engine ${event}`, ...args]));
  }
  return { conn, client, meeting, log };
}

const has = (log: unknown[][], event: string): boolean => log.some(([name]) => name === event);

const compressed = { options: { compress: true } };

describe.each(ENGINES)("a connection of $name", (kind) => {
  describe.each(["polling", "websocket"])("over %s", (transport) => {
    it("tells what it is", async () => {
      const { conn, meeting, client } = await watch(kind, [transport]);
      expect(conn.id).toBe(client.id);
      expect(conn).toMatchObject({
        protocol: 4,
        readyState: "open",
        remoteAddress: "127.0.0.1",
        upgrading: false,
        upgraded: false,
        writeBuffer: [],
      });
      expect(conn.transport).toMatchObject({ name: transport, writable: true });
      expect(conn.server).toBe(meeting.engine);
      expect(conn.request.url).toContain(`transport=${transport}`);
    });

    it("goes on, and knows the address, when its request is forgotten", async () => {
      const { conn, client } = await watch(kind, [transport]);
      conn.request = null as never;
      const message = nextEvent(conn, "message");
      client.send("hello");
      expect(await message).toEqual(["hello"]);
      expect([null, undefined]).toContain(conn.request);
      expect(conn.remoteAddress).toBe("127.0.0.1");
    });

    it("tells of a message as a packet, as data and as a message", async () => {
      const { log, client } = await watch(kind, [transport]);
      client.send("text");
      await until(() => has(log, "message"), "the text came");
      client.send(Buffer.from([1, 2]));
      await until(() => log.length >= 6, "the bytes came");
      expect(log).toEqual([
        ["packet", { type: "message", data: "text" }],
        ["data", "text"],
        ["message", "text"],
        ["packet", { type: "message", data: Buffer.from([1, 2]) }],
        ["data", Buffer.from([1, 2])],
        ["message", Buffer.from([1, 2])],
      ]);
    });

    it("tells what is sent: queued, flushed, drained, on its engine too", async () => {
      const { log, conn } = await watch(kind, [transport]);
      conn.send("text");
      await until(() => has(log, "engine drain"), "the text has left");
      const packet = { type: "message", data: "text", ...compressed };
      expect(log).toEqual([
        ["packetCreate", packet],
        ["flush", [packet]],
        ["engine flush", conn, [packet]],
        ["drain"],
        ["engine drain", conn],
      ]);
    });

    it("tells whether what is sent may be compressed", async () => {
      const { log, conn } = await watch(kind, [transport]);
      conn.write(Buffer.from([7]), { compress: false });
      expect(log[0]).toEqual([
        "packetCreate",
        { type: "message", data: Buffer.from([7]), options: { compress: false } },
      ]);
    });

    it("calls back in order when what was sent has left, with the transport", async () => {
      const { conn } = await watch(kind, [transport]);
      const called: unknown[] = [];
      conn.send("a", {}, (by) => called.push(["a", by.name]));
      conn.send("b", undefined, (by) => called.push(["b", by.name]));
      conn.write("c", { compress: false }, (by) => called.push(["c", by.name]));
      await until(() => called.length === 3, "all have left");
      expect(called).toEqual([
        ["a", transport],
        ["b", transport],
        ["c", transport],
      ]);
    });

    it("pings, and tells of the pong", async () => {
      const { log } = await watch(kind, [transport], { pingInterval: 20 });
      await until(() => has(log, "heartbeat"), "the client answers a ping");
      const events = log.filter(([event]) => !String(event).startsWith("engine")).slice(0, 5);
      expect(events).toEqual([
        ["packetCreate", { type: "ping", ...compressed }],
        ["flush", [{ type: "ping", ...compressed }]],
        ["drain"],
        ["packet", { type: "pong" }],
        ["heartbeat"],
      ]);
    });

    it("sends what it can before it is discarded", async () => {
      const { conn, client, log } = await watch(kind, [transport]);
      const last = new Promise((resolve) => client.on("message", resolve));
      conn.send("last words");
      conn.close(true);
      expect(conn.readyState).toBe("closed");
      expect(await last).toBe("last words");
      expect(log.filter(([event]) => event === "close")).toEqual([["close", "forced close", undefined]]);
    });

    it("sends what is queued before it closes, and nothing that comes later", async () => {
      const { conn, client } = await watch(kind, [transport]);
      const got: unknown[] = [];
      client.on("message", (data) => got.push(data));
      const closed = nextEvent(conn, "close");
      conn.send("a");
      conn.send("b");
      conn.close();
      conn.send("late", undefined, () => expect.unreachable());
      expect(["closing", "closed"]).toContain(conn.readyState);
      expect(await closed).toEqual(["forced close", undefined]);
      await until(() => client.readyState === "closed", "the client knows");
      expect(got).toEqual(["a", "b"]);
    });

    it("calls back no more once it has ended", async () => {
      const { conn } = await watch(kind, [transport]);
      conn.on("close", () => {
        conn.send("late", undefined, () => expect.unreachable());
        expect(conn.writeBuffer).toEqual([]);
      });
      conn.close(true);
      conn.send("later", undefined, () => expect.unreachable());
      await new Promise((resolve) => setImmediate(resolve));
    });

    const endings: Record<string, [reason: string, details: unknown, end: (watched: Watched) => void]> = {
      "the client closes": ["transport close", undefined, ({ client }) => client.close()],
      "the client sends a ping": [
        "transport error",
        { message: "invalid heartbeat direction" },
        ({ client }) => sendPacket(client, "ping"),
      ],
      "it is closed": ["forced close", undefined, ({ conn }) => conn.close()],
      "its engine is": ["forced close", undefined, ({ meeting }) => meeting.engine.close()],
    };
    it.each(Object.entries(endings))("says why it ended when %s", async (_how, [reason, details, end]) => {
      const watched = await watch(kind, [transport]);
      const closed = nextEvent<[string, Error | undefined]>(watched.conn, "close");
      end(watched);
      const [given, description] = await closed;
      expect(given).toBe(reason);
      if (details === undefined) expect(description).toBeUndefined();
      else expect(description).toMatchObject(details as object);
      expect(watched.conn.readyState).toBe("closed");
      expect(watched.meeting.engine.clientsCount).toBe(0);
    });

    it("ends with a ping timeout when the client is silent", async () => {
      const meeting = await EngineMeeting.open(kind, { pingInterval: 20, pingTimeout: 20 });
      const arrived = meeting.connection();
      const path = `/engine.io/?EIO=4&transport=${transport}`;
      if (transport === "polling") await exchange(meeting.port, { path });
      else await WebSocketPeer.open(meeting.port, path);
      const conn = (await arrived) as unknown as Conn;
      expect(await nextEvent(conn, "close")).toEqual(["ping timeout", undefined]);
    });
  });

  it("tells that it is open to who hears of its first flush", async () => {
    const log: string[] = [];
    const meeting = await EngineMeeting.open(kind, {}, (engine) => {
      engine.once("flush", (conn: Conn) => conn.on("open", () => log.push("open")));
      engine.once("connection", () => log.push("connection"));
    });
    await meeting.pair({ transports: ["websocket"] });
    expect(log).toEqual(["open", "connection"]);
  });

  it("tells of its upgrade, and sends by the new transport", async () => {
    const { conn, log } = await watch(kind, ["polling", "websocket"]);
    if (!has(log, "upgrade")) await nextEvent(conn, "upgrade");
    const names = log.flatMap(([event, by]) =>
      event === "upgrading" || event === "upgrade" ? [[event, (by as { name: string }).name]] : [],
    );
    expect(names).toEqual([
      ["upgrading", "websocket"],
      ["upgrade", "websocket"],
    ]);
    expect([conn.upgraded, conn.upgrading, conn.transport.name]).toEqual([true, false, "websocket"]);
    const by = await new Promise<{ name: string }>((resolve) => conn.send("x", undefined, resolve));
    expect(by.name).toBe("websocket");
  });

  it("is upgrading while the client stops polling", async () => {
    const { conn, log } = await watch(kind, ["polling", "websocket"]);
    if (!has(log, "upgrading")) await nextEvent(conn, "upgrading");
    if (!has(log, "upgrade")) expect(conn.upgrading).toBe(true);
    await until(() => conn.upgraded, "it has upgraded");
  });
});

describe("a connection of telsiz", () => {
  it("tells of the failure of its transport by `error`, too", async () => {
    const { conn, client } = await watch(ourEngine, ["websocket"]);
    const told = Promise.all([nextEvent(conn, "error"), nextEvent(conn, "close")]);
    sendPacket(client, "ping");
    const [[error], [reason, description]] = await told;
    expect(error).toMatchObject({ message: "invalid heartbeat direction" });
    expect([reason, description]).toEqual(["transport error", error]);
  });
});

describe("a connection of telsiz over polling", () => {
  it("drains when something was sent, and not at each poll", async () => {
    const { conn, log } = await watch(ourEngine, ["polling"]);
    conn.send("x");
    await until(() => has(log, "drain"), "it has left");
    await until(() => conn.transport.writable, "the client polls again");
    expect(log.filter(([event]) => event === "drain")).toHaveLength(1);
  });
});

/** Sends a packet that no lawful client sends. */
function sendPacket(client: Watched["client"], type: string): void {
  (client.transport as unknown as { send(packets: object[]): void }).send([{ type }]);
}
