/** Clients are told how many of their events have come (docs/wire.md, "Delivery"): the server's part. */
import { defineContract } from "@telsiz/events";
import { type Packet, PacketType } from "@telsiz/parser";
import { type DeliveryConnection, loadDeliveryVectors } from "@telsiz/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { OptionError, Server, type ServerOptions, type Socket } from "../src/index.ts";
import { FakeSession } from "./fake-session.ts";

let io: Server;
let heard: unknown[][];
let sockets: Socket[];

beforeEach(() => {
  vi.useFakeTimers();
  use({});
});

afterEach(() => {
  vi.useRealTimers();
});

/** Begins anew with other options. */
function use(options: ServerOptions): void {
  io = new Server({ connectionStateRecovery: {}, ...options });
  heard = [];
  sockets = [];
  io.on("connection", (socket) => {
    sockets.push(socket);
    socket.onAny((...event: unknown[]) => heard.push(event));
  });
}

interface Answer {
  readonly pid: string;
  readonly received?: number;
}

/** A client asks to be let in. @returns the server's answer */
function connect(session: FakeSession, auth: object = {}): Answer {
  session.connect("/", auth);
  const answer = session.take().find((packet: Packet) => packet.type === PacketType.CONNECT);
  return (answer as { data: Answer }).data;
}

const event = (name: string, id?: number): Packet => ({ type: PacketType.EVENT, nsp: "/", data: [name], id });

describe("the answer to CONNECT", () => {
  it("says how many events of the session have come, whatever became of them", () => {
    const session = new FakeSession(io);
    const { pid, received } = connect(session);
    expect(received).toBe(0);
    sockets[0]!.on("bad", () => {
      throw new Error("mine");
    });
    sockets[0]!.use(([name], next) => next(name === "no" ? new Error("not you") : undefined));
    io.on("handler_error", () => undefined);
    sockets[0]!.on("error", () => undefined);
    for (const packet of [event("a"), event("bad"), event("no"), event("ask", 0)]) session.send(packet);
    session.lose();
    const again = new FakeSession(io);
    expect(connect(again, { pid })).toMatchObject({ pid, received: 4 });
    again.send(event("b"));
    again.lose();
    expect(connect(new FakeSession(io), { pid })).toMatchObject({ pid, received: 5 });
  });

  it("counts what the elder of two connections has brought until the younger asks", () => {
    const session = new FakeSession(io);
    const { pid } = connect(session);
    session.send(event("a"));
    expect(connect(new FakeSession(io), { pid }).received).toBe(1);
    session.send(event("late"));
    expect(heard).toEqual([["a"]]);
  });

  it("counts anew for a session that is not known, or was ended", () => {
    const session = new FakeSession(io);
    const { pid } = connect(session);
    session.send(event("a"));
    session.send({ type: PacketType.DISCONNECT, nsp: "/" });
    expect(connect(new FakeSession(io), { pid })).toMatchObject({ received: 0 });
    expect(connect(new FakeSession(io), { pid: "unknown" })).toMatchObject({ received: 0 });
  });

  it("keeps the count of a session that a middleware did not let in", () => {
    let banned = false;
    io.use((_socket, next) => next(banned ? new Error("banned") : undefined));
    const session = new FakeSession(io);
    const { pid } = connect(session);
    session.send(event("a"));
    session.lose();
    banned = true;
    new FakeSession(io).connect("/", { pid });
    banned = false;
    expect(connect(new FakeSession(io), { pid })).toMatchObject({ pid, received: 1 });
  });

  it("counts events that the rate limits withhold, so that they do not come again", () => {
    use({ limits: { rate: { eventsPerSecond: 1 } } });
    const session = new FakeSession(io);
    const { pid } = connect(session);
    for (const name of ["a", "b", "c"]) session.send(event(name));
    session.lose();
    expect(connect(new FakeSession(io), { pid }).received).toBe(3);
    expect(heard).toEqual([["a"]]);
  });

  it("says nothing of it without recovery, with delivery: false, or where it cannot tell what is withheld", () => {
    const { parser, ...rest } = { parser: io._parser, limits: { rate: { eventsPerSecond: 1 } } };
    for (const options of [
      { connectionStateRecovery: undefined },
      { delivery: false },
      { parser, ...rest },
    ]) {
      use(options as ServerOptions);
      expect(connect(new FakeSession(io))).not.toHaveProperty("received");
    }
  });
});

