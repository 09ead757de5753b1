import { io as connect, type Socket as ClientSocket } from "@telsiz/client";
import { type ClusterGap, Server, type ServerOptions, type Socket } from "@telsiz/server";
import { type HttpPort, nextEvent, openHttpPort, Switchboard, until } from "@telsiz/testkit";
import { afterEach, describe, expect, it } from "vitest";
import {
  type Broker,
  brokerCluster,
  type BrokerSink,
  ClusterLogFullError,
  type Kv,
  type Log,
  type LogSlice,
  MemoryHub,
} from "../src/index.ts";
import { MemoryBroker } from "../src/memory-broker.ts";

const FAST = { heartbeat: 20, suspectAfter: 60, deadAfter: 150 };

/** A broker that may be cut off from one moment to the other, as when its process is killed. */
class MortalBroker implements Broker {
  isDead = false;
  /** Awaited before a session is taken. */
  beforeTake: () => Promise<unknown> = () => Promise.resolve();
  readonly log: Log;
  readonly kv: Kv;
  readonly #broker: MemoryBroker;
  #forgets = false;

  constructor(hub: MemoryHub) {
    const { log, kv } = (this.#broker = new MemoryBroker(hub));
    const ask = <T>(what: () => Promise<T>): Promise<T> =>
      this.isDead ? Promise.reject(new Error("cut off")) : what();
    this.log = {
      append: (...args) => ask(() => log.append(...args)),
      read: (...args) => ask(async () => this.#withoutForgotten(await log.read(...args))),
      follow: (...args) => ask(() => log.follow(...args)),
      unfollow: (...args) => log.unfollow(...args),
      touch: (...args) => ask(() => log.touch(...args)),
      remove: (...args) => ask(() => log.remove(...args)),
    };
    this.kv = {
      get: (...args) => ask(() => kv.get(...args)),
      put: (...args) => ask(() => kv.put(...args)),
      take: (...args) => this.beforeTake().then(() => ask(() => kv.take(...args))),
      touch: (...args) => ask(() => kv.touch(...args)),
      remove: (...args) => ask(() => kv.remove(...args)),
    };
  }

  /** The next frame of the log is not there any more when it is read. */
  forgetNewest(): void {
    this.#forgets = true;
  }

  #withoutForgotten(slice: LogSlice): LogSlice {
    if (!this.#forgets) return slice;
    this.#forgets = false;
    return { ...slice, first: slice.head + 2, frames: [], head: slice.head + 1 };
  }

  open(sink: BrokerSink): Promise<void> {
    return this.#broker.open({
      onFrame: (frame) => {
        if (!this.isDead) sink.onFrame(frame);
      },
      onError: (error) => sink.onError(error),
      onReturn: () => sink.onReturn(),
    });
  }

  close(): Promise<void> {
    return this.#broker.close();
  }

  publish(channel: string, frame: Uint8Array): void {
    if (!this.isDead) this.#broker.publish(channel, frame);
  }

  subscribe(channel: string): Promise<void> {
    return this.#broker.subscribe(channel);
  }

  unsubscribe(channel: string): void {
    this.#broker.unsubscribe(channel);
  }
}

const closers: (() => unknown)[] = [];

interface Place {
  readonly io: Server;
  readonly http: HttpPort;
}

async function open(broker: Broker, options: Partial<ServerOptions> = {}): Promise<Place> {
  const http = await openHttpPort();
  const cluster = brokerCluster(() => broker, { ...FAST, ringBytes: 2_000 });
  const io = new Server(http.server, { cluster, connectionStateRecovery: {}, ...options });
  closers.push(async () => {
    await io.close();
    await http.close();
  });
  return { io, http };
}

interface Visit {
  readonly client: ClientSocket;
  readonly socket: Socket;
  /** Between the client and the servers. */
  readonly switchboard: Switchboard;
}

async function join({ io, http }: Place): Promise<Visit> {
  const switchboard = new Switchboard(http.port);
  const connection = nextEvent<[Socket]>(io, "connection");
  const client = connect(await switchboard.open(), {
    transports: ["websocket"],
    forceNew: true,
    reconnection: false,
  });
  closers.push(() => client.disconnect());
  closers.push(() => switchboard.close());
  const [[socket]] = await Promise.all([connection, nextEvent(client, "connect")]);
  return { client, socket, switchboard };
}

/** The client comes back, perhaps to another server. */
async function goTo({ client, switchboard }: Visit, { io, http }: Place): Promise<Socket> {
  switchboard.port = http.port;
  const connection = nextEvent<[Socket]>(io, "connection");
  client.connect();
  const [[socket]] = await Promise.all([connection, nextEvent(client, "connect")]);
  return socket;
}

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

