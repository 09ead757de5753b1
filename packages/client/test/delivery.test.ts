/** Events that were on their way when the connection was lost (docs/wire.md, "Delivery"): the client's part. */
import { OptionError } from "@telsiz/events";
import { defaultParser, PacketType } from "@telsiz/parser";
import { DisconnectedError } from "@telsiz/socket";
import { loadDeliveryVectors } from "@telsiz/testkit";
import { describe, expect, it, vi } from "vitest";
import type { Gap, Socket, SocketOptions } from "../src/index.ts";
import { FakeEngine } from "./fake-engine.ts";
import { createManager, dataOf, startAfresh } from "./harness.ts";

vi.mock(import("@telsiz/engine/client"), async (original) => {
  const { FakeEngine: EngineClient } = await import("./fake-engine.ts");
  return { ...(await original()), EngineClient: EngineClient as never };
});

startAfresh();

/** The server lets the client in, with a session. @param received how many of its events have come */
function welcome(received: unknown, pid = "p"): void {
  FakeEngine.last.send({
    type: PacketType.CONNECT,
    nsp: "/",
    data: { sid: "sid", pid, offset: "o.0", received },
  });
}

/** A connected socket of a server that counts. */
function connected(options: SocketOptions = {}): { socket: Socket; gaps: Gap[] } {
  const socket = createManager().socket("/", options);
  const gaps: Gap[] = [];
  socket.on("gap", (gap) => gaps.push(gap));
  FakeEngine.last.accept();
  welcome(0);
  FakeEngine.last.take();
  return { socket, gaps };
}

/** The connection is lost and comes back. */
function comeBack(): void {
  FakeEngine.last.drop();
  vi.advanceTimersByTime(1_000);
  FakeEngine.last.accept().take();
}

const sent = (): unknown[] => dataOf(FakeEngine.last.take());

describe("after a recovery", () => {
  it("sends again what the server has not got, ahead of what waited, and tells outgoing listeners once", () => {
    const { socket, gaps } = connected();
    const outgoing: unknown[] = [];
    socket.onAnyOutgoing((event: string) => outgoing.push(event));
    socket.emit("a");
    socket.emit("b", Uint8Array.of(1));
    socket.on("disconnect", () => socket.emit("c"));
    comeBack();
    welcome(1);
    expect(sent()).toEqual([["b", Uint8Array.of(1)], ["c"]]);
    expect(outgoing).toEqual(["a", "b", "c"]);
    expect(gaps).toEqual([]);
  });

  it("sends it with its flags", () => {
    const { socket } = connected();
    socket.compress(false).emit("a");
    comeBack();
    FakeEngine.last.flags.length = 0;
    welcome(0);
    expect(FakeEngine.last.flags).toEqual([{ compress: false }]);
  });

  it("sends what listeners emit at what was missed behind all that", () => {
    const { socket } = connected();
    socket.on("missed", () => socket.emit("c"));
    socket.emit("a");
    FakeEngine.last.drop();
    socket.emit("b");
    vi.advanceTimersByTime(1_000);
    FakeEngine.last.accept().take();
    FakeEngine.last.send({ type: PacketType.EVENT, nsp: "/", data: ["missed", "o.1"] });
    welcome(0);
    expect(sent()).toEqual([["a"], ["b"], ["c"]]);
  });

  it("sends again neither volatile events nor such whose sender was told of the loss", async () => {
    const { socket, gaps } = connected();
    const asked = socket.emitWithAck("ask");
    socket.volatile.emit("position");
    socket.emit("a");
    comeBack();
    await expect(asked).rejects.toThrow(DisconnectedError);
    welcome(1);
    expect(sent()).toEqual([["a"]]);
    expect(gaps).toEqual([]);
  });

  it("sends it once more when the connection is lost again before it has arrived", () => {
    const { socket } = connected();
    socket.emit("a");
    socket.emit("b");
    comeBack();
    welcome(1);
    expect(sent()).toEqual([["b"]]);
    comeBack();
    welcome(1);
    expect(sent()).toEqual([["b"]]);
    comeBack();
    welcome(2);
    expect(sent()).toEqual([]);
  });
});

describe("500 events that are kept", () => {
  it("make it ask whether they have come, of which nobody else hears", () => {
    const { socket, gaps } = connected();
    const outgoing = vi.fn();
    socket.onAnyOutgoing(outgoing);
    for (let n = 0; n < 600; n++) socket.emit("n", n);
    expect(outgoing).toHaveBeenCalledTimes(600);
    const packets = FakeEngine.last.take();
    expect(packets).toHaveLength(601);
    expect(packets[500]).toEqual({ type: PacketType.EVENT, nsp: "/", data: ["$t:arrived"], id: 0 });
    FakeEngine.last.send({ type: PacketType.ACK, nsp: "/", id: 0, data: [] });
    comeBack();
    welcome(0, "another");
    expect(gaps).toEqual([{ lost: 100, missed: true }]);
  });

  it("arrive once also if the connection is lost before the answer", () => {
    const { socket, gaps } = connected();
    for (let n = 0; n < 502; n++) socket.emit("n", n);
    comeBack();
    welcome(502); // the question among them
    expect(sent()).toEqual([["n", 501]]);
    expect(gaps).toEqual([]);
  });

  it("do not make it ask where no more acknowledgements may be awaited", () => {
    const { socket } = connected({ maxPendingAcks: 0 });
    for (let n = 0; n < 600; n++) socket.emit("n", n);
    expect(FakeEngine.last.take()).toHaveLength(600);
  });
});

