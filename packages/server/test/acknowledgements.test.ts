/** Nothing pends for ever: every acknowledgement that is asked for comes, or its place is taken by an error. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  AckTimeoutError,
  BroadcastAckError,
  DisconnectedError,
  NotSentError,
  Server,
  type ServerOptions,
  TooManyAcksError,
} from "../src/index.ts";
import { type FakeSession, joined } from "./fake-session.ts";
import type { Socket } from "../src/index.ts";

let io: Server;
let session: FakeSession;
let socket: Socket;

function start(options: ServerOptions = {}): void {
  io = new Server(options);
  ({ session, socket } = joined(io));
}

beforeEach(() => {
  vi.useFakeTimers();
  start();
});

afterEach(() => {
  vi.useRealTimers();
});

/** The id of the acknowledgement that the last event asks for. */
function lastId(): number {
  return (session.take().at(-1) as { id: number }).id;
}

describe("an acknowledgement", () => {
  it("is rejected when the client leaves, and so is that of a timeout", async () => {
    const answers = [socket.emitWithAck("ask"), socket.timeout(1000).emitWithAck("ask")];
    session.lose();
    for (const answer of answers) await expect(answer).rejects.toThrow(DisconnectedError);
    expect([socket._acks.size, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it("is freed at its timeout", async () => {
    const answered = vi.fn();
    socket.timeout(1000).emit("ask", answered);
    vi.advanceTimersByTime(1000);
    expect(answered).toHaveBeenCalledExactlyOnceWith(new AckTimeoutError());
    expect(socket._acks.size).toBe(0);
  });

  it("may be awaited 10,000 times; then nothing is sent, and the error says so", async () => {
    for (let index = 0; index < 10_000; index++) socket.emit("ask", () => undefined);
    session.take();
    expect(() => socket.emit("ask", () => undefined)).toThrow(TooManyAcksError);
    await expect(socket.emitWithAck("ask")).rejects.toMatchObject({
      code: "TELSIZ_TOO_MANY_ACKS",
      message: "10000 acknowledgements are awaited already",
    });
    expect(session.take()).toEqual([]);
    socket.emit("no acknowledgement");
    expect(session.takeEvents()).toEqual([["no acknowledgement"]]);
  });

  it("may be awaited as often as limits.maxPendingAcks says, and again when one has come", async () => {
    start({ limits: { maxPendingAcks: 1 } });
    socket.emit("ask", () => undefined);
    const id = lastId();
    expect(() => socket.emit("ask", () => undefined)).toThrow(TooManyAcksError);
    session.acknowledge(id, []);
    socket.emit("ask", () => undefined);
  });

  it("of a broadcast counts as missing where too many are awaited", async () => {
    start({ limits: { maxPendingAcks: 0 } });
    const answers = io.timeout(100).emitWithAck("ask");
    const rejected = expect(answers).rejects.toMatchObject({ responses: [], missing: [socket.id] });
    session.acknowledge(lastId(), ["not awaited"]);
    await vi.advanceTimersByTimeAsync(100);
    await rejected;
  });
});

describe("the option ackTimeout", () => {
  beforeEach(() => start({ ackTimeout: 500 }));

  it("holds for acknowledgements that have no timeout of their own", async () => {
    const [own, common] = [vi.fn(), vi.fn()];
    socket.timeout(100).emit("ask", own);
    socket.emit("ask", common);
    const promised = socket.emitWithAck("ask");
    const rejected = expect(promised).rejects.toThrow(AckTimeoutError);
    await vi.advanceTimersByTimeAsync(100);
    expect(own).toHaveBeenCalledExactlyOnceWith(new AckTimeoutError());
    expect(common).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(400);
    expect(common).toHaveBeenCalledExactlyOnceWith(new AckTimeoutError());
    await rejected;
  });

  it("gives callbacks an error first, null if the answer comes", () => {
    const answered = vi.fn();
    socket.emit("ask", answered);
    session.acknowledge(lastId(), ["yes", 2]);
    expect(answered).toHaveBeenCalledExactlyOnceWith(null, "yes", 2);
  });

  it("holds for broadcasts, which then need none", async () => {
    const answered = vi.fn();
    io.emit("ask", answered as never);
    await vi.advanceTimersByTimeAsync(500);
    expect(answered).toHaveBeenCalledExactlyOnceWith(expect.any(BroadcastAckError), []);
    expect(socket._acks.size).toBe(0);
  });

  it("sets no timer for events without acknowledgement, and must be a time", () => {
    const timers = vi.getTimerCount();
    socket.emit("tell");
    expect(vi.getTimerCount()).toBe(timers);
    expect(() => new Server({ ackTimeout: -1 })).toThrow('Option "ackTimeout"');
  });
});

describe("an event that may be lost", () => {
  beforeEach(() => {
    session.writable = false;
  });

  it("settles its acknowledgement soon when it is not sent, but not at once", async () => {
    const answered = vi.fn();
    socket.volatile.timeout(10_000).emit("ask", answered);
    expect(answered).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(answered).toHaveBeenCalledExactlyOnceWith(new NotSentError());
    expect(socket._acks.size).toBe(0);
  });

  it("rejects the promise, and forgets a callback that has no place for an error", async () => {
    const answered = vi.fn();
    socket.volatile.emit("ask", answered);
    const promised = socket.volatile.emitWithAck("ask");
    const rejected = expect(promised).rejects.toMatchObject({ code: "TELSIZ_NOT_SENT" });
    await vi.advanceTimersByTimeAsync(1);
    await rejected;
    expect(answered).not.toHaveBeenCalled();
    expect(socket._acks.size).toBe(0);
  });

  it("settles it as well when a newer one of its key takes its place", async () => {
    const promised = socket.latest("price").emitWithAck("ask", 1);
    const rejected = expect(promised).rejects.toThrow(NotSentError);
    const [[key, onDropped]] = session.latest as [[string, () => void]];
    expect(key).toBe("/,price");
    onDropped();
    await vi.advanceTimersByTimeAsync(1);
    await rejected;
  });
});
