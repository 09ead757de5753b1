/** What our client, and the stock one, do with a server of another language: python-socketio 5. */
import { nextEvent, NumberedStream, until } from "@telsiz/testkit";
import type { Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import {
  type ClientKind,
  type ClientOptions,
  TRANSPORT_CHOICES,
  type TransportChoice,
} from "../src/peers.ts";
import { PythonPeer, REFUSED } from "../src/python-peer.ts";
import { FOREIGN_VALUES } from "./foreign-values.ts";

/** Asserts that a client does with a Python server over a transport what it was made for. */
export function pythonServerTests(kind: ClientKind, choice: TransportChoice): void {
  let python: PythonPeer;
  let url: string;
  let clients: Socket[] = [];

  beforeAll(async () => {
    python = new PythonPeer("server.py");
    url = `http://127.0.0.1:${(await python.report("port")) as number}`;
  });
  afterEach(async () => {
    for (const client of clients) if (client.connected) await leave(client);
    clients = [];
  });
  afterAll(async () => {
    await python.stop();
    expect(python.complaints).not.toMatch(REFUSED);
  });

  /** A client that may not be connected yet. */
  function open(options: ClientOptions = {}, nsp = "/"): Socket {
    const transports = [...TRANSPORT_CHOICES[choice]];
    const client = kind.connect(url + nsp, { forceNew: true, transports, ...options });
    clients.push(client);
    return client;
  }

  async function connect(options: ClientOptions = {}, nsp = "/"): Promise<Socket> {
    const client = open(options, nsp);
    await nextEvent(client, "connect");
    expect(await python.report("connect")).toEqual([nsp, client.id, options.auth ?? null]);
    return client;
  }

  /** The server reports who left by the next report of its kind: each test waits for those of its clients. */
  async function leave(client: Socket): Promise<void> {
    const { id } = client;
    client.disconnect();
    expect(await python.report("disconnect")).toEqual([expect.any(String), id]);
  }

  it("connects, with auth", async () => {
    const client = await connect({ auth: { token: "abc" } });
    const name = choice === "polling" ? "polling" : "websocket";
    await until(() => client.io.engine.transport.name === name, "the transport");
    expect(await client.timeout(5_000).emitWithAck("ask", 1)).toBe(1);
    expect(await python.report("event")).toEqual(["/", "ask", 1]);
  });

  it.each(FOREIGN_VALUES)("exchanges %s", async (_what, args) => {
    const client = await connect();
    client.emit("values", ...args);
    expect(await python.report("event")).toEqual(["/", "values", ...args]);
    const received = nextEvent(client, "values");
    python.tell("emit", { namespace: "/", event: "values", args, to: client.id });
    expect(await received).toEqual(args);
  });

  it.each(FOREIGN_VALUES)("acknowledges with %s", async (_what, args) => {
    const client = await connect();
    const answer = new Promise((resolve) => {
      client.timeout(5_000).emit("ask", ...args, (...answered: unknown[]) => resolve(answered));
    });
    expect(await answer).toEqual([null, ...args]);
    expect(await python.report("event")).toEqual(["/", "ask", ...args]);
    client.on("ask", (...received: unknown[]) => {
      const acknowledge = received.pop() as (...values: unknown[]) => void;
      acknowledge(...received);
    });
    python.tell("ask", { namespace: "/", event: "ask", args, to: client.id });
    expect(await python.report("answer")).toEqual(args);
  });

  it("keeps hundreds of messages in order, both ways", async () => {
    const client = await connect();
    const [there, back] = [new NumberedStream(300), new NumberedStream(300)];
    client.on("number", (n: number) => back.receive(n));
    const payload = (n: number): unknown => (n % 10 === 0 ? Buffer.from([n % 256]) : "text");
    for (let n = 0; n < 300; n++) client.emit("number", n, payload(n));
    for (let n = 0; n < 300; n++) {
      python.tell("emit", { namespace: "/", event: "number", args: [n, payload(n)], to: client.id });
    }
    for (let n = 0; n < 300; n++)
      there.receive(((await python.report("event")) as [string, string, number])[2]);
    await until(() => back.complete, "the whole stream");
    expect([...there.faults, ...back.faults]).toEqual([]);
  });

  it("gets what was sent ahead of the answer to CONNECT", async () => {
    const client = open({ auth: { greet: "welcome" } });
    const events: unknown[][] = [];
    client.on("connect", () => events.push(["connect"]));
    client.onAny((...args) => events.push(args));
    await until(() => events.length === 2, "both events");
    await python.report("connect");
    expect(events).toEqual([["greeting", "welcome", Buffer.from([1])], ["connect"]]);
  });

  it("joins several namespaces over one connection", async () => {
    const client = await connect();
    const admin = client.io.socket("/admin", { auth: { token: "abc" } });
    clients.push(admin);
    await nextEvent(admin, "connect");
    expect(await python.report("connect")).toEqual(["/admin", admin.id, { token: "abc" }]);
    expect(await admin.timeout(5_000).emitWithAck("ask", Buffer.from([1]))).toEqual(Buffer.from([1]));
    expect(await python.report("event")).toEqual(["/admin", "ask", Buffer.from([1])]);
    const received = nextEvent(admin, "to admins");
    python.tell("emit", { namespace: "/admin", event: "to admins", args: [1] });
    expect(await received).toEqual([1]);
    await leave(admin);
    expect(await client.timeout(5_000).emitWithAck("still here")).toBe(undefined);
    await python.report("event");
  });

  it("gets what is sent to its rooms and to all, and nothing else", async () => {
    const client = await connect();
    const events: unknown[][] = [];
    client.onAny((...args) => events.push(args));
    const emit = (event: string, options: object): void =>
      python.tell("emit", { namespace: "/", event, args: [], ...options });
    python.tell("enter", { namespace: "/", sid: client.id, room: "kitchen" });
    emit("to the kitchen", { to: "kitchen" });
    emit("to the cellar", { to: "cellar" });
    emit("to the others", { skip: client.id });
    python.tell("leave", { namespace: "/", sid: client.id, room: "kitchen" });
    emit("to the kitchen again", { to: "kitchen" });
    emit("to all", {});
    await until(() => events.length === 2, "both events");
    expect(events).toEqual([["to the kitchen"], ["to all"]]);
  });

  it.each([
    ["without reason", [], "Connection rejected by server", undefined],
    ["with a message", ["not authorized"], "not authorized", undefined],
    ["with data", ["not authorized", { code: 7 }], "not authorized", { code: 7 }],
  ])("is refused %s", async (_how, refuse, message, data) => {
    const client = open({ auth: { refuse } });
    const [error] = await nextEvent<[Error & { data?: unknown }]>(client, "connect_error");
    await python.report("connect");
    expect([error.message, error.data]).toEqual([message, data]);
    expect([client.connected, client.active]).toEqual([false, false]);
  });

  it("is told that a namespace is not there", async () => {
    const client = open({}, "/nowhere");
    const [error] = await nextEvent<[Error]>(client, "connect_error");
    expect(error).toBeInstanceOf(Error);
    expect([client.connected, client.active]).toEqual([false, false]);
  });

  it("is sent away", async () => {
    const client = await connect();
    const { id } = client;
    const left = nextEvent(client, "disconnect");
    python.tell("disconnect", { namespace: "/", sid: id });
    expect((await left)[0]).toBe("io server disconnect");
    expect(await python.report("disconnect")).toEqual(["/", id]);
    expect(client.active).toBe(false);
  });

  it("lives through heartbeats", async () => {
    const client = await connect();
    let pings = 0;
    client.io.on("ping", () => pings++);
    await until(() => pings >= 3, "three pings");
    expect(await client.timeout(5_000).emitWithAck("ask", "alive")).toBe("alive");
    await python.report("event");
  });

  it("comes back after its connection was closed", async () => {
    const client = await connect({ reconnectionDelay: 5, reconnectionDelayMax: 10 });
    const { id } = client;
    const lost = nextEvent(client, "disconnect");
    client.io.engine.close();
    await lost;
    const back = nextEvent(client, "connect"); // it may be there before the report
    client.emit("kept meanwhile");
    expect(await python.report("disconnect")).toEqual(["/", id]);
    await back;
    expect(await python.report("connect")).toEqual(["/", client.id, null]);
    expect(client.id).not.toBe(id);
    expect(await python.report("event")).toEqual(["/", "kept meanwhile"]);
  });
}
