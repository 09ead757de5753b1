/** The Socket of both clients against the stock server: state, errors, reasons, buffers and retries (api-surface.md 10). */
import { nextEvent, openHttpPort, until } from "@telsiz/testkit";
import type { Server, Socket as ServerSocket } from "socket.io";
import type { Socket } from "socket.io-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { type Meeting, openMeeting, type Pair } from "../src/meeting.ts";
import { type ClientOptions, ourClient, stockClient, stockServer } from "../src/peers.ts";

type Transport = "polling" | "websocket";
const TRANSPORTS: readonly Transport[] = ["polling", "websocket"];

describe.each([stockClient, ourClient])("the socket of $name", (kind) => {
  let meeting: Meeting;
  let io: Server;

  beforeEach(async () => {
    meeting = await openMeeting(stockServer, {}, kind);
    ({ io } = meeting);
  });

  afterEach(() => meeting.close());

  const QUICK: ClientOptions = { transports: ["websocket"], reconnectionDelay: 1, reconnectionDelayMax: 2 };
  const connect = (options?: ClientOptions): Promise<Pair> => meeting.pair({ ...QUICK, ...options });
  const unconnected = (options?: ClientOptions, url?: string): Socket =>
    meeting.client({ ...QUICK, ...options }, url);

  /** The server's side of the next connection to the main namespace. */
  const arrival = async (): Promise<ServerSocket> => (await nextEvent<[ServerSocket]>(io, "connection"))[0];

  describe("as an emitter", () => {
    it("adds and removes listeners by all the names of component-emitter", () => {
      const socket = unconnected({ autoConnect: false });
      const [a, b] = [(): void => undefined, (): void => undefined];
      expect([socket.hasListeners("x"), socket.listeners("x")]).toEqual([false, []]);
      const emitter = socket as unknown as Record<string, (...args: unknown[]) => unknown>;
      expect(emitter["addEventListener"]!("x", a)).toBe(socket);
      expect(socket.on("x", b).listeners("x")).toEqual([a, b]);
      expect(socket.off("x", a).listeners("x")).toEqual([b]);
      for (const remove of ["off", "removeListener", "removeEventListener"]) {
        socket.on("x", a).on("x", b).on("y", a).once("z", a);
        expect(emitter[remove]!("z", a)).toBe(socket);
        expect([socket.hasListeners("x"), socket.hasListeners("z")]).toEqual([true, false]);
        emitter[remove]!("x");
        expect([socket.hasListeners("x"), socket.hasListeners("y")]).toEqual([false, true]);
        emitter[remove]!();
        expect(socket.hasListeners("y")).toBe(false);
      }
      emitter["removeAllListeners"]!("x");
      socket.on("x", a).on("y", a);
      emitter["removeAllListeners"]!("x");
      expect([socket.hasListeners("x"), socket.hasListeners("y")]).toEqual([false, true]);
    });

    it("keeps its own events to itself, even if an event of the server bears their name", async () => {
      const { client, socket } = await connect();
      const seen: unknown[] = [];
      client.on("error", (...args: unknown[]) => seen.push(["error", ...args]));
      socket.emit("error");
      socket.emit("error", "not an Error");
      await until(() => seen.length === 2, "both");
      expect(seen).toEqual([["error"], ["error", "not an Error"]]);
    });

    it("lives on when an event named error comes that nobody listens to", async () => {
      const { client, socket } = await connect();
      socket.emit("error", "nobody");
      socket.emit("last");
      await nextEvent(client, "last");
      expect(client.connected).toBe(true);
    });
  });

  describe("knows where it stands", () => {
    const state = ({ id, connected, disconnected, active }: Socket): unknown[] => [
      typeof id,
      connected,
      disconnected,
      active,
    ];

    it("before, while and after it is connected", async () => {
      const client = unconnected({ autoConnect: false });
      expect(state(client)).toEqual(["undefined", false, true, false]);
      expect([client.recovered, client.sendBuffer, client.receiveBuffer]).toEqual([false, [], []]);
      expect(client.connect()).toBe(client);
      expect(state(client)).toEqual(["undefined", false, true, true]);
      await nextEvent(client, "connect");
      expect(state(client)).toEqual(["string", true, false, true]);
      expect(client.open()).toBe(client);
      const [socket] = io.sockets.sockets.values();
      expect(client.id).toBe(socket!.id);
      const inside: unknown[] = [];
      client.on("disconnect", () => inside.push(state(client)));
      expect(client.disconnect()).toBe(client);
      expect(inside).toEqual([["undefined", false, true, false]]);
      expect(client.close()).toBe(client);
      expect(inside).toHaveLength(1);
    });

    it("is not connected yet when another namespace of the connection is", async () => {
      let letIn: (() => void) | undefined;
      io.of("/slow").use((_socket, next) => (letIn = next));
      const { client } = await connect();
      const slow = client.io.socket("/slow");
      await until(() => letIn !== undefined, "the middleware");
      expect(state(slow)).toEqual(["undefined", false, true, true]);
      letIn!();
      await nextEvent(slow, "connect");
      expect(slow.id).not.toBe(client.id);
    });

    it("tells nobody when it leaves before it was connected", async () => {
      const client = unconnected();
      const told: string[] = [];
      for (const event of ["connect", "disconnect", "connect_error"])
        client.on(event, () => told.push(event));
      client.disconnect();
      expect(state(client)).toEqual(["undefined", false, true, false]);
      await connect();
      expect(told).toEqual([]);
    });

    it("gives itself back from what may be chained", async () => {
      const { client } = await connect();
      expect(client.emit("a")).toBe(client);
      expect(client.send("b")).toBe(client);
      expect(client.volatile.emit("c")).toBe(client);
      expect(client.compress(false).timeout(5).emit("d")).toBe(client);
    });
  });

  describe("sends", () => {
    it("message events with send", async () => {
      const { client, socket } = await connect();
      const message = nextEvent(socket, "message");
      client.send("text", { n: 1 });
      expect(await message).toEqual(["text", { n: 1 }]);
    });

    it("auth that was changed, or is a function that answers later", async () => {
      const client = unconnected({ auth: { token: "first" } });
      expect((await arrival()).handshake.auth).toEqual({ token: "first" });
      await nextEvent(client, "connect");
      const again = arrival();
      (client.auth as { token: string }).token = "second";
      client.disconnect().connect();
      expect((await again).handshake.auth).toEqual({ token: "second" });
      await nextEvent(client, "connect");
      const third = arrival();
      client.auth = (give): void => void setImmediate(give, { token: "third" });
      client.disconnect().connect();
      expect((await third).handshake.auth).toEqual({ token: "third" });
    });

    it("new auth at each reconnection", async () => {
      let count = 0;
      const { client, socket } = await connect({ auth: (give) => give({ count: ++count }) });
      const again = arrival();
      socket.conn.close();
      expect((await again).handshake.auth).toEqual({ count: 2 });
      await nextEvent(client, "connect");
    });
  });

  describe("cannot connect", () => {
    /** What `connect_error` gives, and whether the socket will try again. */
    async function failure(client: Socket): Promise<{ error: any; active: boolean }> {
      const [error] = await nextEvent<[any]>(client, "connect_error");
      return { error, active: client.active };
    }

    it.each(TRANSPORTS)("as the server refuses it over %s", async (transport) => {
      io.engine.opts.allowRequest = (_request, decide) => decide("no entry", false);
      const { error, active } = await failure(unconnected({ transports: [transport] }));
      expect(error).toBeInstanceOf(Error);
      expect([error.type, active]).toEqual(["TransportError", true]);
      if (transport === "polling") {
        expect([error.message, error.description, error.context.status]).toEqual([
          "xhr poll error",
          403,
          403,
        ]);
      } else {
        expect(error.message).toBe("websocket error");
        expect(error.description.message).toBe("Unexpected server response: 400");
      }
    });

    it.each(TRANSPORTS)("as there is no server over %s", async (transport) => {
      const gone = await openHttpPort();
      await gone.close();
      const { error, active } = await failure(unconnected({ transports: [transport] }, gone.url));
      expect([error.type, active]).toEqual(["TransportError", true]);
      if (transport === "polling") {
        expect([error.message, error.description]).toEqual(["xhr poll error", 0]);
      } else {
        expect(error.message).toBe("websocket error");
        expect(error.description.message).toMatch(/ECONNREFUSED/);
      }
    });

    it("as it takes too long", async () => {
      const silent = await openHttpPort();
      const { error, active } = await failure(
        unconnected({ transports: ["polling"], timeout: 20 }, silent.url),
      );
      expect([error instanceof Error, error.message, active]).toEqual([true, "timeout", true]);
      await silent.close();
    });

    it("as a middleware refuses it, until it is told to try again", async () => {
      let refuse = true;
      io.use((_socket, next) => {
        next(refuse ? Object.assign(new Error("not you"), { data: { code: 7 } }) : undefined);
      });
      const client = unconnected();
      const { error, active } = await failure(client);
      expect([error instanceof Error, error.message, error.data, active]).toEqual([
        true,
        "not you",
        { code: 7 },
        false,
      ]);
      refuse = false;
      client.connect();
      await nextEvent(client, "connect");
    });

    it("as there is no such namespace", async () => {
      const { error, active } = await failure(unconnected({}, `${meeting.url}/nowhere`));
      expect([error instanceof Error, error.message, error.data, active]).toEqual([
        true,
        "Invalid namespace",
        undefined,
        false,
      ]);
    });

    it.each([
      ["of Socket.IO 2 lets it in without an id", "40", true, expect.stringMatching(/v2|2/)],
      ["gives a text for a reason", '44"text"', false, ""],
    ])("as a server %s", async (_what, answer, active, message) => {
      const http = await openHttpPort();
      const server = new WebSocketServer({ server: http.server });
      server.on("connection", (peer) => {
        peer.send('0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}');
        peer.once("message", () => peer.send(answer));
      });
      const outcome = await failure(unconnected({}, http.url));
      expect(outcome.error).toBeInstanceOf(Error);
      expect([outcome.error.message, outcome.active]).toEqual([message, active]);
      server.close();
      await http.close();
    });

    it("as it may use no transport", async () => {
      const { error, active } = await failure(unconnected({ transports: [] }));
      // The stock client gives the bare text.
      expect([kind.ours ? error.message : error, active]).toEqual(["No transports available", true]);
    });
  });

  describe.each(TRANSPORTS)("loses its connection over %s", (transport) => {
    /** What `disconnect` gives. */
    async function ending(
      act: (pair: Pair) => unknown,
    ): Promise<{ reason: string; details: any; active: boolean }> {
      const pair = await connect({ transports: [transport], reconnection: false });
      const { client, socket } = pair;
      if (transport === "polling") await until(() => socket.conn.transport.writable, "the client's poll");
      const ended = nextEvent<[string, any]>(client, "disconnect");
      await act(pair);
      const [reason, details] = await ended;
      return { reason, details, active: client.active };
    }

    it("as it leaves", async () => {
      const end = await ending(({ client }) => client.disconnect());
      expect(end).toEqual({ reason: "io client disconnect", details: undefined, active: false });
    });

    it.each([false, true])("as the server ends it with disconnect(%s)", async (close) => {
      const end = await ending(({ socket }) => socket.disconnect(close));
      expect(end).toEqual({ reason: "io server disconnect", details: undefined, active: false });
    });

    it("as the engine is closed under it", async () => {
      const end = await ending(({ client }) => client.io.engine.close());
      expect(end).toEqual({ reason: "forced close", details: undefined, active: true });
    });

    it("as the server closes the connection", async () => {
      const { reason, details, active } = await ending(({ socket }) => socket.conn.close());
      expect([reason, active]).toEqual(["transport close", true]);
      expect(details.description).toBe(
        transport === "polling" ? "transport closed by the server" : "websocket connection closed",
      );
      if (transport === "websocket")
        expect([details.context.type, details.context.code]).toEqual(["close", 1005]);
    });

    it("as the network breaks", async () => {
      const { reason, details, active } = await ending(({ socket }) => {
        const { transport: server } = socket.conn as any;
        (server.socket?._socket ?? server.req.socket).destroy();
      });
      expect(active).toBe(true);
      if (transport === "websocket") {
        expect([reason, details.description, details.context.code]).toEqual([
          "transport close",
          "websocket connection closed",
          1006,
        ]);
      } else {
        expect([reason, details.message, details.type, details.description]).toEqual([
          "transport error",
          "xhr poll error",
          "TransportError",
          0,
        ]);
      }
    });

    it("as its engine sends more than the server takes", async () => {
      const { reason, details } = await ending(({ client }) => {
        // Ours would not send such an event, and throws.
        (client.io.engine as any).send(`2["big","${"x".repeat(1_000_001)}"]`);
      });
      if (transport === "websocket")
        expect([reason, details.context.code]).toEqual(["transport close", 1009]);
      else
        expect([reason, details.message, details.description]).toEqual([
          "transport error",
          "xhr post error",
          413,
        ]);
    });

    if (kind.ours)
      it("but not as it emits more than the server takes, which it refuses to send", async () => {
        const { client, socket } = await connect({ transports: [transport], reconnection: false });
        expect(() => client.emit("big", "x".repeat(1_000_001))).toThrow("too large");
        const heard = nextEvent(socket, "small");
        client.emit("small", 1);
        expect(await heard).toEqual([1]);
      });

    it("as the server sends what is no packet", async () => {
      const { reason, details, active } = await ending(({ socket }) => (socket.conn as any).send("9"));
      expect([reason, details.message, active]).toEqual(["parse error", "unknown packet type 9", true]);
    });
  });

  describe("buffers", () => {
    it("what it emits until it is connected, and sends that before `connect` is told", async () => {
      const received: unknown[] = [];
      io.on("connection", (socket) => socket.onAny((...args) => received.push(args)));
      const client = unconnected();
      client.emit("a", 1);
      client.compress(false).emit("b");
      client.volatile.emit("c");
      expect(client.sendBuffer.map(({ data }) => data as unknown)).toEqual([["a", 1], ["b"]]);
      const outgoing: unknown[] = [];
      client.onAnyOutgoing((event) => outgoing.push(event));
      client.on("connect", () => {
        outgoing.push("connect");
        client.emit("d");
      });
      await until(() => received.length === 3, "all of them");
      expect(received).toEqual([["a", 1], ["b"], ["d"]]);
      expect(outgoing).toEqual(["a", "b", "connect", "d"]);
      expect(client.sendBuffer).toEqual([]);
    });

    it("what it emits while the connection is lost", async () => {
      const { client, socket } = await connect();
      const received: unknown[] = [];
      io.on("connection", (next) => next.onAny((...args) => received.push(args)));
      client.on("disconnect", () => {
        client.emit("a");
        client.emit("b");
      });
      socket.conn.close();
      await until(() => received.length === 2, "both");
      expect(received).toEqual([["a"], ["b"]]);
    });

    it("nothing that the program throws away", async () => {
      const received: unknown[] = [];
      io.on("connection", (socket) => socket.onAny((...args) => received.push(args)));
      const client = unconnected();
      client.emit("a");
      client.emit("b");
      client.sendBuffer = [];
      client.emit("c");
      client.emit("d");
      client.sendBuffer.splice(0, 1);
      await until(() => received.length === 1, "the last");
      expect(received).toEqual([["d"]]);
    });

    it("no event whose acknowledgement has timed out meanwhile", async () => {
      const received: unknown[] = [];
      io.on("connection", (socket) => socket.onAny((...args) => received.push(args)));
      const client = unconnected({ autoConnect: false });
      const timedOut = client.timeout(1).emitWithAck("a");
      client.emit("b");
      await expect(timedOut).rejects.toThrow("operation has timed out");
      expect(client.sendBuffer).toHaveLength(1);
      client.connect();
      await until(() => received.length === 1, "the other");
      expect(received).toEqual([["b"]]);
    });

    it("acknowledgements that wait with their events", async () => {
      const { client, socket } = await connect();
      io.on("connection", (next) => next.on("ask", (answer: (value: number) => void) => answer(1)));
      socket.conn.close();
      await nextEvent(client, "disconnect");
      const answers = [client.emitWithAck("ask"), client.timeout(5_000).emitWithAck("ask")];
      expect(await Promise.all(answers)).toEqual([1, 1]);
    });

    it("what the server sends before it lets the client in, until then", async () => {
      io.use((socket, next) => {
        // The server's own middleware is a place where programs do so.
        (socket as any).packet({ type: 2, data: ["early", 1] });
        next();
      });
      const heard: unknown[] = [];
      const client = unconnected();
      client.on("early", (value: number) => heard.push(value, client.connected));
      client.on("connect", () => heard.push("connect"));
      await until(() => heard.length === 3, "both");
      expect(heard).toEqual([1, true, "connect"]);
    });
  });

  describe("gives acknowledgements", () => {
    it("the timeout of the option, without retries too", async () => {
      const { client } = await connect({ ackTimeout: 5 });
      const error = await new Promise<Error>((resolve) => client.emit("nobody answers", resolve));
      expect(error.message).toBe("operation has timed out");
      await expect(client.emitWithAck("nobody answers")).rejects.toThrow("operation has timed out");
    });

    it("an error first, and then their values, if they have a timeout", async () => {
      const { client, socket } = await connect({ ackTimeout: 5_000 });
      socket.on("ask", (answer: (...values: unknown[]) => void) => answer(1, 2));
      const values = await new Promise((resolve) => {
        client.emit("ask", (...args: unknown[]) => resolve(args));
      });
      expect(values).toEqual([null, 1, 2]);
    });

    it("no value that comes too late, nor one that nobody asked for", async () => {
      const { client, socket } = await connect();
      let late: ((value: number) => void) | undefined;
      socket.on("ask", (answer: (value: number) => void) => (late = answer));
      const calls: unknown[][] = [];
      client.timeout(20).emit("ask", (...args: unknown[]) => calls.push(args));
      await until(() => calls.length === 1 && late !== undefined, "the timeout");
      late!(1);
      (socket as any).packet({ type: 3, id: 999, data: [2] });
      socket.emit("last");
      await nextEvent(client, "last");
      expect(calls).toEqual([[expect.objectContaining({ message: "operation has timed out" })]]);
    });
  });

  describe("with retries", () => {
    /** What the server gets: the event, its first argument, and the id under which it asks for an acknowledgement. */
    function record(socket: ServerSocket): unknown[][] {
      const log: unknown[][] = [];
      socket.conn.on("packet", ({ type, data }) => {
        const match = type === "message" ? /^2(\d*)(\[.*)$/.exec(data as string) : null;
        if (match !== null) log.push([match[1], ...(JSON.parse(match[2]!) as unknown[])]);
      });
      return log;
    }

    it("sends one event at a time, each try under an id of its own, and then gives up", async () => {
      const { client, socket } = await connect({ retries: 2, ackTimeout: 20 });
      const log = record(socket);
      socket.on("answered", (answer: (value: string) => void) => answer("yes"));
      const outcomes: unknown[][] = [];
      client.emit("lost", 1, (...args: unknown[]) => outcomes.push(args));
      client.timeout(5_000).emit("answered", (...args: unknown[]) => outcomes.push(args));
      await until(() => outcomes.length === 2, "both outcomes");
      expect(log).toEqual([
        ["0", "lost", 1],
        ["1", "lost", 1],
        ["2", "lost", 1],
        ["3", "answered"],
      ]);
      expect(outcomes).toEqual([
        [expect.objectContaining({ message: "operation has timed out" })],
        [null, "yes"],
      ]);
    });

    it("asks for an acknowledgement of events that have none", async () => {
      const { client, socket } = await connect({ retries: 1, ackTimeout: 5_000 });
      const log = record(socket);
      for (const event of ["a", "b"]) socket.on(event, (answer: () => void) => answer());
      client.emit("a");
      client.emit("b");
      await until(() => log.length === 2, "both");
      expect(log).toEqual([
        ["0", "a"],
        ["1", "b"],
      ]);
    });

    it("sends volatile events at once, and once", async () => {
      const { client, socket } = await connect({ retries: 1, ackTimeout: 5_000 });
      const log = record(socket);
      client.emit("waits");
      await until(() => log.length === 1, "the first");
      client.emit("behind");
      client.volatile.emit("now");
      await until(() => log.length === 2, "the volatile one");
      expect(log).toEqual([
        ["0", "waits"],
        ["", "now"],
      ]);
    });

    it("sends the event again that was on its way when the connection was lost, and then the others", async () => {
      const { client, socket } = await connect({ retries: 5, ackTimeout: 60_000 });
      const first = record(socket);
      client.emit("a");
      client.emit("b");
      await until(() => first.length === 1, "the first try");
      let second: unknown[][] = [];
      io.on("connection", (next) => {
        second = record(next);
        for (const event of ["a", "b"]) next.on(event, (answer: () => void) => answer());
      });
      socket.conn.close();
      await until(() => second.length === 2, "both");
      expect(second).toEqual([
        ["1", "a"],
        ["2", "b"],
      ]);
    });

    it("keeps to the order of events that were emitted before it was connected", async () => {
      const received: unknown[] = [];
      io.on("connection", (socket) => {
        socket.onAny((event, ...args: unknown[]) => {
          received.push(event);
          (args.at(-1) as () => void)();
        });
      });
      const client = unconnected({ retries: 1, ackTimeout: 5_000 });
      for (const event of ["a", "b", "c"]) client.emit(event);
      await until(() => received.length === 3, "all of them");
      expect(received).toEqual(["a", "b", "c"]);
    });
  });
});
