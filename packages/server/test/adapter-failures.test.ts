/** An adapter talks to a network, and its methods may be asynchronous: none that fails ends the process or goes unseen. */
import { InMemoryAdapter } from "@telsiz/adapter";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Server, type Socket } from "../src/index.ts";
import { type FakeSession, joined } from "./fake-session.ts";

const outage = new Error("no network");
const reported = vi.fn();
const unhandled = vi.fn();
let io: Server;
let session: FakeSession;
let socket: Socket;

/** Does its work, and then finds that the others do not hear of it. */
class FailingAdapter extends InMemoryAdapter {
  override addAll(...args: Parameters<InMemoryAdapter["addAll"]>): Promise<void> {
    void super.addAll(...args);
    return Promise.reject(outage);
  }

  override del(...args: Parameters<InMemoryAdapter["del"]>): Promise<void> {
    void super.del(...args);
    return Promise.reject(outage);
  }

  override delAll(...args: Parameters<InMemoryAdapter["delAll"]>): Promise<void> {
    void super.delAll(...args);
    return Promise.reject(outage);
  }

  override init(): Promise<void> {
    return Promise.reject(outage);
  }
}

for (const method of [
  "close",
  "broadcast",
  "broadcastWithAck",
  "serverCount",
  "fetchSockets",
  "addSockets",
  "delSockets",
  "disconnectSockets",
  "serverSideEmit",
]) {
  Reflect.set(FailingAdapter.prototype, method, () => Promise.reject(outage));
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The methods whose failures were reported since the last call. */
async function takeReports(): Promise<string[]> {
  await settled();
  const reports = reported.mock.calls as [unknown, { socket: unknown; event: string }][];
  expect(reports.every(([error]) => error === outage)).toBe(true);
  const methods = reports.map(([, { event }]) => event);
  reported.mockClear();
  return methods;
}

it("is reported from the beginning on", async () => {
  const early = new Server({ adapter: FailingAdapter });
  early.on("handler_error", reported);
  joined(early);
  expect(await takeReports()).toEqual(["init", "join"]);
});

beforeEach(async () => {
  process.on("unhandledRejection", unhandled);
  io = new Server({ adapter: FailingAdapter });
  io.on("handler_error", reported);
  ({ session, socket } = joined(io));
  await takeReports();
});

afterEach(() => {
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

describe("an adapter that fails", () => {
  it("lets a socket join and leave, and whoever waits for it gets the error, too", async () => {
    await expect(socket.join("kitchen")).rejects.toBe(outage);
    expect(socket.rooms).toEqual(new Set([socket.id, "kitchen"]));
    await expect(socket.leave("kitchen")).rejects.toBe(outage);
    void socket.join("lobby");
    expect(await takeReports()).toEqual(["join", "leave", "join"]);
  });

  it("lets a socket disconnect", async () => {
    const gone = vi.fn();
    socket.on("disconnect", gone);
    session.lose();
    expect(gone).toHaveBeenCalledExactlyOnceWith("transport close", undefined);
    expect(io.of("/").sockets.size).toBe(0);
    expect(await takeReports()).toEqual(["leave"]);
  });

  it("lets a middleware refuse a client", async () => {
    io.use((_socket, next) => next(new Error("no")));
    expect(() => joined(io)).toThrow("not let in");
    expect(await takeReports()).toEqual(["leave"]);
  });

  it("is reported for what nobody waits for", async () => {
    io.emit("hello");
    io.socketsJoin("kitchen");
    io.socketsLeave("kitchen");
    io.disconnectSockets();
    io.serverSideEmit("hello");
    expect(await takeReports()).toEqual([
      "broadcast",
      "addSockets",
      "delSockets",
      "disconnectSockets",
      "serverSideEmit",
    ]);
  });

  it("leaves a broadcast that asks for answers to its timeout", async () => {
    const answered = vi.fn();
    io.timeout(1).emit("ask", answered);
    await vi.waitFor(() => expect(answered).toHaveBeenCalledOnce());
    expect(await takeReports()).toEqual(["broadcastWithAck", "serverCount"]);
  });

  it("fails what somebody waits for, and that alone", async () => {
    await expect(io.fetchSockets()).rejects.toBe(outage);
    await expect(io.allSockets()).rejects.toBe(outage);
    expect(await takeReports()).toEqual([]);
  });

  it("lets the server close", async () => {
    await io.close();
    expect(await takeReports()).toEqual(["leave", "close"]);
  });
});

describe("an adapter that throws at once", () => {
  it("lets a socket disconnect", async () => {
    vi.spyOn(FailingAdapter.prototype, "delAll").mockImplementationOnce(() => {
      throw outage;
    });
    const gone = vi.fn();
    socket.on("disconnect", gone);
    session.lose();
    expect(gone).toHaveBeenCalledOnce();
    expect(io.of("/").sockets.size).toBe(0);
    expect(await takeReports()).toEqual(["leave"]);
  });
});