describe("a gap", () => {
  it("is told ahead of connect where the session is not recovered, with what may be lost", () => {
    const { socket, gaps } = connected();
    const order: unknown[] = [];
    socket.on("gap", () => order.push("gap", socket.connected, socket.recovered));
    socket.on("connect", () => order.push("connect"));
    socket.emit("a");
    socket.emit("b");
    comeBack();
    welcome(0, "another");
    expect(sent()).toEqual([]);
    expect(gaps).toEqual([{ lost: 2, missed: true }]);
    expect(order).toEqual(["gap", true, false, "connect"]);
  });

  it("is told where more was sent than is kept", () => {
    const { socket, gaps } = connected({ delivery: { maxEvents: 1 } });
    for (const event of ["a", "b", "c"]) socket.emit(event);
    comeBack();
    welcome(0);
    expect(sent()).toEqual([["c"]]);
    expect(gaps).toEqual([{ lost: 2, missed: false }]);
  });

  it("is told where the connection was lost for longer than the window", () => {
    const { socket, gaps } = connected({ delivery: { window: 500 } });
    socket.emit("a");
    comeBack();
    welcome(0);
    expect(sent()).toEqual([]);
    expect(gaps).toEqual([{ lost: 1, missed: false }]);
  });

  it("counts nothing that a second ping has confirmed", () => {
    const { socket, gaps } = connected();
    socket.emit("a");
    FakeEngine.last.handler?.onPing();
    socket.emit("b");
    FakeEngine.last.handler?.onPing();
    comeBack();
    welcome(0, "another");
    expect(gaps).toEqual([{ lost: 1, missed: true }]);
  });

  it.each([
    ["the client", (socket: Socket) => socket.disconnect()],
    ["the server", () => FakeEngine.last.send({ type: PacketType.DISCONNECT, nsp: "/" })],
  ])("is none where %s has ended the connection", (_who, end) => {
    const { socket, gaps } = connected();
    socket.emit("a");
    end(socket);
    socket.connect();
    FakeEngine.last.accept();
    welcome(0, "another");
    expect(gaps).toEqual([]);
  });

  it.each([
    ["a server that does not count", {}, undefined],
    ["delivery: false", { delivery: false }, 0],
  ] as const)("is none with %s, and nothing is sent again", (_what, options, received) => {
    const socket = createManager().socket("/", options);
    const gaps: Gap[] = [];
    socket.on("gap", (gap) => gaps.push(gap));
    FakeEngine.last.accept();
    welcome(received);
    socket.emit("a");
    comeBack();
    welcome(received);
    expect(sent()).toEqual([]);
    comeBack();
    welcome(received, "another");
    expect(gaps).toEqual([]);
  });
});

describe("on the wire", () => {
  it.each(loadDeliveryVectors())("sends what the document says, %#", (...connections) => {
    const [, nsp = "/"] = /^40(\/[^,]+)/.exec(connections[0]!.frames[0]!.frame) ?? [];
    const socket = createManager({ earlyConnect: false }).socket(nsp);
    const decoder = defaultParser.createDecoder();
    for (const [index, { frames }] of connections.entries()) {
      if (index > 0) {
        FakeEngine.last.drop();
        vi.advanceTimersByTime(5_000);
      }
      FakeEngine.last.accept();
      const texts: unknown[] = [];
      const note = (): void => {
        texts.push(...FakeEngine.last.take().map((packet) => `4${defaultParser.encode(packet) as string}`));
      };
      for (const { mark, frame } of frames) {
        const packet = decoder.add(frame.slice(1))!;
        if (mark === "<") FakeEngine.last.sendRaw(frame.slice(1));
        else if (index === 0 && packet.type === PacketType.EVENT) {
          const [name, ...args] = packet.data;
          socket.emit(String(name), ...args, ...(packet.id === undefined ? [] : [() => undefined]));
        }
        note();
      }
      expect(texts).toEqual(frames.filter(({ mark }) => mark !== "<").map(({ frame }) => frame));
    }
  });
});

it("refuses options that are none", () => {
  expect(() => createManager().socket("/", { delivery: true as never })).toThrow(OptionError);
  expect(() => createManager().socket("/", { delivery: { window: -1 } })).toThrow(OptionError);
});
