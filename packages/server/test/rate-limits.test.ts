import { OptionError } from "@telsiz/events";
import { messagePackParser, PacketType } from "@telsiz/parser";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type RateLimits, Server, type Socket } from "../src/index.ts";
import { FakeSession } from "./fake-session.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

interface Limited {
  readonly io: Server;
  readonly session: FakeSession;
  readonly socket: Socket;
  /** Names and first arguments of the events that listeners got. */
  readonly heard: unknown[][];
  /** What `rate_limited` told. */
  readonly excesses: object[];
}

/** A client that has joined two namespaces of a server with such limits. */
function limited(rate: RateLimits): Limited {
  const io = new Server({ limits: { rate } });
  io.of("/other");
  const heard: unknown[][] = [];
  const excesses: object[] = [];
  io.on("rate_limited", (context) => excesses.push(context));
  const session = new FakeSession(io);
  session.join("/other").onAny((...event) => heard.push(["other", ...event]));
  const socket = session.join();
  socket.onAny((...event) => heard.push(event.filter((item) => typeof item !== "function")));
  return { io, session, socket, heard, excesses };
}

/** Sends events named `e` with numbers. */
function send(session: FakeSession, from: number, to: number, nsp = "/"): void {
  for (let n = from; n <= to; n++) session.emit(["e", n], undefined, nsp);
}

describe("events per second", () => {
  it("are counted for each socket, and come again with time", () => {
    const { session, heard } = limited({ eventsPerSecond: 2, action: "drop" });
    send(session, 1, 3);
    send(session, 1, 1, "/other");
    expect(heard).toEqual([
      ["e", 1],
      ["e", 2],
      ["other", "e", 1],
    ]);
    vi.advanceTimersByTime(500);
    send(session, 4, 5);
    expect(heard.slice(3)).toEqual([["e", 4]]);
    expect(session.readyState).toBe("open");
  });

  it("are told of with socket, event and when it would pass", () => {
    const { session, socket, excesses } = limited({ eventsPerSecond: 1, action: "drop" });
    send(session, 1, 2);
    expect(excesses).toEqual([{ socket, event: "e", retryAfter: 1_000, action: "drop" }]);
  });

  it("of one name have a limit of their own, however the name is written", () => {
    const { session, heard } = limited({ events: { typing: 1, "7": 1 }, action: "drop" });
    session.receive('2["typing"]', '2["\\u0074yping"]', '2 [ "typing" ]', "2[7]", "2[7.0]", '2["toString"]');
    send(session, 1, 3);
    expect(heard.map(([name]) => name)).toEqual(["typing", 7, "toString", "e", "e", "e"]);
  });

  it("are not what acknowledgements and CONNECTs are", () => {
    const { io, session, socket, excesses } = limited({ eventsPerSecond: 1, action: "disconnect" });
    io.of("/third");
    const answers: unknown[] = [];
    for (let n = 0; n < 5; n++) socket.emit("ask", (answer: unknown) => answers.push(answer));
    for (let n = 0; n < 5; n++) session.acknowledge(n, [n]);
    session.join("/third");
    expect([answers, excesses]).toEqual([[0, 1, 2, 3, 4], []]);
  });
});

describe("bytes per second", () => {
  it("are counted for the connection, before anything is read", () => {
    const { session, heard, excesses } = limited({ bytesPerSecond: 1_000, action: "drop" });
    const payload = "x".repeat(600);
    session.receive(`2["e","${payload}"]`, `2/other,["e","${payload}"]`, `2["e","${payload}` /* unlawful */);
    expect(heard).toHaveLength(1);
    expect(excesses).toHaveLength(2);
    expect(session.readyState).toBe("open");
  });

  it("let pass what is longer than a second's worth, once", () => {
    const { session, heard } = limited({ bytesPerSecond: 100, action: "drop" });
    vi.advanceTimersByTime(10_000);
    session.receive(`2["e","${"x".repeat(1_000)}"]`, '2["e"]');
    vi.advanceTimersByTime(5_000);
    session.receive('2["e"]');
    expect(heard).toHaveLength(1);
    vi.advanceTimersByTime(10_000);
    session.receive('2["e"]');
    expect(heard).toHaveLength(2);
  });

  it("count attachments, and drop those of a dropped event", () => {
    const { session, heard } = limited({ bytesPerSecond: 10_000, action: "drop" });
    const file = (): void => session.emit(["file", Buffer.alloc(9_000), Buffer.alloc(9_000)]);
    file();
    file();
    send(session, 1, 1);
    expect(heard.map(([name]) => name)).toEqual(["file"]);
    vi.advanceTimersByTime(3_000);
    file();
    expect(heard.map(([name]) => name)).toEqual(["file", "file"]);
    expect(session.readyState).toBe("open");
  });
});

