/** What every pairing of client and server does over every transport: one body for all (overview.md). */
import {
  DelayingProxy,
  describeValue,
  nextEvent,
  NumberedStream,
  openHttpPort,
  until,
} from "@telsiz/testkit";
import type { Server, ServerOptions, Socket as ServerSocket } from "socket.io";
import type { Socket as ClientSocket } from "socket.io-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Meeting, openMeeting, type Pair } from "../src/meeting.ts";
import { type ClientOptions, type Pairing, TRANSPORT_CHOICES, type TransportChoice } from "../src/peers.ts";

/** What both sides of a connection can do. */
type Side = ClientSocket | ServerSocket;

/** Asserts that a pairing does over a transport what the overview lists. */
export function interopTests({ server, client: clientKind }: Pairing, choice: TransportChoice): void {
  const transports = [...TRANSPORT_CHOICES[choice]];
  let meeting: Meeting;
  let io: Server;

  async function open(options?: Partial<ServerOptions>): Promise<void> {
    meeting = await openMeeting(server, options, clientKind);
    io = meeting.io;
  }

  beforeEach(() => open());
  afterEach(() => meeting.close());

  /** Closes the server of this test for one with options. */
  async function reopen(options: Partial<ServerOptions>): Promise<void> {
    await meeting.close();
    await open(options);
  }

  const connect = (options?: ClientOptions, nsp?: string): Promise<Pair> =>
    meeting.pair({ transports, ...options }, nsp);

  /** A client of a namespace that is not there before it. */
  async function connectVia(
    parent: ReturnType<Server["of"]>,
    nsp: string,
    options?: ClientOptions,
  ): Promise<Pair> {
    const joined = nextEvent<[ServerSocket]>(parent, "connection");
    const client = unconnected(options, nsp);
    const [[socket]] = await Promise.all([joined, nextEvent(client, "connect")]);
    return { client, socket };
  }

  /** A client that may not get a connection. */
  const unconnected = (options?: ClientOptions, nsp = "/"): ClientSocket =>
    meeting.client({ transports, ...options }, meeting.url + nsp);

  if (choice === "upgrade") {
    it("moves to WebSocket, and events go on both ways", async () => {
      const { client, socket } = await connect();
      await until(() => socket.conn.transport.name === "websocket", "the upgrade of the server");
      await until(() => client.io.engine.transport.name === "websocket", "the upgrade of the client");
      await roundTrip(client, socket);
      await roundTrip(socket, client);
    });
  } else {
    it(`connects over ${choice} alone`, async () => {
      const { client, socket } = await connect();
      expect(socket.conn.transport.name).toBe(choice);
      expect(client.io.engine.transport.name).toBe(choice);
      expect(client.id).toBe(socket.id);
    });
  }

  describe.each([
    ["client to server", ({ client, socket }: Pair): [Side, Side] => [client, socket]],
    ["server to client", ({ client, socket }: Pair): [Side, Side] => [socket, client]],
  ])("from %s", (_name, direct) => {
    const sides = async (): Promise<[Side, Side]> => direct(await connect());

    it("sends an event with one argument", async () => {
      const [from, to] = await sides();
      const received = nextEvent(to, "hello");
      from.emit("hello", "world");
      expect(await received).toEqual(["world"]);
    });

    it("sends any number of arguments, nested objects and bytes among them", async () => {
      const [from, to] = await sides();
      const received = nextEvent(to, "hello");
      from.emit("hello", 1, "2", { 3: "4", 5: Buffer.from([6]) }, [[7], null], true);
      expect(describeValue(await received)).toEqual([
        1,
        "2",
        { 3: "4", 5: Buffer.from([6]) },
        [[7], null],
        true,
      ]);
      const none = nextEvent(to, "nothing");
      from.emit("nothing");
      expect(await none).toEqual([]);
    });

    it.each(SERIALISABLE)("serialises %s", async (_what, sent, arrives) => {
      const [from, to] = await sides();
      const received = nextEvent(to, "value");
      from.emit("value", sent());
      expect(await received).toEqual([arrives]);
    });

    it.each(BINARY)("gives %s as a Buffer", async (_what, sent, bytes) => {
      const [from, to] = await sides();
      const received = nextEvent(to, "value");
      from.emit("value", sent);
      const [value] = await received;
      expect(Buffer.isBuffer(value)).toBe(true);
      expect(value).toEqual(Buffer.from(bytes));
    });

    it("sends ten attachments in one event, in their places", async () => {
      const [from, to] = await sides();
      const received = nextEvent(to, "value");
      const attachments = Array.from({ length: 10 }, (_, n) => Buffer.from([n, n, n]));
      from.emit("value", { list: attachments.slice(0, 9) }, "between", attachments[9]);
      expect(await received).toEqual([{ list: attachments.slice(0, 9) }, "between", attachments[9]]);
    });

    it("refuses what cannot be serialised, and goes on", async () => {
      const [from, to] = await sides();
      expect(() => from.emit("value", 1n)).toThrow("Do not know how to serialize a BigInt");
      const circular: { self?: unknown } = {};
      circular.self = circular;
      expect(() => from.emit("value", circular)).toThrow(/Maximum call stack|contains itself/);
      await roundTrip(from, to);
    });

    it.each(["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"])(
      "refuses to send the reserved event %s",
      async (event) => {
        const [from] = await sides();
        expect(() => from.emit(event)).toThrow(`"${event}" is a reserved event name`);
      },
    );

    it("acknowledges with several values, text and bytes", async () => {
      const [from, to] = await sides();
      to.on("ask", (value: string, answer: (...values: unknown[]) => void) => {
        answer(value, Buffer.from([1, 2]), { nested: [Buffer.from([3])] });
      });
      const values = await new Promise((resolve) => {
        from.emit("ask", "x", (...answered: unknown[]) => resolve(answered));
      });
      expect(values).toEqual(["x", Buffer.from([1, 2]), { nested: [Buffer.from([3])] }]);
    });

    it("takes only the first acknowledgement of each event", async () => {
      const [from, to] = await sides();
      to.on("ask", (answer: (value: number) => void) => {
        answer(1);
        answer(2);
      });
      const values: number[] = [];
      from.emit("ask", (value: number) => values.push(value));
      await roundTrip(from, to);
      await roundTrip(to, from);
      expect(values).toEqual([1]);
    });

    it("acknowledges before the timeout with no error, by callback and by promise", async () => {
      const [from, to] = await sides();
      to.on("request", (a: unknown, b: unknown, answer: (value: unknown) => void) =>
        answer({ status: "ok" }),
      );
      const values = await new Promise((resolve) => {
        from
          .timeout(5_000)
          .emit("request", { foo: "bar" }, "baz", (...answered: unknown[]) => resolve(answered));
      });
      expect(values).toEqual([null, { status: "ok" }]);
      const response = await from.timeout(5_000).emitWithAck("request", { foo: "bar" }, "baz");
      expect(response).toEqual({ status: "ok" });
      expect(await from.emitWithAck("request", 1, 2)).toEqual({ status: "ok" });
    });

    it("fails an acknowledgement that does not come in time, by callback and by promise", async () => {
      const [from] = await sides();
      const error = await new Promise<Error>((resolve) => {
        from.timeout(5).emit("nobody listens", (failure: Error) => resolve(failure));
      });
      expect(error).toBeInstanceOf(Error);
      expect(error.message).toBe("operation has timed out");
      await expect(from.timeout(5).emitWithAck("nobody listens")).rejects.toThrow("operation has timed out");
    });

    it("calls catch-all listeners of incoming events, in their order, until they are removed", async () => {
      const [from, to] = await sides();
      const seen: unknown[] = [];
      const second = (...args: unknown[]): void => void seen.push(["second", ...args]);
      const first = (...args: unknown[]): void => void seen.push(["first", ...args]);
      to.onAny(second);
      to.prependAny(first);
      expect(to.listenersAny()).toEqual([first, second]);
      await sendOver(from, to, "event", 1);
      to.offAny(first);
      await sendOver(from, to, "event", 2);
      to.offAny();
      expect(to.listenersAny()).toEqual([]);
      await sendOver(from, to, "event", 3);
      expect(seen).toEqual([
        ["first", "event", 1],
        ["second", "event", 1],
        ["second", "event", 2],
      ]);
    });

    it("calls catch-all listeners of outgoing events, in their order, until they are removed", async () => {
      const [from, to] = await sides();
      const seen: unknown[] = [];
      const second = (...args: unknown[]): void => void seen.push(["second", ...args]);
      const first = (...args: unknown[]): void => void seen.push(["first", ...args]);
      from.onAnyOutgoing(second);
      from.prependAnyOutgoing(first);
      expect(from.listenersAnyOutgoing()).toEqual([first, second]);
      await sendOver(from, to, "event", 1);
      from.offAnyOutgoing(first);
      await sendOver(from, to, "event", 2);
      from.offAnyOutgoing();
      expect(from.listenersAnyOutgoing()).toEqual([]);
      await sendOver(from, to, "event", 3);
      expect(seen).toEqual([
        ["first", "event", 1],
        ["second", "event", 1],
        ["second", "event", 2],
      ]);
    });

    it("sends volatile and uncompressed events when the way is free", async () => {
      const [from, to] = await sides();
      await free(from);
      const received = nextEvent(to, "maybe");
      from.volatile.emit("maybe", 1);
      expect(await received).toEqual([1]);
      const plain = nextEvent(to, "plain");
      from.compress(false).emit("plain", "x".repeat(2_000));
      expect(await plain).toEqual(["x".repeat(2_000)]);
    });

    it("carries large messages, as text and as bytes", async () => {
      const [from, to] = await sides();
      const text = "0123456789".repeat(20_000);
      const bytes = Buffer.alloc(200_000, 7);
      const received = [nextEvent(to, "text"), nextEvent(to, "bytes")];
      from.emit("text", text);
      from.emit("bytes", bytes);
      const [[sameText], [sameBytes]] = (await Promise.all(received)) as [[string], [Buffer]];
      // Compared here, as matchers take long for so much.
      expect(sameText === text).toBe(true);
      expect(sameBytes.equals(bytes)).toBe(true);
    });

    it("carries text of every script, and characters that mean something on the wire", async () => {
      const [from, to] = await sides();
      const texts = ["ğ€😀", "日本語", "\u0000\u001e\u2028", "\ud800", '"},[', "b4AAA", "𝒳".repeat(100)];
      const received = nextEvent(to, "texts/ünïcode 😀");
      from.emit("texts/ünïcode 😀", texts, { "ключ\u001e": 1 });
      expect(await received).toEqual([texts, { "ключ\u001e": 1 }]);
    });

    it("keeps a thousand numbered messages in order", async () => {
      const [from, to] = await sides();
      const stream = new NumberedStream(1_000);
      to.on("number", (n: number) => stream.receive(n));
      for (let n = 0; n < 1_000; n++) from.emit("number", n, n % 10 === 0 ? Buffer.from([n % 256]) : "text");
      await completion(stream);
      expect(stream.faults).toEqual([]);
    });
  });

  it("broadcasts to everybody, and to all but the sender", async () => {
    const pairs = [await connect(), await connect(), await connect()];
    const logs = pairs.map(({ client }) => record(client));
    io.emit("hello", "world", Buffer.from([1]));
    pairs[0]!.socket.broadcast.emit("others");
    await settled(pairs);
    const all = ["hello", "world", Buffer.from([1])];
    expect(logs).toEqual([[all], [all, ["others"]], [all, ["others"]]]);
  });

  it("reaches the members of rooms, each once, and nobody else", async () => {
    const pairs = [await connect(), await connect(), await connect(), await connect()];
    const logs = pairs.map(({ client }) => record(client));
    const [a, b, c] = pairs.map(({ socket }) => socket) as [ServerSocket, ServerSocket, ServerSocket];
    await a.join(["r1", "r2"]);
    await b.join("r2");
    await c.join(["r2", "r3"]);
    expect([...a.rooms]).toEqual([a.id, "r1", "r2"]);
    io.to("r1").emit("r1");
    io.to("r1").in("r2").emit("union");
    io.to(["r1", "r3"]).emit("list");
    io.except("r2").emit("others");
    io.to("r2").except("r3").emit("but");
    a.to("r2").emit("not me");
    a.to("r2").except("r3").emit("neither");
    a.except("r3").emit("any but");
    b.in("r1").emit("one");
    io.to(c.id).emit("private");
    await c.leave("r2");
    io.to("r2").emit("left");
    await settled(pairs);
    expect(logs.map((log) => log.map(([event]) => event))).toEqual([
      ["r1", "union", "list", "but", "one", "left"],
      ["union", "but", "not me", "neither", "any but", "left"],
      ["union", "list", "not me", "private"],
      ["others", "any but"],
    ]);
  });

  it("collects the acknowledgements of a broadcast, and says who did not answer in time", async () => {
    const pairs = [await connect(), await connect()];
    pairs.forEach(({ client }, n) => client.on("ask", (answer: (value: number) => void) => answer(n)));
    expect([...(await io.timeout(5_000).emitWithAck("ask"))].sort()).toEqual([0, 1]);
    pairs[1]!.client.off("ask");
    const [error, responses] = await new Promise<[Error, number[]]>((resolve) => {
      io.timeout(100).emit("ask", (failure: Error, values: number[]) => resolve([failure, values]));
    });
    expect(error.message).toBe("operation has timed out");
    expect(responses).toEqual([0]);
  });

  it("shares a connection between namespaces, with auth and middleware of their own", async () => {
    const admin = io.of("/admin");
    admin.use((socket, next) => {
      socket.data.user = socket.handshake.auth["user"];
      next();
    });
    admin.use((_socket, next) => void Promise.resolve().then(() => next()));
    const { client, socket } = await connect();
    const joined = nextEvent<[ServerSocket]>(admin, "connection");
    const adminClient = client.io.socket("/admin", { auth: { user: "alice" } });
    const [adminSocket] = await joined;
    expect(adminSocket.handshake.auth).toEqual({ user: "alice" });
    expect(adminSocket.data).toEqual({ user: "alice" });
    expect(adminSocket.conn).toBe(socket.conn);
    expect(io.engine.clientsCount).toBe(1);
    const logs = [record(client), record(adminClient)];
    await until(() => adminClient.connected, "the admin is connected");
    admin.emit("admins");
    io.emit("everybody");
    await roundTrip(adminSocket, adminClient);
    await roundTrip(socket, client);
    expect(logs.map((log) => log.map(([event]) => event))).toEqual([
      ["everybody", "round trip"],
      ["admins", "round trip"],
    ]);
    const left = nextEvent(adminSocket, "disconnect");
    adminClient.disconnect();
    expect((await left)[0]).toBe("client namespace disconnect");
    await roundTrip(client, socket);
  });

  it("makes namespaces that clients ask for, where a pattern or a function accepts the name", async () => {
    const teams = io.of(/^\/team-\d+$/);
    const clubs = io.of((name, auth, next) => {
      setImmediate(next, null, name.startsWith("/club-") && auth["member"] === true);
    });
    clubs.use((socket, next) => {
      socket.data.club = socket.nsp.name;
      next();
    });
    const announced: string[] = [];
    io.on("new_namespace", ({ name }) => announced.push(name));

    const [{ client, socket }, other] = [
      await connectVia(teams, "/team-1"),
      await connectVia(teams, "/team-2"),
    ];
    expect(socket.nsp.name).toBe("/team-1");
    await roundTrip(client, socket);
    const logs = [record(client), record(other.client)];
    teams.emit("all teams");
    io.of("/team-2").emit("one team");
    await settled([{ client, socket }, other]);
    expect(logs.map((log) => log.map(([event]) => event))).toEqual([
      ["all teams"],
      ["all teams", "one team"],
    ]);

    const member = await connectVia(clubs, "/club-1", { auth: { member: true } });
    expect(member.socket.data).toEqual({ club: "/club-1" });
    await roundTrip(member.client, member.socket);
    const stranger = unconnected({ auth: { member: false } }, "/club-2");
    const [error] = await nextEvent<[Error]>(stranger, "connect_error");
    expect(error.message).toBe("Invalid namespace");
    expect(announced).toEqual(["/team-1", "/team-2", "/club-1"]);
  });

  it("gives auth by a function, at each connection", async () => {
    let count = 0;
    const auth = (give: (auth: object) => void): void => give({ count: ++count });
    const { client, socket } = await connect({ auth });
    expect(socket.handshake.auth).toEqual({ count: 1 });
    const again = nextEvent<[ServerSocket]>(io, "connection");
    client.disconnect().connect();
    expect((await again)[0].handshake.auth).toEqual({ count: 2 });
  });

  it("tells a refused client why, with data, and lets it try again", async () => {
    io.use((socket, next) => {
      const { token } = socket.handshake.auth as { token: string };
      next(token === "ok" ? undefined : Object.assign(new Error("not authorized"), { data: { code: 7 } }));
    });
    const client = unconnected({ auth: { token: "no" } });
    const [error] = await nextEvent<[Error & { data: unknown }]>(client, "connect_error");
    expect(error).toBeInstanceOf(Error);
    expect(error.message).toBe("not authorized");
    expect(error.data).toEqual({ code: 7 });
    expect([client.connected, client.active]).toEqual([false, false]);
    client.auth = { token: "ok" };
    client.connect();
    await nextEvent(client, "connect");
  });

  it("tells a client that a namespace is not there", async () => {
    const client = unconnected({}, "/nowhere");
    const [error] = await nextEvent<[Error & { data: unknown }]>(client, "connect_error");
    expect([error.message, error.data]).toEqual(["Invalid namespace", undefined]);
    expect(client.active).toBe(false);
  });

  it("runs packet middlewares, and reports what they refuse", async () => {
    const { client, socket } = await connect();
    const errors = nextEvent<[Error]>(socket, "error");
    socket.use(([event], next) => next(event === "forbidden" ? new Error("not you") : undefined));
    const log = record(socket);
    client.emit("forbidden");
    expect((await errors)[0].message).toBe("not you");
    const listened = nextEvent(socket, "allowed");
    client.emit("allowed", 1);
    expect(await listened).toEqual([1]);
    expect(log).toEqual([["forbidden"], ["allowed", 1]]);
  });

  describe("when the connection ends", () => {
    async function reasons(end: (pair: Pair) => unknown): Promise<unknown> {
      const pair = await connect({ reconnection: false });
      const { client, socket } = pair;
      const order: string[] = [];
      socket.on("disconnecting", () => order.push(`disconnecting in ${socket.rooms.size} room`));
      socket.on("disconnect", () => order.push(`disconnect in ${socket.rooms.size} rooms`));
      const both = Promise.all([nextEvent(client, "disconnect"), nextEvent(socket, "disconnect")]);
      await end(pair);
      const [[clientReason], [serverReason]] = await both;
      expect(order).toEqual(["disconnecting in 1 room", "disconnect in 0 rooms"]);
      expect([client.connected, client.id, socket.connected]).toEqual([false, undefined, false]);
      expect(io.sockets.sockets.size).toBe(0);
      return { client: clientReason, server: serverReason, active: client.active };
    }

    it("names the client's leaving", async () => {
      expect(await reasons(({ client }) => client.disconnect())).toEqual({
        client: "io client disconnect",
        server: "client namespace disconnect",
        active: false,
      });
    });

    it.each([false, true])("names the server's disconnect(%s)", async (close) => {
      expect(await reasons(({ socket }) => socket.disconnect(close))).toEqual({
        client: "io server disconnect",
        server: "server namespace disconnect",
        active: false,
      });
    });

    it("names the client's closed engine", async () => {
      expect(await reasons(({ client }) => client.io.engine.close())).toEqual({
        client: "forced close",
        server: "transport close",
        active: true,
      });
    });

    it("names the server's closed engine", async () => {
      expect(await reasons(({ socket }) => socket.conn.close())).toEqual({
        client: "transport close",
        server: "forced close",
        active: true,
      });
    });

    it("names the server's end", async () => {
      expect(await reasons(() => void io.close())).toEqual({
        // Over polling, a request that comes after the end is an error.
        client:
          choice === "websocket" ? "transport close" : expect.stringMatching(/^transport (close|error)$/),
        server: "server shutting down",
        active: true,
      });
    });

    it("names what the peer's parser refuses", async () => {
      const outcome = await reasons(({ client }) => (client.io.engine as any).send("9nonsense"));
      expect(outcome).toEqual({ client: "transport close", server: "forced close", active: true });
      const other = await connect({ reconnection: false });
      const left = Promise.all([
        nextEvent(other.client, "disconnect"),
        nextEvent(other.socket, "disconnect"),
      ]);
      (other.socket.conn as any).send("9nonsense");
      const [[clientReason], [serverReason]] = await left;
      expect([clientReason, serverReason]).toEqual(["parse error", "transport close"]);
    });

    it("names silence, on either side", async () => {
      await reopen({ pingInterval: 150, pingTimeout: 150 });
      const proxy = await DelayingProxy.open(meeting.port, { seed: 1, maxMs: 0 });
      const client = meeting.client({ transports, reconnection: false }, proxy.url);
      const [[socket]] = await Promise.all([
        nextEvent<[ServerSocket]>(io, "connection"),
        nextEvent(client, "connect"),
      ]);
      const both = Promise.all([nextEvent(client, "disconnect"), nextEvent(socket, "disconnect")]);
      proxy.freeze();
      const [[clientReason], [serverReason]] = await both;
      expect([clientReason, serverReason]).toEqual(["ping timeout", "ping timeout"]);
      await proxy.close();
    });
  });

  it("stays connected through many heartbeats", async () => {
    await reopen({ pingInterval: 15, pingTimeout: 2_000 });
    const { client, socket } = await connect();
    let pings = 0;
    client.io.on("ping", () => pings++);
    await until(() => pings >= 3, "three pings");
    await roundTrip(client, socket);
  });

  it("comes back after a lost connection, sends what was kept meanwhile, in order", async () => {
    const { client, socket } = await connect({ reconnectionDelay: 5, reconnectionDelayMax: 10 });
    const events: string[] = [];
    client.io.on("reconnect_attempt", (n) => events.push(`attempt ${n}`));
    client.io.on("reconnect", (n) => events.push(`reconnect ${n}`));
    const stream = new NumberedStream(50);
    const again = new Promise<ServerSocket>((resolve) => {
      io.on("connection", (arrived) => {
        arrived.on("number", (n: number) => stream.receive(n));
        arrived.on("ask", (answer: (value: string) => void) => answer("late"));
        resolve(arrived);
      });
    });
    const [, lost] = await Promise.all([
      Promise.resolve(socket.conn.close()),
      nextEvent(client, "disconnect"),
    ]);
    expect(lost[0]).toBe("transport close");
    for (let n = 0; n < 50; n++) client.emit("number", n);
    const answer = client.emitWithAck("ask");
    expect((await again).id).not.toBe(socket.id);
    expect(await answer).toBe("late");
    expect(stream.complete).toBe(true);
    expect(stream.faults).toEqual([]);
    expect(events).toEqual(["attempt 1", "reconnect 1"]);
  });

  it("keeps what is emitted before it is connected, but for volatile events", async () => {
    const received: unknown[] = [];
    io.on("connection", (socket) => socket.onAny((...args) => received.push(args)));
    const client = unconnected();
    client.volatile.emit("maybe");
    client.emit("kept", 1);
    client.emit("kept", 2);
    await until(() => received.length === 2, "what was kept");
    expect(received).toEqual([
      ["kept", 1],
      ["kept", 2],
    ]);
  });

  it("gives up after the attempts that it may make", async () => {
    const events: string[] = [];
    const gone = await openHttpPort();
    await gone.close();
    const options = { reconnectionDelay: 1, reconnectionDelayMax: 2, reconnectionAttempts: 2 };
    const client = meeting.client({ transports, ...options }, gone.url);
    client.on("connect_error", () => events.push("connect_error"));
    client.io.on("error", () => events.push("error"));
    client.io.on("reconnect_attempt", (n) => events.push(`reconnect_attempt ${n}`));
    client.io.on("reconnect_error", () => events.push("reconnect_error"));
    client.io.on("reconnect_failed", () => events.push("reconnect_failed"));
    await until(() => events.filter((event) => event === "reconnect_error").length === 2, "the last error");
    expect(events).toEqual([
      ...["connect_error", "error", "reconnect_attempt 1", "connect_error", "error", "reconnect_error"],
      ...["reconnect_attempt 2", "connect_error", "error", "reconnect_failed", "reconnect_error"],
    ]);
    expect(client.active).toBe(true);
  });

  it("fails acknowledgements of a client that loses its connection", async () => {
    const { client, socket } = await connect({ reconnection: false });
    const [plain, timed]: unknown[][] = [[], []];
    client.emit("ask", (...values: unknown[]) => plain!.push(...values));
    client.timeout(60_000).emit("ask", (...values: unknown[]) => timed!.push(...values));
    const promise = client.emitWithAck("ask");
    const received = nextEvent(socket, "last");
    client.emit("last");
    await received;
    socket.conn.close();
    await expect(promise).rejects.toThrow("socket has been disconnected");
    expect(timed).toEqual([expect.objectContaining({ message: "socket has been disconnected" })]);
    expect(plain).toEqual([]);
  });

  describe("retries", () => {
    it("deliver every event at least once and in order, though some acknowledgements do not come", async () => {
      const { client, socket } = await connect({ retries: 3, ackTimeout: 60 });
      const counts = [0, 1, 2, 3, 4, 5, 6, 7, 8];
      const received: number[] = [];
      socket.on("count", (count: number, acknowledge: (count: number) => void) => {
        const isFirst = !received.includes(count);
        received.push(count);
        if (count % 3 !== 0 || !isFirst) acknowledge(count);
      });
      const answers = counts.map((count) => client.emitWithAck("count", count) as Promise<number>);
      expect(await Promise.all(answers)).toEqual(counts);
      expect(received.filter((count, index) => count !== received[index - 1])).toEqual(counts);
      expect(received.length).toBeGreaterThan(counts.length);
    });
  });
}