describe("a client that asks whether its events have come", () => {
  const ask: Packet = { type: PacketType.EVENT, nsp: "/", data: ["$t:arrived"], id: 7 };

  it.each([
    ["a server", {}],
    ["one with a contract", { contract: defineContract({}) }],
  ])("is answered by %s, which counts that and shows it to nobody", (_what, options) => {
    use(options as ServerOptions);
    const session = new FakeSession(io);
    const { pid } = connect(session);
    session.send(ask);
    expect(session.take()).toEqual([{ type: PacketType.ACK, nsp: "/", id: 7, data: [] }]);
    session.emit(["$t:arrived"]); // for no answer
    expect([session.take(), heard]).toEqual([[], []]);
    session.lose();
    expect(connect(new FakeSession(io), { pid }).received).toBe(2);
  });

  it("asks the application where the server does not count", () => {
    use({ delivery: false });
    const session = new FakeSession(io);
    connect(session);
    session.send(ask);
    expect(heard).toEqual([["$t:arrived", expect.any(Function)]]);
  });
});

describe("what has come and is still being looked at when the connection is lost", () => {
  it("reaches the listeners after an asynchronous middleware", () => {
    const session = new FakeSession(io);
    connect(session);
    const passed = vi.fn();
    let pass = (): void => undefined;
    sockets[0]!.use((_event, next) => void (pass = next));
    sockets[0]!.on("a", passed);
    session.send(event("a"));
    session.lose();
    expect(passed).not.toHaveBeenCalled();
    pass();
    expect(passed).toHaveBeenCalledOnce();
  });

  it("reaches the listeners after an asynchronous validator of a contract, and so does what waits behind it", async () => {
    const slow = {
      "~standard": { version: 1, vendor: "test", validate: (value: unknown) => Promise.resolve({ value }) },
    };
    const contract = defineContract({ clientToServer: { a: { args: [slow as never] } } });
    const server = new Server({ connectionStateRecovery: {}, contract });
    const names: unknown[] = [];
    server.on("connection", (socket) => socket.onAny((_name: string, value: unknown) => names.push(value)));
    const session = new FakeSession(server as unknown as Server);
    connect(session);
    for (const value of [1, 2]) session.send({ type: PacketType.EVENT, nsp: "/", data: ["a", value] });
    session.lose();
    await vi.advanceTimersByTimeAsync(0);
    expect(names).toEqual([1, 2]);
  });

  it("is dropped where the session was ended on purpose", () => {
    const session = new FakeSession(io);
    connect(session);
    let pass = (): void => undefined;
    sockets[0]!.use((_event, next) => void (pass = next));
    const passed = vi.fn();
    sockets[0]!.on("a", passed);
    session.send(event("a"));
    sockets[0]!.disconnect();
    pass();
    expect(passed).not.toHaveBeenCalled();
  });
});

/** Plays a session, with names in place of the ids. @returns the frames of the server */
function play(connections: readonly DeliveryConnection[]): string[] {
  const ids = new Map<string, string>();
  const named = (frame: string): string =>
    frame.replace(/"(sid|pid|offset)":"([^"]+)"/g, (_match, key: string, id: string) => {
      const name = key.toUpperCase();
      if (!ids.has(id)) ids.set(id, [...ids.values()].includes(name) ? `${name}2` : name);
      return `"${key}":"${ids.get(id)!}"`;
    });
  const meant = (frame: string): string =>
    [...ids].reduce((text, [id, name]) => text.replace(`"${name}"`, `"${id}"`), frame);
  return connections.flatMap(({ restarted, frames }, index) => {
    if (index === 0 || restarted) use({});
    io.of("/news");
    const session = new FakeSession(io);
    for (const { mark, frame } of frames) if (mark === ">") session.receive(meant(frame).slice(1));
    session.lose();
    return session.outgoing.map((packet) => named(packet as string));
  });
}

it.each(loadDeliveryVectors())("answers as the document says, %#", (...connections) => {
  const frames = connections.flatMap((connection) => connection.frames);
  expect(play(connections)).toEqual(frames.filter(({ mark }) => mark === "<").map(({ frame }) => frame));
});

it("refuses an option that is none", () => {
  expect(() => use({ delivery: {} as never })).toThrow(OptionError);
});
