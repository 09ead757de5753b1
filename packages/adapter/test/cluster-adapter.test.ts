import { PacketType } from "@telsiz/parser";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  ClusterAdapter,
  ClusterAdapterWithHeartbeat,
  ClusterMessageError,
  ClusterTimeoutError,
  MessageType,
} from "../src/index.ts";
import { FakeNamespace } from "./fake-namespace.ts";

/** Writes down what it is to send. A test plays the other servers. */
class Heartbeat extends ClusterAdapterWithHeartbeat {
  readonly published: any[] = [];
  readonly responses: any[] = [];
  failure: Error | undefined;

  protected override doPublish(message: unknown): Promise<void> {
    if (this.failure) return Promise.reject(this.failure);
    this.published.push(message);
    return Promise.resolve();
  }

  protected override doPublishResponse(requester: string, response: unknown): Promise<void> {
    this.responses.push([requester, response]);
    return Promise.resolve();
  }
}

/** Knows only how many servers there are. */
class Counting extends ClusterAdapter {
  readonly published: any[] = [];

  override serverCount(): Promise<number> {
    return Promise.resolve(3);
  }

  protected override doPublish(message: unknown): Promise<void> {
    this.published.push(message);
    return Promise.resolve();
  }

  protected override doPublishResponse(): Promise<void> {
    return Promise.resolve();
  }
}

const everybody = { rooms: new Set<string>(), except: new Set<string>() };
const wireEverybody = { rooms: [], except: [], flags: {} };
const event = { type: PacketType.EVENT, nsp: "/", data: ["hello"] } as const;

let nsp: FakeNamespace<Heartbeat>;
let adapter: Heartbeat;

beforeEach(() => {
  vi.useFakeTimers();
  nsp = new FakeNamespace((namespace) => new Heartbeat(namespace));
  adapter = nsp.adapter;
});
afterEach(() => {
  adapter.failure = undefined;
  void adapter.close();
  vi.useRealTimers();
});

/** Another server says something. */
function hear(uid: string, type: number, data?: unknown, name = "/"): void {
  adapter.onMessage({ uid, nsp: name, type, data });
}

/** The last message, when it has been sent. */
async function sent(from: { published: any[] } = adapter): Promise<any> {
  await vi.advanceTimersByTimeAsync(0);
  return from.published.at(-1);
}