/** What JSON says of each value (api-surface.md 12.1). */
const SERIALISABLE: readonly (readonly [string, () => unknown, unknown])[] = [
  ["a string", () => "text", "text"],
  ["numbers", () => [0, -1.5, 1e300], [0, -1.5, 1e300]],
  ["booleans and null", () => [true, false, null], [true, false, null]],
  ["nested objects", () => ({ a: { b: [{ c: 1 }] } }), { a: { b: [{ c: 1 }] } }],
  [
    "a Map, a Set, a RegExp and an Error as empty objects",
    () => [new Map([[1, 2]]), new Set([1]), /x/, new Error("x")],
    [{}, {}, {}, {}],
  ],
  ["a Date as text", () => new Date(0), "1970-01-01T00:00:00.000Z"],
  ["what toJSON gives", () => ({ toJSON: () => ({ own: "form" }) }), { own: "form" }],
  [
    "bytes inside of what toJSON gives",
    () => ({ toJSON: () => ({ bytes: Buffer.from([1]) }) }),
    { bytes: Buffer.from([1]) },
  ],
  [
    "undefined as null in lists, and not at all in objects",
    () => [undefined, { a: undefined, b: 1 }],
    [null, { b: 1 }],
  ],
  ["numbers that JSON has not as null", () => [NaN, Infinity, -Infinity, -0], [null, null, null, 0]],
];

