/** Connection state recovery over real connections (protocol.md B.5): both clients with our server, ours with the stock one. */
import { nextEvent, NumberedStream, until } from "@telsiz/testkit";
import type { Server, ServerOptions, Socket as ServerSocket } from "socket.io";
import type { Socket as ClientSocket } from "socket.io-client";
import { afterEach, describe, expect, it } from "vitest";
import { type Meeting, openMeeting, type Pair } from "../src/meeting.ts";
import {
  ourClient,
  ourServer,
  type Pairing,
  stockClient,
  stockServer,
  TRANSPORT_CHOICES,
  type TransportChoice,
} from "../src/peers.ts";

const choices = Object.keys(TRANSPORT_CHOICES) as TransportChoice[];
const clients = [stockClient, ourClient].map((client) => ({ name: client.name, server: ourServer, client }));

let meeting: Meeting;
afterEach(() => meeting.close());

/** A client that is connected, to a server with these options. @param prepare sets up the server before */
async function meet(
  { server, client }: Omit<Pairing, "name">,
  choice: TransportChoice,
  recovery: NonNullable<ServerOptions["connectionStateRecovery"]> = {},
  prepare: (io: Server) => void = () => undefined,
): Promise<Pair> {
  meeting = await openMeeting(server, { connectionStateRecovery: recovery }, client);
  prepare(meeting.io);
  return meeting.pair({ transports: [...TRANSPORT_CHOICES[choice]], reconnectionDelay: 10 });
}

/** The connection is lost; `whileAway` is called before the client is back. @returns the server's new side of it */
async function lose(
  { client, socket }: Pair,
  whileAway: () => void = () => undefined,
): Promise<ServerSocket> {
  socket.once("disconnect", whileAway);
  const back = Promise.all([
    nextEvent<[ServerSocket]>(meeting.io, "connection"),
    nextEvent(client, "connect"),
  ]);
  client.io.engine.close();
  const [[next]] = await back;
  return next;
}

/** The events that come, as a catch-all listener sees them. */
function watch(client: ClientSocket): unknown[][] {
  const events: unknown[][] = [];
  client.onAny((...event: unknown[]) => events.push(event));
  return events;
}

/** An event as listeners of a client see it: the stock one shows them the offset. */
function seen(ours: boolean, ...event: unknown[]): unknown[] {
  return ours ? event : [...event, expect.any(String)];
}

