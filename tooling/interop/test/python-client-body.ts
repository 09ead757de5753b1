/** What a client of another language does with our server, and with the stock one: python-socketio 5. */
import { DelayingProxy, nextEvent, NumberedStream, until } from "@telsiz/testkit";
import type { ServerOptions, Socket as ServerSocket } from "socket.io";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type Meeting, openMeeting } from "../src/meeting.ts";
import { type ServerKind, TRANSPORT_CHOICES, type TransportChoice } from "../src/peers.ts";
import { PythonPeer, REFUSED } from "../src/python-peer.ts";
import { FOREIGN_VALUES } from "./foreign-values.ts";

/** The two clients that python-socketio has, which share no HTTP library. */
export type PythonFlavour = "asyncio" | "threads";

/** Asserts that a Python client does over a transport what it was made for. */
export function pythonClientTests(server: ServerKind, flavour: PythonFlavour, choice: TransportChoice): void {
  let python: PythonPeer;
  let meeting: Meeting;
  let clients = 0;

  beforeAll(() => {
    python = new PythonPeer("client.py", flavour);
  });
  beforeEach(async () => {
    meeting = await openMeeting(server);
  });
  afterEach(async () => {
    python.tell("disconnect");
    await meeting.close();
  });
  afterAll(async () => {
    await python.stop();
    expect(python.complaints).not.toMatch(REFUSED);
  });

  async function reopen(options: Partial<ServerOptions>): Promise<void> {
    await meeting.close();
    meeting = await openMeeting(server, options);
  }

  function tellToConnect(options: object = {}): void {
    const name = `client ${++clients}`;
    const defaults = { name, url: meeting.url, namespaces: ["/"], transports: TRANSPORT_CHOICES[choice] };
    python.tell("connect", { ...defaults, ...options });
  }

  /** The next report of the client. */
  const heard = (kind: string): Promise<unknown> => python.report(`client ${clients} ${kind}`);

  /** The server's side of a client that is connected. */
  async function connect(options: object = {}, nsp = "/"): Promise<ServerSocket> {
    const connected = nextEvent<[ServerSocket]>(meeting.io.of(nsp), "connection");
    tellToConnect(options);
    const [socket] = await connected;
    expect(await heard("connect")).toEqual([nsp, socket.id]);
    return socket;
  }

  const emit = (event: string, ...args: unknown[]): void =>
    python.tell("emit", { namespace: "/", event, args });

  it("connects, with auth", async () => {
    const socket = await connect({ auth: { token: "abc" } });
    expect(socket.handshake.auth).toEqual({ token: "abc" });
    const name = choice === "polling" ? "polling" : "websocket";
    await until(() => socket.conn.transport.name === name, "the transport");
    python.tell("transport");
    expect(await heard("transport")).toBe(name);
  });

  it.each(FOREIGN_VALUES)("exchanges %s", async (_what, args) => {
    const socket = await connect();
    const received = nextEvent(socket, "values");
    emit("values", ...args);
    expect(await received).toEqual(args);
    socket.emit("values", ...args);
    expect(await heard("event")).toEqual(["/", "values", ...args]);
  });

  it.each(FOREIGN_VALUES)("acknowledges with %s", async (_what, args) => {
    const socket = await connect();
    socket.on("ask", (...received: unknown[]) => {
      const acknowledge = received.pop() as (...values: unknown[]) => void;
      acknowledge(...received);
    });
    python.tell("ask", { namespace: "/", event: "ask", args });
    expect(await heard("answer")).toEqual(args);
    const answer = new Promise((resolve) => {
      socket.timeout(5_000).emit("ask", ...args, (...answered: unknown[]) => resolve(answered));
    });
    expect(await answer).toEqual([null, ...args]);
  });

  it("keeps hundreds of messages in order", async () => {
    const socket = await connect();
    const stream = new NumberedStream(300);
    socket.on("number", (n: number) => stream.receive(n));
    for (let n = 0; n < 300; n++) emit("number", n, n % 10 === 0 ? Buffer.from([n % 256]) : "text");
    await until(() => stream.complete, "the whole stream");
    expect(stream.faults).toEqual([]);
  });

  it("joins several namespaces over one connection, with auth and acknowledgements in each", async () => {
    const admin = nextEvent<[ServerSocket]>(meeting.io.of("/admin"), "connection");
    const main = nextEvent<[ServerSocket]>(meeting.io, "connection");
    tellToConnect({ namespaces: ["/", "/admin"], auth: { token: "abc" } });
    const [[adminSocket], [socket]] = await Promise.all([admin, main]);
    const connected = [await heard("connect"), await heard("connect")];
    expect(connected).toEqual(
      expect.arrayContaining([
        ["/", socket.id],
        ["/admin", adminSocket.id],
      ]),
    );
    expect(adminSocket.conn).toBe(socket.conn);
    expect(adminSocket.handshake.auth).toEqual({ token: "abc" });
    expect(await adminSocket.timeout(5_000).emitWithAck("of admins", Buffer.from([1]))).toEqual(
      Buffer.from([1]),
    );
    expect(await heard("event")).toEqual(["/admin", "of admins", Buffer.from([1])]);
    adminSocket.on("hello", (answer: (value: string) => void) => answer("admin"));
    python.tell("ask", { namespace: "/admin", event: "hello", args: [] });
    expect(await heard("answer")).toEqual(["admin"]);
    adminSocket.disconnect();
    expect(await heard("disconnect")).toBe("/admin");
    socket.emit("still here");
    expect(await heard("event")).toEqual(["/", "still here"]);
  });

  it("gets what is sent to its rooms and to all, and nothing else", async () => {
    const { io } = meeting;
    const socket = await connect();
    await socket.join("kitchen");
    io.except("kitchen").emit("not this");
    io.to("cellar").emit("nor this");
    socket.broadcast.emit("nor that");
    io.to(["kitchen", "cellar"]).emit("to the kitchen", Buffer.from([1]));
    io.emit("to all");
    expect(await heard("event")).toEqual(["/", "to the kitchen", Buffer.from([1])]);
    expect(await heard("event")).toEqual(["/", "to all"]);
    expect(await io.to("kitchen").timeout(5_000).emitWithAck("who?", "you")).toEqual(["you"]);
  });

  it("is told why it is refused", async () => {
    meeting.io.use((_socket, next) =>
      next(Object.assign(new Error("not authorized"), { data: { code: 7 } })),
    );
    tellToConnect();
    expect(await heard("connect_error")).toEqual(["/", { message: "not authorized", data: { code: 7 } }]);
  });

  it("is told that a namespace is not there", async () => {
    tellToConnect({ namespaces: ["/nowhere"] });
    expect(await heard("connect_error")).toEqual(["/nowhere", { message: "Invalid namespace" }]);
  });

  it("is refused by allowRequest", async () => {
    await reopen({ allowRequest: (_request, decide) => decide("no", false) });
    tellToConnect();
    expect(await heard("refused")).toMatch(choice === "websocket" ? "Connection error" : "status code 403");
    await heard("connect_error");
  });

  it("leaves", async () => {
    const socket = await connect();
    const left = nextEvent(socket, "disconnect");
    python.tell("disconnect");
    // It closes the connection beside the packets that say so, and either may be first.
    expect((await left)[0]).toMatch(/^client namespace disconnect$|^transport (close|error)$/);
    expect(await heard("disconnect")).toBe("/");
  });

  it.each([false, true])("is sent away by disconnect(%s)", async (close) => {
    const socket = await connect();
    // It tells of the end only where the whole connection has been made.
    await socket.timeout(5_000).emitWithAck("here?");
    await heard("event");
    socket.disconnect(close);
    expect(await heard("disconnect")).toBe("/");
  });

  it("lives through heartbeats", async () => {
    await reopen({ pingInterval: 20, pingTimeout: 5_000 });
    const socket = await connect();
    let pongs = 0;
    socket.conn.on("heartbeat", () => pongs++);
    await until(() => pongs >= 3, "three pongs");
    expect(await socket.timeout(5_000).emitWithAck("here?", 1)).toBe(1);
    await heard("event");
  });

  it("comes back after its connection was lost", async () => {
    const proxy = await DelayingProxy.open(meeting.port, { seed: 1, maxMs: 0 });
    const socket = await connect({ url: proxy.url, reconnection: true });
    await socket.timeout(5_000).emitWithAck("here?");
    await heard("event");
    const again = nextEvent<[ServerSocket]>(meeting.io, "connection");
    await until(() => socket.conn.transport.writable, "a request or WebSocket that can be cut");
    proxy.cut();
    expect(await heard("disconnect")).toBe("/");
    const [returned] = await again;
    expect(await heard("connect")).toEqual(["/", returned.id]);
    expect(returned.id).not.toBe(socket.id);
    await proxy.close();
  });

  it("takes events that carry an offset for recovery", async () => {
    await reopen({ connectionStateRecovery: {} });
    const socket = await connect();
    socket.emit("news", Buffer.from([1]));
    expect(await heard("event")).toEqual(["/", "news", Buffer.from([1]), expect.any(String)]);
  });
}
