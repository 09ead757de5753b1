/** The Manager of both clients against the stock server (api-surface.md 9). */
import { type HttpPort, nextEvent, openHttpPort, until } from "@telsiz/testkit";
import type { Socket as ServerSocket } from "socket.io";
import type { Manager, Socket } from "socket.io-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Meeting, openMeeting } from "../src/meeting.ts";
import { type ClientOptions, ourClient, stockClient, stockServer } from "../src/peers.ts";

/** Members that programs use though the stock types keep them private. */
interface Inside {
  readonly nsps: Record<string, Socket>;
  readonly _readyState: string;
  readonly _reconnecting: boolean | undefined;
  _autoConnect: boolean;
}

const QUICK: ClientOptions = {
  transports: ["websocket"],
  reconnectionDelay: 1,
  reconnectionDelayMax: 2,
};

const EVENTS = [
  ...["open", "close", "error", "reconnect"],
  ...["reconnect_attempt", "reconnect_error", "reconnect_failed"],
] as const;

describe.each([stockClient, ourClient])("the manager of $name", (kind) => {
  let meeting: Meeting;
  let managers: Manager[] = [];

  beforeEach(async () => {
    meeting = await openMeeting(stockServer, {}, kind);
  });

  afterEach(async () => {
    for (const manager of managers) {
      manager.reconnection(false);
      (manager.engine as Manager["engine"] | undefined)?.close();
    }
    managers = [];
    await meeting.close();
  });

  function manage(options?: ClientOptions, url: string = meeting.url): Manager {
    const manager = kind.manage(url, { ...QUICK, ...options });
    managers.push(manager);
    return manager;
  }

  const inside = (manager: Manager): Inside => manager as unknown as Inside;

  /** Writes down the manager's events with their first argument. */
  function record(manager: Manager, socket?: Socket): string[] {
    const log: string[] = [];
    const note =
      (event: string) =>
      (argument?: unknown): void => {
        const says = typeof argument === "string" || typeof argument === "number";
        log.push(says ? `${event} ${argument}` : event);
      };
    for (const event of EVENTS) (manager as unknown as NodeJS.EventEmitter).on(event, note(event));
    for (const event of ["connect", "connect_error", "disconnect"]) socket?.on(event, note(event));
    return log;
  }

  /** Ends every connection from the server's side. */
  function cut(): void {
    for (const { conn } of meeting.io.sockets.sockets.values()) conn.close();
  }

  /** An address at which nobody listens. */
  async function deadEnd(): Promise<string> {
    const gone: HttpPort = await openHttpPort();
    await gone.close();
    return gone.url;
  }

  it("connects by itself, and its sockets with it", async () => {
    const manager = manage();
    expect(inside(manager)._readyState).toBe("opening");
    expect(inside(manager)._autoConnect).toBe(true);
    const socket = manager.socket("/");
    await nextEvent(socket, "connect");
    expect(inside(manager)._readyState).toBe("open");
    expect(inside(manager).nsps).toEqual({ "/": socket });
    expect(manager.socket("/")).toBe(socket);
    expect(socket.io).toBe(manager);
    socket.disconnect();
    expect(inside(manager)._readyState).toBe("closed");
  });

  it("waits with autoConnect false, and so do its sockets", async () => {
    const manager = manage({ autoConnect: false });
    expect(manager.engine).toBeUndefined();
    const socket = manager.socket("/");
    expect([inside(manager)._readyState, socket.active]).toEqual(["closed", false]);
    await new Promise<void>((resolve) => manager.open(() => resolve()));
    expect([socket.active, socket.connected]).toEqual([false, false]);
    socket.connect();
    await nextEvent(socket, "connect");
  });

  it("connects a socket that has left when it is asked for again, unless autoConnect is off", async () => {
    const manager = manage();
    const [stays, leaves] = [manager.socket("/"), manager.socket("/")];
    await nextEvent(stays, "connect");
    leaves.disconnect();
    expect(manager.socket("/").active).toBe(true);
    leaves.disconnect();
    inside(manager)._autoConnect = false;
    expect(manager.socket("/").active).toBe(false);
  });

  it("calls back when it is open", async () => {
    const manager = manage({ autoConnect: false });
    const log = record(manager);
    await new Promise<void>((resolve) => {
      expect(manager.connect(() => resolve())).toBe(manager);
    });
    manager.open();
    expect([log, meeting.io.engine.clientsCount]).toEqual([["open"], 1]);
  });

  it("calls back with the error, and does not try again by itself", async () => {
    const manager = manage({ autoConnect: false }, await deadEnd());
    const log = record(manager);
    const error = await new Promise<Error | undefined>((resolve) => manager.open(resolve));
    expect(error?.message).toBe("websocket error");
    expect(inside(manager)._reconnecting ?? false).toBe(false);
    expect(log).toEqual(["error"]);
  });

  it("tells of the server's packets and pings", async () => {
    await meeting.close();
    meeting = await openMeeting(stockServer, { pingInterval: 10 }, kind);
    const manager = manage();
    const packets: { type: number; nsp: string; data?: unknown }[] = [];
    (manager as unknown as NodeJS.EventEmitter).on("packet", (packet) => packets.push(packet));
    const socket = manager.socket("/");
    const arrived = nextEvent<[ServerSocket]>(meeting.io, "connection");
    await nextEvent(manager, "ping");
    (await arrived)[0].emit("hello", 1);
    await nextEvent(socket, "hello");
    expect(packets.map(({ type, nsp }) => [type, nsp])).toEqual([
      [0, "/"],
      [2, "/"],
    ]);
    expect(packets[1]!.data).toEqual(["hello", 1]);
  });

  describe("that loses its connection", () => {
    it("opens it again, with these events in this order", async () => {
      const manager = manage();
      const socket = manager.socket("/");
      await nextEvent(socket, "connect");
      const log = record(manager, socket);
      cut();
      await nextEvent(socket, "connect");
      expect(log).toEqual([
        ...["disconnect transport close", "close transport close"],
        ...["reconnect_attempt 1", "open", "reconnect 1", "connect"],
      ]);
      expect(inside(manager)._reconnecting).toBe(false);
    });

    it("is reconnecting from then on, until it is open again", async () => {
      const manager = manage();
      const socket = manager.socket("/");
      await nextEvent(socket, "connect");
      const seen: (boolean | undefined)[] = [];
      manager.on("reconnect_attempt", () => seen.push(inside(manager)._reconnecting));
      manager.on("reconnect", () => seen.push(inside(manager)._reconnecting));
      cut();
      await nextEvent(socket, "connect");
      expect(seen).toEqual([true, false]);
    });

    it("stays closed where reconnection is off", async () => {
      const manager = manage({ reconnection: false });
      const socket = manager.socket("/");
      await nextEvent(socket, "connect");
      const log = record(manager, socket);
      cut();
      await nextEvent(manager, "close");
      expect(log).toEqual(["disconnect transport close", "close transport close"]);
      expect([inside(manager)._readyState, inside(manager)._reconnecting ?? false]).toEqual([
        "closed",
        false,
      ]);
      expect([socket.active, socket.connected]).toEqual([true, false]);
    });

    it("reads its options again", async () => {
      const manager = manage({ query: { token: "old" } });
      const socket = manager.socket("/");
      await nextEvent(socket, "connect");
      manager.opts.query = { token: "new" };
      manager.opts.extraHeaders = { "x-own": "1" };
      manager.opts.transports = ["polling"];
      const again = nextEvent<[ServerSocket]>(meeting.io, "connection");
      cut();
      const [{ handshake, conn }] = await again;
      expect(handshake.query).toMatchObject({ token: "new", transport: "polling" });
      expect(handshake.headers["x-own"]).toBe("1");
      expect(conn.transport.name).toBe("polling");
      await nextEvent(socket, "connect");
    });

    it("obeys settings that were changed meanwhile", async () => {
      const manager = manage({ reconnectionDelay: 60_000, reconnectionDelayMax: 60_000 });
      const socket = manager.socket("/");
      await nextEvent(socket, "connect");
      manager.reconnectionDelay(1).reconnectionDelayMax(2).randomizationFactor(0);
      cut();
      await nextEvent(socket, "connect");
    });
  });

  describe("whose server is not there", () => {
    it("is open to sockets that connect by hand once it has given up", async () => {
      const manager = manage({ reconnectionAttempts: 1 }, await deadEnd());
      const socket = manager.socket("/");
      const log = record(manager, socket);
      await until(() => log.includes("reconnect_error"), "the last error");
      expect(log).toEqual([
        ...["connect_error", "error", "reconnect_attempt 1"],
        ...["connect_error", "error", "reconnect_failed", "reconnect_error"],
      ]);
      expect([socket.active, inside(manager)._reconnecting]).toEqual([true, false]);
      log.length = 0;
      socket.connect();
      await until(() => log.includes("reconnect_error"), "another series");
      expect(log.slice(0, 3)).toEqual(["connect_error", "error", "reconnect_attempt 1"]);
    });

    it("connects its sockets when it is opened by hand once it has given up", async () => {
      let allowed = false;
      meeting.io.engine.opts.allowRequest = (_request, decide) => decide(null, allowed);
      const manager = manage({ reconnectionAttempts: 1 });
      const socket = manager.socket("/");
      await nextEvent(manager, "reconnect_failed");
      allowed = true;
      manager.open();
      await nextEvent(socket, "connect");
    });

    it("tells an attempt that took too long", async () => {
      const silent = await openHttpPort(() => undefined);
      const manager = manage({ timeout: 20, reconnection: false, transports: ["polling"] }, silent.url);
      const socket = manager.socket("/");
      const [[error], [same]] = await Promise.all([
        nextEvent<[Error]>(socket, "connect_error"),
        nextEvent<[Error]>(manager, "error"),
      ]);
      expect(error).toBeInstanceOf(Error);
      expect(error.message).toBe("timeout");
      expect(same).toBe(error);
      expect(inside(manager)._readyState).toBe("closed");
      await silent.close();
    });
  });

  describe("knows its settings", () => {
    const settings = (manager: Manager): unknown[] => [
      manager.reconnection(),
      manager.reconnectionAttempts(),
      manager.reconnectionDelay(),
      manager.reconnectionDelayMax(),
      manager.randomizationFactor(),
      manager.timeout(),
    ];

    it.each<[string, ClientOptions, unknown[]]>([
      [
        "by default",
        { reconnectionDelay: undefined, reconnectionDelayMax: undefined } as never,
        [true, Infinity, 1000, 5000, 0.5, 20_000],
      ],
      [
        "as the options say",
        {
          reconnection: false,
          reconnectionAttempts: 3,
          reconnectionDelay: 10,
          reconnectionDelayMax: 20,
          randomizationFactor: 0,
          timeout: 5,
        },
        [false, 3, 10, 20, 0, 5],
      ],
      [
        "with zeros",
        {
          reconnectionAttempts: 0,
          reconnectionDelay: 0,
          reconnectionDelayMax: 0,
          timeout: false as never,
        },
        [true, Infinity, 1000, 5000, 0.5, false],
      ],
    ])("%s", (_what, options, expected) => {
      const manager = manage({ autoConnect: false, ...options });
      expect(settings(manager)).toEqual(expected);
    });

    it("and takes others", () => {
      const manager = manage({ autoConnect: false });
      manager
        .reconnection(false)
        .reconnectionAttempts(1)
        .reconnectionDelay(2)
        .reconnectionDelayMax(3)
        .randomizationFactor(0.4)
        .timeout(5);
      expect(settings(manager)).toEqual([false, 1, 2, 3, 0.4, 5]);
    });
  });
});