describe.each(clients)("recovery by our server, $name", (pairing) => {
  const { ours } = pairing.client;

  describe.each(choices)("over %s", (choice) => {
    it("restores id, rooms, data and what was missed, although no event had come before", async () => {
      const pair = await meet(pairing, choice);
      const { client, socket } = pair;
      const events = watch(client);
      const { id } = client;
      expect([client.recovered, socket.recovered]).toEqual([false, false]);
      void socket.join("room");
      socket.data = { name: "Ada" };
      const next = await lose(pair, () => {
        meeting.io.to("room").emit("missed", { n: 1 });
        meeting.io.emit("missed binary", Buffer.from([5]));
        socket.emit("missed directly");
      });
      expect([client.recovered, next.recovered]).toEqual([true, true]);
      expect([client.id, next.id]).toEqual([id, id]);
      expect([...next.rooms]).toEqual([id, "room"]);
      expect(next.data).toEqual({ name: "Ada" });
      // They have come ahead of `connect`.
      expect(events).toEqual([
        seen(ours, "missed", { n: 1 }),
        seen(ours, "missed binary", Buffer.from([5])),
        seen(ours, "missed directly"),
      ]);
      meeting.io.to("room").emit("later");
      await until(() => events.length === 4, "a later event");
    });

    it("is not spoilt by volatile events that end with a text", async () => {
      const pair = await meet(pairing, choice);
      const { client, socket } = pair;
      const events = watch(client);
      socket.emit("pos", "here");
      await until(() => events.length === 1, "the first event");
      socket.volatile.emit("pos", "there");
      meeting.io.volatile.emit("pos", "somewhere");
      await lose(pair, () => meeting.io.emit("pos", "missed"));
      expect(client.recovered).toBe(true);
      expect(events.at(-1)).toEqual(seen(ours, "pos", "missed"));
    });

    it("loses and doubles nothing of a stream that goes on while a middleware takes its time", async () => {
      const length = 400;
      let sent = 0;
      const pair = await meet(pairing, choice, {}, (io) => {
        io.use((_socket, next) => {
          const enough = Math.min(sent + 50, length);
          // The stream begins when the first connection is there.
          void until(() => sent === 0 || sent >= enough, "more of the stream is sent").then(() => next());
        });
      });
      const stream = new NumberedStream(length);
      pair.client.on("number", (n: number) => stream.receive(n));
      void pair.socket.join("room");
      const timer = setInterval(() => {
        const receiver = sent % 2 === 0 ? meeting.io.to("room") : meeting.io.to(pair.socket.id);
        receiver.emit("number", sent++);
        if (sent === length) clearInterval(timer);
      }, 1);
      await until(() => sent > 100, "a part of the stream is sent");
      await lose(pair);
      expect(pair.client.recovered).toBe(true);
      await until(() => stream.complete, "the whole stream");
      expect(stream.faults).toEqual([]);
    });

    it("shows no offset to listeners of our client, and what Socket.IO shows to those of the stock one", async () => {
      const { client, socket } = await meet(pairing, choice);
      const events = watch(client);
      const args: unknown[][] = [];
      client.on("greet", (...values: unknown[]) => args.push(values));
      socket.emit("greet");
      socket.emit("greet", "Ada");
      meeting.io.emit("greet", "Ada", 7);
      const [answer] = await Promise.all([socket.emitWithAck("ask", "Ada"), answerAsk(client)]);
      expect(answer).toBe("Ada");
      expect(args).toEqual([seen(ours), seen(ours, "Ada"), seen(ours, "Ada", 7)]);
      expect(events.slice(0, 3)).toEqual(args.map((values) => ["greet", ...values]));
    });
  });

  it("refuses a user who was banned meanwhile", async () => {
    const banned = new Set<unknown>();
    const { client, socket } = await meet(pairing, "websocket", {}, (io) => {
      io.use((each, next) =>
        next(banned.has((each.data as { name?: string }).name) ? new Error("banned") : undefined),
      );
    });
    socket.data = { name: "Eve" };
    socket.once("disconnect", () => {
      banned.add("Eve");
      meeting.io.emit("secret");
    });
    const events = watch(client);
    const refused = nextEvent<[Error]>(client, "connect_error");
    client.io.engine.close();
    expect((await refused)[0].message).toBe("banned");
    expect(events).toEqual([]);
    expect(meeting.io.sockets.sockets.size).toBe(0);
  });

  it("asks no middleware of recovered clients with `skipMiddlewares: true`", async () => {
    let asked = 0;
    const pair = await meet(pairing, "websocket", { skipMiddlewares: true }, (io) => {
      io.use((_socket, next) => {
        asked++;
        next();
      });
    });
    await lose(pair);
    expect([pair.client.recovered, asked]).toEqual([true, 1]);
  });

  it("does not recover a session that has expired, and says so on both sides", async () => {
    const pair = await meet(pairing, "websocket", { maxDisconnectionDuration: 0 });
    const { id } = pair.client;
    const events = watch(pair.client);
    const next = await lose(pair, () => meeting.io.emit("missed"));
    expect([pair.client.recovered, next.recovered]).toEqual([false, false]);
    expect(pair.client.id).not.toBe(id);
    expect(events).toEqual([]);
  });

  it("recovers all namespaces of a connection", async () => {
    const pair = await meet(pairing, "websocket", {}, (io) => void io.of("/chat"));
    const chat = pair.client.io.socket("/chat");
    await nextEvent(chat, "connect");
    const events = watch(chat);
    const [next] = await Promise.all([
      nextEvent(chat, "connect"),
      lose(pair, () => meeting.io.of("/chat").emit("missed")),
    ]);
    expect(next).toEqual([]);
    expect([pair.client.recovered, chat.recovered]).toEqual([true, true]);
    expect(events).toEqual([seen(ours, "missed")]);
  });
});

describe.each(choices)("recovery of our client by the stock server over %s", (choice) => {
  const pairing = { server: stockServer, client: ourClient };

  it("works as with the stock client, offsets included: which strings are offsets, nobody can know", async () => {
    const pair = await meet(pairing, choice);
    const { client, socket } = pair;
    const events = watch(client);
    const { id } = client;
    void socket.join("room");
    socket.emit("first", "Ada");
    await until(() => events.length === 1, "the first event");
    const next = await lose(pair, () => meeting.io.to("room").emit("missed", 1));
    expect([client.recovered, next.recovered, client.id]).toEqual([true, true, id]);
    expect(events).toEqual([seen(false, "first", "Ada"), seen(false, "missed", 1)]);
  });

  it("says that it was not recovered, if so", async () => {
    const pair = await meet(pairing, choice);
    const next = await lose(pair); // no event, no offset
    expect([pair.client.recovered, next.recovered]).toEqual([false, false]);
  });
});

function answerAsk(client: ClientSocket): Promise<void> {
  return new Promise((resolve) => {
    client.once("ask", (value: unknown, answer: (value: unknown) => void) => {
      answer(value);
      resolve();
    });
  });
}