describe("heartbeats", () => {
  it("begin with one that asks for others, go on every five seconds, and end with a farewell", async () => {
    void adapter.init();
    expect(adapter.uid).toMatch(/^[0-9a-f]{16}$/);
    expect(adapter.published).toEqual([{ uid: adapter.uid, nsp: "/", type: MessageType.INITIAL_HEARTBEAT }]);
    await vi.advanceTimersByTimeAsync(10_000);
    void adapter.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(adapter.published.map(({ type }) => type)).toEqual([
      MessageType.INITIAL_HEARTBEAT,
      MessageType.HEARTBEAT,
      MessageType.HEARTBEAT,
      MessageType.ADAPTER_CLOSE,
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("of others are answered if they ask for it", () => {
    hear("b", MessageType.INITIAL_HEARTBEAT);
    hear("c", MessageType.HEARTBEAT);
    expect(adapter.published.map(({ type }) => type)).toEqual([MessageType.HEARTBEAT]);
  });

  it("count servers, by any message of theirs, but not what only emits", async () => {
    hear("b", MessageType.HEARTBEAT);
    hear("c", MessageType.SERVER_SIDE_EMIT, { packet: ["hello"] });
    hear("emitter", MessageType.SERVER_SIDE_EMIT, { packet: ["hello"] });
    hear("d", MessageType.HEARTBEAT, undefined, "/other");
    hear(adapter.uid, MessageType.HEARTBEAT);
    expect(await adapter.serverCount()).toBe(3);
    expect(nsp.raised).toHaveLength(2);
  });

  it("that stay away for ten seconds, or end with a farewell, are of servers that have gone", async () => {
    void adapter.init();
    hear("b", MessageType.HEARTBEAT);
    hear("c", MessageType.HEARTBEAT);
    hear("c", MessageType.ADAPTER_CLOSE);
    expect(await adapter.serverCount()).toBe(2);
    await vi.advanceTimersByTimeAsync(9_000);
    expect(await adapter.serverCount()).toBe(2);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await adapter.serverCount()).toBe(1);
  });

  it("that cannot be sent are reported", async () => {
    adapter.failure = new Error("no bus");
    void Promise.resolve(adapter.init()).catch(() => undefined);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(nsp.faults).toEqual([[adapter.failure, "doPublish"]]);
  });
});

describe("a broadcast", () => {
  it("is sent to the others, and delivered here at once", () => {
    const socket = nsp.add("s");
    void adapter.broadcast(event, { ...everybody, except: new Set(["x"]), flags: { volatile: true } });
    expect(socket.delivered.map(({ packet }) => packet)).toEqual([event]);
    expect(adapter.published).toEqual([
      {
        uid: adapter.uid,
        nsp: "/",
        type: MessageType.BROADCAST,
        data: { packet: event, opts: { rooms: [], except: ["x"], flags: { volatile: true } } },
      },
    ]);
  });

  it("that cannot be sent is delivered here, and rejects", async () => {
    adapter.failure = new Error("no bus");
    const socket = nsp.add("s");
    await expect(adapter.broadcast(event, everybody)).rejects.toBe(adapter.failure);
    expect(socket.delivered).toHaveLength(1);
  });

  it("of another server is delivered, with its place in the log of the bus, unless it is volatile", () => {
    const socket = nsp.add("s");
    const message = { uid: "b", nsp: "/", type: MessageType.BROADCAST };
    adapter.onMessage({ ...message, data: { packet: event, opts: wireEverybody } }, "7-0");
    adapter.onMessage(
      { ...message, data: { packet: event, opts: { ...wireEverybody, flags: { volatile: true } } } },
      "8-0",
    );
    expect(socket.delivered).toMatchObject([{ offset: "7-0" }, { offset: undefined }]);
  });

  it("of another server that waits for answers gets the number of clients, and each answer", async () => {
    const socket = nsp.add("s");
    hear("b", MessageType.BROADCAST, { packet: event, opts: wireEverybody, requestId: "r" });
    socket.answer(socket.delivered[0]!.packet.id!, "yes");
    await vi.advanceTimersByTimeAsync(0);
    expect(adapter.responses.map(([to, { type, data }]) => [to, type, data])).toEqual([
      ["b", MessageType.BROADCAST_CLIENT_COUNT, { requestId: "r", clientCount: 1 }],
      ["b", MessageType.BROADCAST_ACK, { requestId: "r", packet: "yes" }],
    ]);
  });

  it("of another server waits for answers no longer than a request does, if it does not say how long", async () => {
    const socket = nsp.add("s");
    hear("b", MessageType.BROADCAST, { packet: event, opts: wireEverybody, requestId: "r" });
    expect(socket.expected.size).toBe(1);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(socket.expected.size).toBe(0);
  });

  it("passes on counts and answers of other servers, each count once; a server that has gone has no clients", async () => {
    hear("b", MessageType.HEARTBEAT);
    hear("c", MessageType.HEARTBEAT);
    const counts: number[] = [];
    const answers: unknown[] = [];
    void adapter.broadcastWithAck(
      event,
      { ...everybody, flags: { timeout: 1_000 } },
      (count) => counts.push(count),
      (answer) => answers.push(answer),
    );
    const { requestId } = (await sent()).data;
    const count = { nsp: "/", type: MessageType.BROADCAST_CLIENT_COUNT, data: { requestId, clientCount: 2 } };
    adapter.onResponse({ uid: "b", ...count });
    adapter.onResponse({ uid: "b", ...count });
    adapter.onResponse({
      uid: "b",
      nsp: "/",
      type: MessageType.BROADCAST_ACK,
      data: { requestId, packet: 1 },
    });
    hear("c", MessageType.ADAPTER_CLOSE);
    expect(counts).toEqual([0, 2, 0]);
    expect(answers).toEqual([1]);
  });
});

describe("a request", () => {
  it("resolves when all have responded, each once", async () => {
    hear("b", MessageType.HEARTBEAT);
    hear("c", MessageType.HEARTBEAT);
    nsp.add("s");
    const found = adapter.fetchSockets(everybody);
    const { requestId } = (await sent()).data;
    for (const uid of ["b", "b", "c"]) {
      const socket = { id: `of ${uid}`, handshake: {}, rooms: ["r"], data: 1 };
      adapter.onResponse({
        uid,
        nsp: "/",
        type: MessageType.FETCH_SOCKETS_RESPONSE,
        data: { requestId, sockets: [socket] },
      });
    }
    expect((await found).map(({ id }) => id)).toEqual(["s", "of b", "of c"]);
    expect((await found)[1]!.rooms).toEqual(new Set(["r"]));
  });

  it("ends as soon as the servers that have not responded are gone", async () => {
    hear("b", MessageType.HEARTBEAT);
    hear("c", MessageType.HEARTBEAT);
    const answered = vi.fn();
    void adapter.serverSideEmit(["load", answered]);
    const { requestId, packet } = (await sent()).data;
    expect(packet).toEqual(["load"]);
    const response = { type: MessageType.SERVER_SIDE_EMIT_RESPONSE, data: { requestId, packet: 0.5 } };
    adapter.onResponse({ uid: "b", nsp: "/", ...response });
    expect(answered).not.toHaveBeenCalled();
    hear("c", MessageType.ADAPTER_CLOSE);
    expect(answered).toHaveBeenCalledExactlyOnceWith(null, [0.5]);
  });

  it("fails after five seconds, or the timeout it is given, with what came", async () => {
    hear("b", MessageType.HEARTBEAT);
    nsp.add("s");
    const failed = adapter
      .fetchSockets({ ...everybody, flags: { timeout: 100 } })
      .catch((error: unknown) => error);
    const answered = vi.fn();
    void adapter.serverSideEmit(["load", answered]);
    await vi.advanceTimersByTimeAsync(100);
    const error = (await failed) as ClusterTimeoutError;
    expect(error).toBeInstanceOf(ClusterTimeoutError);
    expect(error.message).toBe("timeout reached: missing 1 responses");
    expect(error.responses).toMatchObject([{ id: "s" }]);
    await vi.advanceTimersByTimeAsync(4_900);
    expect(answered).toHaveBeenCalledExactlyOnceWith(expect.any(ClusterTimeoutError), []);
  });

  it("waits for as many as there are, where servers are only counted", async () => {
    const counting = new FakeNamespace((namespace) => new Counting(namespace)).adapter;
    const answered = vi.fn();
    void counting.serverSideEmit(["load", answered]);
    const { requestId } = (await sent(counting)).data;
    const response = {
      nsp: "/",
      type: MessageType.SERVER_SIDE_EMIT_RESPONSE,
      data: { requestId, packet: 1 },
    };
    counting.onResponse({ uid: "b", ...response });
    await vi.advanceTimersByTimeAsync(5_000);
    const message = "timeout reached: only 1 responses received out of 2";
    expect(answered).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message }), [1]);
  });

  it("fails at once if it cannot be sent", async () => {
    hear("b", MessageType.HEARTBEAT);
    adapter.failure = new Error("no bus");
    await expect(adapter.fetchSockets(everybody)).rejects.toBe(adapter.failure);
    const answered = vi.fn();
    void adapter.serverSideEmit(["load", answered]);
    await vi.advanceTimersByTimeAsync(0);
    expect(answered).toHaveBeenCalledExactlyOnceWith(adapter.failure, []);
  });

  it("asks nobody if it is local, or there is nobody", async () => {
    const answered = vi.fn();
    void adapter.serverSideEmit(["load", answered]);
    expect(await adapter.fetchSockets(everybody)).toEqual([]);
    hear("b", MessageType.HEARTBEAT);
    expect(await adapter.fetchSockets({ ...everybody, flags: { local: true } })).toEqual([]);
    expect(answered).toHaveBeenCalledExactlyOnceWith(null, []);
    expect(adapter.published).toEqual([]);
  });

  it("ends when the adapter is closed", async () => {
    hear("b", MessageType.HEARTBEAT);
    const failed = adapter.fetchSockets(everybody).catch((error: unknown) => error);
    await sent();
    void adapter.close();
    expect(await failed).toBeInstanceOf(ClusterTimeoutError);
  });

  it("of another server is answered once, though the application answers twice", async () => {
    hear("b", MessageType.SERVER_SIDE_EMIT, { packet: ["load"], requestId: "r" });
    const [, answer] = nsp.raised[0] as [string, (value: unknown) => void];
    answer(1);
    answer(2);
    await vi.advanceTimersByTimeAsync(0);
    expect(adapter.responses.map(([, { data }]) => data)).toEqual([{ requestId: "r", packet: 1 }]);
  });

  it("for sockets leaves the session store of an application at home", async () => {
    const socket = nsp.add("s");
    Object.assign(socket, { handshake: { url: "/", sessionStore: { secret: 1 } } });
    hear("b", MessageType.FETCH_SOCKETS, { opts: wireEverybody, requestId: "r" });
    await vi.advanceTimersByTimeAsync(0);
    expect(adapter.responses).toMatchObject([["b", { data: { sockets: [{ id: "s", rooms: ["s"] }] } }]]);
    expect(adapter.responses[0][1].data.sockets[0].handshake).toEqual({ url: "/" });
  });
});