describe("an event in excess", () => {
  it("is answered with RATE_LIMITED if it asks for an acknowledgement, by default", () => {
    const { session, socket, heard } = limited({ eventsPerSecond: 1 });
    socket.on("e", (...args: unknown[]) => (args.at(-1) as () => void)());
    session.emit(["e"], 1);
    session.emit(["e"], 2);
    session.emit(["e"], 3);
    const data = { retryAfter: 1_000 };
    const refusal = { error: { code: "RATE_LIMITED", message: "Too many events", data } };
    expect(session.take()).toEqual([
      { type: PacketType.ACK, nsp: "/", id: 1, data: [] },
      { type: PacketType.ACK, nsp: "/", id: 2, data: [refusal] },
      { type: PacketType.ACK, nsp: "/", id: 3, data: [refusal] },
    ]);
    expect(heard).toHaveLength(1);
  });

  it("is refused with an AckError, where client and server know of those", () => {
    const io = new Server({ limits: { rate: { eventsPerSecond: 1 } } });
    const session = new FakeSession(io);
    const socket = session.join("/", { _t: { v: 1, caps: ["ack"] } });
    socket.on("e", () => undefined);
    session.emit(["e"], 1);
    session.emit(["e"], 2);
    expect(session.take()).toMatchObject([
      { id: 2, data: [{ $t: "error", code: "RATE_LIMITED", data: { retryAfter: 1_000 } }] },
    ]);
  });

  it("that is refused is no work that a drain waits for", async () => {
    const { io, session } = limited({ eventsPerSecond: 1 });
    io.sockets.on("connection", () => undefined);
    session.emit(["e"]);
    session.emit(["e"], 1);
    session.emit(["e"], 2);
    expect(await io.drain({ spread: 0 })).toEqual({ connections: 1, cutOff: [] });
  });

  it("is dropped without an answer by drop", () => {
    const { session } = limited({ eventsPerSecond: 1, action: "drop" });
    session.emit(["e"], 1);
    session.emit(["e"], 2);
    expect(session.take()).toEqual([]);
  });

  it("closes the connection by disconnect, after it was told of", () => {
    const { session, excesses } = limited({ eventsPerSecond: 1, action: "disconnect" });
    send(session, 1, 2);
    expect([session.readyState, excesses.length, vi.getTimerCount()]).toEqual(["closed", 1, 0]);
  });

  it("waits by delay, with all that follows, in order", () => {
    const { session, heard, excesses } = limited({ eventsPerSecond: 2, action: "delay" });
    send(session, 1, 2);
    session.emit(["file", Buffer.from([1]), Buffer.from([2])]);
    send(session, 1, 1, "/other");
    send(session, 3, 3);
    const names = (): unknown[] => heard.map(([name, item]) => (name === "e" ? item : name));
    expect(names()).toEqual([1, 2]);
    vi.advanceTimersByTime(500);
    expect(names()).toEqual([1, 2, "file", "other"]);
    vi.advanceTimersByTime(500);
    expect(names()).toEqual([1, 2, "file", "other", 3]);
    expect(excesses).toHaveLength(1); // when it began to wait
    expect(vi.getTimerCount()).toBe(0);
  });

  it("waits with so many others, and no more", () => {
    const { session } = limited({ eventsPerSecond: 1, action: "delay", maxDelayed: 3 });
    send(session, 1, 4);
    expect(session.readyState).toBe("open");
    send(session, 5, 5);
    expect([session.readyState, vi.getTimerCount()]).toEqual(["closed", 0]);
  });

  it("waits with ten megabytes, and no more", () => {
    const { session } = limited({ eventsPerSecond: 1, action: "delay" });
    for (let n = 0; n < 13; n++) session.receive(`2["e","${"x".repeat(900_000)}"]`);
    expect([session.readyState, vi.getTimerCount()]).toEqual(["closed", 0]);
  });

  it("that waits is forgotten with its connection", () => {
    const { session, heard } = limited({ eventsPerSecond: 1, action: "delay" });
    send(session, 1, 3);
    session.lose();
    vi.advanceTimersByTime(10_000);
    expect([heard.length, vi.getTimerCount()]).toEqual([1, 0]);
  });
});

describe("rates with another parser", () => {
  it("count every message, as what it is cannot be told before it is read", () => {
    const io = new Server({
      parser: messagePackParser,
      limits: { rate: { eventsPerSecond: 2, action: "disconnect" } },
    });
    const session = new FakeSession(io);
    const packets = [
      { type: PacketType.CONNECT, nsp: "/" },
      ...[1, 2].map((n) => ({ type: PacketType.EVENT, nsp: "/", data: ["e", n] })),
    ];
    const messages = packets.map((packet) => messagePackParser.encode(packet as never) as Uint8Array);
    session.sendPacket = () => undefined; // its decoder is that of the default format
    session.receive(...messages.slice(0, 2));
    expect(session.readyState).toBe("open");
    session.receive(messages[2]!);
    expect(session.readyState).toBe("closed");
  });
});

describe("rates that are none", () => {
  it.each<[string, object]>([
    ["rate", { rate: 5 }],
    ["eventsPerSecond", { rate: { eventsPerSecond: -1 } }],
    ["action", { rate: { action: "shrug" } }],
    ["typing", { rate: { events: { typing: "often" } } }],
  ])("are refused with their name: %s", (name, limits) => {
    expect(() => new Server({ limits })).toThrow(OptionError);
    expect(() => new Server({ limits })).toThrow(`"${name}"`);
  });
});