/** Bytes arrive as Buffer on Node.js, whatever they were. */
const BINARY: readonly (readonly [string, unknown, readonly number[]])[] = [
  ["a Buffer", Buffer.from([1, 2, 3]), [1, 2, 3]],
  ["an ArrayBuffer", Uint8Array.of(1, 2, 3).buffer, [1, 2, 3]],
  ["a Uint8Array", Uint8Array.of(1, 2, 3), [1, 2, 3]],
  ["a part of a larger buffer", Uint8Array.of(0, 1, 2, 3).subarray(1, 3), [1, 2]],
  ["a Uint16Array", Uint16Array.of(258), [...new Uint8Array(Uint16Array.of(258).buffer)]],
  ["a Float32Array", Float32Array.of(1.5), [...new Uint8Array(Float32Array.of(1.5).buffer)]],
  ["a DataView", new DataView(Uint8Array.of(1, 2, 3).buffer, 1), [2, 3]],
  ["no bytes", Buffer.alloc(0), []],
];

async function sendOver(from: Side, to: Side, event: string, ...args: unknown[]): Promise<void> {
  const received = nextEvent(to, event);
  from.emit(event, ...args);
  await received;
}

/** When it is over, all that `from` sent before has arrived. */
function roundTrip(from: Side, to: Side): Promise<void> {
  return sendOver(from, to, "round trip");
}

/** Resolves when a volatile event of `side` would leave at once. */
async function free(side: Side): Promise<void> {
  const transport = "io" in side ? side.io.engine : side.conn;
  await until(() => (transport as any).transport.writable === true, "the transport is writable");
}

/** The event that says that all before has arrived. */
const SETTLED = "settled";

/** Every event that a side gets from now on. */
function record(side: Side): unknown[][] {
  const events: unknown[][] = [];
  side.onAny((...args) => {
    if (args[0] !== SETTLED) events.push(args.map(describeValue));
  });
  return events;
}

/** All that the server sent to these clients has arrived. */
async function settled(pairs: readonly Pair[]): Promise<void> {
  for (const { client, socket } of pairs) await sendOver(socket, client, SETTLED);
}

async function completion(stream: NumberedStream): Promise<void> {
  await until(() => stream.complete, "the whole stream");
}