describe("what is no message", () => {
  const messages: [string, unknown][] = [
    ["nothing", undefined],
    ["null", null],
    ["text", "hello"],
    ["an object without an envelope", { type: MessageType.HEARTBEAT }],
    ["an unknown type", { uid: "b", nsp: "/", type: 99 }],
    ["a response", { uid: "b", nsp: "/", type: MessageType.BROADCAST_ACK, data: { requestId: "r" } }],
    ["a broadcast without a packet", { uid: "b", nsp: "/", type: 3, data: { opts: wireEverybody } }],
    ["a broadcast without options", { uid: "b", nsp: "/", type: 3, data: { packet: event } }],
    [
      "a broadcast of a reserved event",
      {
        uid: "b",
        nsp: "/",
        type: 3,
        data: { packet: { ...event, data: ["disconnect"] }, opts: wireEverybody },
      },
    ],
    [
      "a broadcast of another kind of packet",
      { uid: "b", nsp: "/", type: 3, data: { packet: { ...event, type: 1 }, opts: wireEverybody } },
    ],
    [
      "options with a wild timeout",
      { uid: "b", nsp: "/", type: 6, data: { opts: { ...wireEverybody, flags: { timeout: "soon" } } } },
    ],
    ["rooms that are no list", { uid: "b", nsp: "/", type: 4, data: { opts: wireEverybody, rooms: "a" } }],
    ["a request without an id", { uid: "b", nsp: "/", type: 7, data: { opts: wireEverybody } }],
    ["an event without a list", { uid: "b", nsp: "/", type: 9, data: { packet: "hello" } }],
  ];

  it.each(messages)("%s is reported and has no effect", async (_name, message) => {
    const socket = nsp.add("s");
    adapter.onMessage(message);
    expect(nsp.faults).toEqual([[expect.any(ClusterMessageError), "onMessage"]]);
    expect(socket.delivered).toEqual([]);
    expect(await adapter.serverCount()).toBe(1);
    expect(nsp.raised).toEqual([]);
  });

  it.each([
    ["null", null],
    ["a response without an id", { uid: "b", type: MessageType.BROADCAST_ACK, data: {} }],
    [
      "a negative count",
      { uid: "b", type: MessageType.BROADCAST_CLIENT_COUNT, data: { requestId: "r", clientCount: -1 } },
    ],
    [
      "sockets without rooms",
      {
        uid: "b",
        type: MessageType.FETCH_SOCKETS_RESPONSE,
        data: { requestId: "r", sockets: [{ id: "s" }] },
      },
    ],
    ["a message", { uid: "b", nsp: "/", type: MessageType.HEARTBEAT }],
  ])("%s, in place of a response, is reported", (_name, response) => {
    adapter.onResponse(response);
    expect(nsp.faults).toEqual([[expect.any(ClusterMessageError), "onResponse"]]);
  });

  it("is not a response that nobody waits for any more", () => {
    adapter.onResponse({ uid: "b", nsp: "/", type: MessageType.BROADCAST_ACK, data: { requestId: "r" } });
    expect(nsp.faults).toEqual([]);
  });
});
