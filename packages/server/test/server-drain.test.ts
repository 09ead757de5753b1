import { OptionError } from "@telsiz/events";
import { PacketType } from "@telsiz/parser";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Server, type ServerDrainReport } from "../src/index.ts";
import { FakeSession, joined } from "./fake-session.ts";

let io: Server;

beforeEach(() => {
  vi.useFakeTimers();
  io = new Server();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A promise that a test settles. */
function gate(): { readonly promise: Promise<void>; open: () => void; fail: (error: Error) => void } {
  let open = (): void => undefined;
  let fail = (_error: Error): void => undefined;
  const promise = new Promise<void>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { promise, open, fail };
}

/** What became of a drain, as soon as it is known. */
function watch(drain: Promise<ServerDrainReport>): { report?: ServerDrainReport } {
  const watched: { report?: ServerDrainReport } = {};
  void drain.then((report) => (watched.report = report));
  return watched;
}

const turn = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

describe("draining a server", () => {
  it("closes its connections evenly over the time, and reports that none was cut off", async () => {
    const sessions = Array.from({ length: 4 }, () => joined(io).session);
    const reasons: unknown[] = [];
    for (const socket of io.sockets.sockets.values())
      socket.on("disconnect", (reason) => reasons.push(reason));
    const watched = watch(io.drain({ spread: 1_000 }));
    const open = (): number => sessions.filter(({ readyState }) => readyState === "open").length;
    const counts = [];
    for (let n = 0; n < 4; n++) {
      await vi.advanceTimersByTimeAsync(n === 0 ? 0 : 250);
      counts.push(open());
    }
    expect(counts).toEqual([3, 2, 1, 0]);
    await turn();
    expect(watched.report).toEqual({ connections: 4, cutOff: [] });
    expect(reasons).toEqual(Array.from({ length: 4 }, () => "server shutting down"));
    expect(vi.getTimerCount()).toBe(0);
  });

  it("says nothing that would keep a client from coming back", async () => {
    const { session } = joined(io);
    await io.drain({ spread: 0 });
    expect(session.take().map(({ type }) => type)).not.toContain(PacketType.DISCONNECT);
  });

  it("waits for the answers that clients wait for", async () => {
    const { session, socket } = joined(io);
    const { promise, open } = gate();
    socket.on("save", (answer: (text: string) => void): unknown => promise.then(() => answer("saved")));
    session.emit(["save"], 7);
    const watched = watch(io.drain({ spread: 0, inflight: 1_000 }));
    await vi.advanceTimersByTimeAsync(900);
    expect(session.readyState).toBe("open");
    open();
    await turn();
    expect(session.readyState).toBe("closed");
    expect(session.take()).toEqual([{ type: PacketType.ACK, nsp: "/", id: 7, data: ["saved"] }]);
    expect(watched.report).toEqual({ connections: 1, cutOff: [] });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("waits for handlers whose promise is not settled, and for those that reject", async () => {
    vi.spyOn(console, "error").mockReturnValue();
    const { session, socket } = joined(io);
    const { promise, fail } = gate();
    socket.on("work", (): unknown => promise);
    session.emit(["work"]);
    const watched = watch(io.drain({ spread: 0 }));
    await turn();
    expect(session.readyState).toBe("open");
    fail(new Error("no"));
    await turn();
    expect([session.readyState, watched.report?.cutOff]).toEqual(["closed", []]);
  });

  it("waits for what handlers begin while it waits, in any namespace", async () => {
    io.of("/other");
    const { session, socket } = joined(io);
    const other = session.join("/other");
    const [first, second] = [gate(), gate()];
    socket.on("first", (): unknown => first.promise);
    other.on("second", (): unknown => second.promise);
    session.emit(["first"]);
    void io.drain({ spread: 0 });
    await turn();
    session.emit(["second"], undefined, "/other");
    first.open();
    await turn();
    expect(session.readyState).toBe("open");
    second.open();
    await turn();
    expect(session.readyState).toBe("closed");
  });

  it("cuts off what takes too long, and reports it", async () => {
    const { session, socket } = joined(io);
    socket.on("never", () => undefined);
    session.emit(["never"], 1);
    session.emit(["never"], 2);
    const watched = watch(io.drain({ spread: 0, inflight: 500 }));
    await vi.advanceTimersByTimeAsync(500);
    expect(session.readyState).toBe("closed");
    expect(watched.report).toEqual({
      connections: 1,
      cutOff: [{ id: "session", sockets: [socket.id], handlers: 2, packets: 0 }],
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("cuts off a connection that takes nothing any more", async () => {
    const { session, socket } = joined(io, { closesLater: true });
    Object.assign(session, { queuedPackets: 2 });
    const watched = watch(io.drain({ spread: 0, inflight: 500 }));
    await turn();
    expect(socket.connected).toBe(false);
    expect(watched.report).toBeUndefined();
    await vi.advanceTimersByTimeAsync(500);
    expect(watched.report?.cutOff).toEqual([
      { id: "session", sockets: [socket.id], handlers: 0, packets: 2 },
    ]);
  });

  it("keeps the sessions of its clients, so that they can be recovered", async () => {
    io = new Server({ connectionStateRecovery: {} });
    const session = new FakeSession(io);
    session.connect();
    const { pid } = (session.take()[0] as any).data;
    await io.drain({ spread: 0 });
    const again = new FakeSession(io);
    again.connect("/", { pid });
    expect((again.take().at(-1) as any).data.pid).toBe(pid);
    expect([...io.sockets.sockets.values()][0]!.recovered).toBe(true);
  });

  it("passes over connections that end by themselves meanwhile, and has nothing to do where there are none", async () => {
    const [first, second] = [joined(io), joined(io)];
    const watched = watch(io.drain({ spread: 1_000 }));
    await turn();
    second.session.lose();
    await vi.advanceTimersByTimeAsync(1_000);
    expect([first.session.readyState, watched.report]).toEqual(["closed", { connections: 2, cutOff: [] }]);
    expect(await io.drain()).toEqual({ connections: 0, cutOff: [] });
  });

  it("takes times and nothing else", async () => {
    await expect(io.drain({ spread: Infinity })).rejects.toThrow(OptionError);
    await expect(io.drain({ inflight: -1 })).rejects.toThrow('"inflight"');
  });
});