describe("recovery in a cluster", () => {
  it("goes on after the server of a client was killed, and does not claim to know what of its events had come", async () => {
    const hub = new MemoryHub();
    const broker = new MortalBroker(hub);
    const [one, two] = [await open(broker), await open(new MortalBroker(hub))];
    one.io.on("handler_error", () => undefined);
    const visit = await join(one);
    const { client, socket } = visit;
    const got: unknown[] = [];
    client.onAny((event: unknown) => got.push(event));
    await socket.join("room");
    socket.emit("direct");
    await nextEvent(client, "direct");
    broker.isDead = true;
    socket.conn.close(true);
    await until(() => client.disconnected, "the client is disconnected");
    two.io.to("room").emit("missed");
    const next = await goTo(visit, two);
    expect({ id: next.id, recovered: next.recovered, rooms: [...next.rooms] }).toEqual({
      id: socket.id,
      recovered: true,
      rooms: [socket.id, "room"],
    });
    await until(() => got.includes("missed"), "what was missed has come");
    expect(got).toEqual(["direct", "missed"]);
    broker.isDead = false;
  });

  it("keeps what is sent while the broker cannot be reached, as far as there is room, and reports the rest", async () => {
    const hub = new MemoryHub();
    const broker = new MortalBroker(hub);
    const place = await open(broker);
    const { io } = place;
    const { client } = await join(place);
    const errors: unknown[] = [];
    io.on("handler_error", (error: unknown) => errors.push(error));
    const got: unknown[] = [];
    client.on("n", (number: unknown) => got.push(number));
    broker.isDead = true;
    for (let number = 0; number < 10; number++) io.emit("n", number, "x".repeat(500));
    expect(errors.every((error) => error instanceof ClusterLogFullError)).toBe(true);
    const kept = 10 - errors.length;
    expect(kept).toBeGreaterThan(2);
    expect(kept).toBeLessThan(10);
    broker.isDead = false;
    await until(() => got.length === kept, "all that is kept has come");
    expect(got).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].slice(0, kept));
  });

  it("reports a gap where the log has forgotten everything, and recovers nobody from before", async () => {
    const hub = new MemoryHub();
    const place = await open(new MortalBroker(hub));
    const { io } = place;
    const visit = await join(place);
    const { client, socket } = visit;
    const gap = nextEvent<[ClusterGap]>(io, "cluster:gap");
    io.emit("before");
    await nextEvent(client, "before");
    socket.conn.close();
    await until(() => client.disconnected, "the client is disconnected");
    hub._streams.forget();
    expect((await gap)[0]).toMatchObject({ reason: "history", namespace: "/", lost: undefined });
    const next = await goTo(visit, place);
    expect(next.recovered).toBe(false);
    io.emit("after");
    await nextEvent(client, "after");
  });

  it.each([
    { forgets: "everything", lost: undefined },
    { forgets: "a part", lost: 1 },
  ])(
    "recovers nobody who is about to be let in as the log is found to have forgotten $forgets",
    async ({ lost }) => {
      const hub = new MemoryHub();
      const broker = new MortalBroker(hub);
      const place = await open(broker);
      const { io } = place;
      const visit = await join(place);
      const { client, socket } = visit;
      io.emit("before");
      await nextEvent(client, "before");
      socket.conn.close();
      await until(() => client.disconnected, "the client is disconnected");
      broker.beforeTake = async () => {
        const gap = nextEvent<[ClusterGap]>(io, "cluster:gap");
        if (lost === undefined) hub._streams.forget();
        else broker.forgetNewest();
        expect((await gap)[0]).toMatchObject({ reason: "history", lost });
        if (lost === 1) io.emit("forgotten"); // it has the place of what was missing
      };
      const next = await goTo(visit, place);
      expect([next.recovered, next.id === socket.id]).toEqual([false, false]);
      io.emit("after");
      await nextEvent(client, "after");
    },
  );

  it("is off with a broker that keeps nothing", async () => {
    const hub = new MemoryHub();
    const broker = new MemoryBroker(hub);
    const pipe: Broker = {
      open: (sink) => broker.open(sink),
      close: () => broker.close(),
      publish: (channel, frame) => broker.publish(channel, frame),
      subscribe: (channel) => broker.subscribe(channel),
      unsubscribe: (channel) => broker.unsubscribe(channel),
    };
    const place = await open(pipe);
    const visit = await join(place);
    const { client, socket } = visit;
    socket.conn.close();
    await until(() => client.disconnected, "the client is disconnected");
    expect((await goTo(visit, place)).recovered).toBe(false);
  });
});
