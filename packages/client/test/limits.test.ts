/** What a client keeps, awaits and sends has limits, and each of them is told. */
import { describe, expect, it, vi } from "vitest";
import { DisconnectedError, OptionError } from "../src/index.ts";
import {
  BufferFullError,
  NotSentError,
  type Socket,
  type SocketOptions,
  TooLargeError,
  TooManyAcksError,
} from "../src/index.ts";
import { FakeEngine } from "./fake-engine.ts";
import { connected, createManager, dataOf, startAfresh, welcome } from "./harness.ts";

vi.mock(import("@telsiz/engine/client"), async (original) => {
  const { FakeEngine: EngineClient } = await import("./fake-engine.ts");
  return { ...(await original()), EngineClient: EngineClient as never };
});

startAfresh();

/** A socket that is not connected yet, and what `handler_error` tells. */
function waiting(options: SocketOptions): { socket: Socket; faults: unknown[] } {
  const socket = createManager().socket("/", options);
  const faults: unknown[] = [];
  socket.io.on("handler_error", (error, { event }) => faults.push([error, event]));
  return { socket, faults };
}

describe("the events that wait for the connection", () => {
  it("are 10,000 at most; each of the others is told", () => {
    const { socket, faults } = waiting({});
    for (let index = 0; index <= 10_000; index++) socket.emit("tell", index);
    expect(socket.sendBuffer).toHaveLength(10_000);
    expect(faults).toEqual([[new BufferFullError(10_000), "tell"]]);
    expect((faults[0] as [BufferFullError])[0].code).toBe("TELSIZ_BUFFER_FULL");
  });

  it("are as many as maxBuffered says, and acknowledgements of the others are rejected", async () => {
    const { socket, faults } = waiting({ maxBuffered: 1 });
    const answered = vi.fn();
    socket.emit("first");
    const promised = socket.emitWithAck("second");
    const rejected = expect(promised).rejects.toThrow(BufferFullError);
    socket.timeout(1000).emit("third", answered);
    expect(answered).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await rejected;
    expect(answered).toHaveBeenCalledExactlyOnceWith(expect.any(BufferFullError));
    expect(faults).toHaveLength(2);
    const engine = FakeEngine.last.accept();
    welcome();
    expect(dataOf(engine.take()).slice(1)).toEqual([["first"]]);
  });

  it("are limited with retries, too", async () => {
    const { socket, faults } = waiting({ retries: 1, maxBuffered: 1 });
    socket.emit("first");
    socket.emit("second");
    const rejected = expect(socket.emitWithAck("third")).rejects.toThrow(BufferFullError);
    await vi.advanceTimersByTimeAsync(1);
    await rejected;
    expect(faults).toEqual([[new BufferFullError(1), "second"]]);
  });

  it("must be a number of them", () => {
    expect(() => createManager().socket("/", { maxBuffered: -1 })).toThrow(OptionError);
    expect(() => createManager().socket("/", { maxPendingAcks: "1" as never })).toThrow(OptionError);
  });
});

describe("what a server sends before it answers CONNECT", () => {
  it("is kept up to 10,000 packets; then the connection is closed and opened again", async () => {
    const { socket } = waiting({});
    const engine = FakeEngine.last.accept();
    const early = { type: 2, nsp: "/", data: ["early"] } as const;
    for (let index = 0; index < 10_000; index++) engine.send(early);
    expect(socket.receiveBuffer).toHaveLength(10_000);
    expect(engine.state).toBe("open");
    engine.send(early);
    expect(engine.state).toBe("closed");
  });
});

describe("a message that the server would not take", () => {
  it("is refused at once, and the connection lives", async () => {
    const { socket, engine } = connected();
    engine.maxPayload = 1000;
    const large = "é".repeat(500);
    expect(() => socket.emit("tell", large)).toThrow(TooLargeError);
    await expect(socket.emitWithAck("ask", large)).rejects.toMatchObject({
      code: "TELSIZ_TOO_LARGE",
      maxPayload: 1000,
      size: 1000 + '42["ask",""]'.length + 1, // and the digit of the acknowledgement's id
    });
    expect(engine.take()).toEqual([]);
    expect(socket.connected).toBe(true);
    socket.emit("tell", "é".repeat(490));
    expect(engine.take()).toHaveLength(1);
  });

  it("is measured as it travels: bytes as text over polling", () => {
    const { socket, engine } = connected();
    engine.maxPayload = 1000;
    socket.emit("file", new Uint8Array(1000));
    engine.transport.name = "polling";
    socket.emit("file", new Uint8Array(747));
    expect(() => socket.emit("file", new Uint8Array(748))).toThrow(TooLargeError);
  });

  it("is told when it waited for the connection, and rejects its acknowledgement", async () => {
    const { socket, faults } = waiting({});
    socket.emit("tell", "x".repeat(1000));
    const rejected = expect(socket.emitWithAck("ask", "x".repeat(1000))).rejects.toThrow(TooLargeError);
    socket.emit("short");
    const engine = FakeEngine.last.accept();
    engine.maxPayload = 100;
    welcome();
    await vi.advanceTimersByTimeAsync(1);
    await rejected;
    expect(faults).toEqual([
      [expect.any(TooLargeError), "tell"],
      [expect.any(TooLargeError), "ask"],
    ]);
    expect(dataOf(engine.take()).slice(1)).toEqual([["short"]]);
  });
});

describe("acknowledgements of a client", () => {
  it("are awaited up to maxPendingAcks, and rejected when the connection is lost", async () => {
    const { engine, socket } = connected();
    const limited = socket.io.socket("/limited", { maxPendingAcks: 1 });
    welcome("limited", "/limited");
    const promised = limited.emitWithAck("ask");
    const rejected = expect(promised).rejects.toThrow(DisconnectedError);
    expect(() => limited.emit("ask", () => undefined)).toThrow(TooManyAcksError);
    engine.drop();
    await rejected;
  });

  it("are rejected when a volatile event is not sent", async () => {
    const { engine, socket } = connected();
    engine.writable = false;
    const rejected = expect(socket.volatile.emitWithAck("ask")).rejects.toThrow(NotSentError);
    await vi.advanceTimersByTimeAsync(1);
    await rejected;
    expect(socket._acks.size).toBe(0);
  });
});

it("socket.bufferedAmount is what its connection has not given to the network", () => {
  const { socket, engine } = connected();
  engine.bufferedAmount = 7;
  expect(socket.bufferedAmount).toBe(7);
  socket.disconnect();
  expect(socket.bufferedAmount).toBe(0);
});
