/** No failure of the application's own functions ends the process, or goes unseen (security.md 2, row A6). */
import { createServer } from "node:http";
import { PacketType } from "@telsiz/parser";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AckNotRequestedError, Server, type Socket } from "../src/index.ts";
import { FakeSession, joined } from "./fake-session.ts";

const bug = new Error("a bug");
const reported = vi.fn();
const unhandled = vi.fn();
let io: Server;
let printed: ReturnType<typeof vi.spyOn>;

const throws = (): never => {
  throw bug;
};
const rejects = (): Promise<never> => Promise.reject(bug);
const throwsLater = async (): Promise<never> => {
  await Promise.resolve();
  throw bug;
};
const failures: [how: string, fail: () => unknown][] = [
  ["throws", throws],
  ["rejects", rejects],
  ["throws after a wait", throwsLater],
];

/** Until promises have settled, and Node has told of those that nobody took care of. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  reported.mockClear();
  unhandled.mockClear();
  process.on("unhandledRejection", unhandled);
  printed = vi.spyOn(console, "error").mockImplementation(() => undefined);
  io = new Server();
  io.on("handler_error", reported);
});

afterEach(() => {
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
  printed.mockRestore();
});

describe.each(failures)("an error of the application that %s", (_how, fail) => {
  /** Sends what makes the socket's handler fail, and tells what was reported. */
  async function reportOf(socket: Socket, event: string, act: () => void): Promise<void> {
    act();
    await settled();
    expect(reported).toHaveBeenCalledExactlyOnceWith(bug, { socket, event });
    expect(printed).not.toHaveBeenCalled();
    expect(socket.connected).toBe(true);
  }

  it("is reported from a listener", async () => {
    const { session, socket } = joined(io);
    socket.on("save", fail);
    await reportOf(socket, "save", () => session.emit(["save"]));
  });

  it("is reported from a catch-all listener", async () => {
    const { session, socket } = joined(io);
    socket.onAny(fail);
    await reportOf(socket, "save", () => session.emit(["save"]));
  });

  it("is reported from a catch-all listener for what is sent", async () => {
    const { session, socket } = joined(io);
    socket.onAnyOutgoing(fail);
    await reportOf(socket, "news", () => socket.emit("news"));
    expect(session.takeEvents()).toEqual([["news"]]);
  });

  it("is reported from a catch-all listener for a broadcast, which reaches the others", async () => {
    const { socket } = joined(io);
    const { session } = joined(io);
    socket.onAnyOutgoing(fail);
    await reportOf(socket, "news", () => io.emit("news"));
    expect(session.takeEvents()).toEqual([["news"]]);
  });

  it("is reported from a packet middleware", async () => {
    const { session, socket } = joined(io);
    socket.use(fail);
    await reportOf(socket, "save", () => session.emit(["save"]));
  });

  it("is reported from a listener of an `error` event that the client forged", async () => {
    const { session, socket } = joined(io);
    socket.on("error", fail);
    await reportOf(socket, "error", () => session.emit(["error"]));
  });

  it("is reported from the callback of an acknowledgement", async () => {
    const { session, socket } = joined(io);
    socket.emit("ask", fail);
    await reportOf(socket, "ask", () => session.acknowledge(0, []));
  });

  it("is reported from a listener of a connection, and the client stays", async () => {
    io.on("connection", fail);
    const session = new FakeSession(io);
    session.connect();
    await settled();
    const [socket] = io.sockets.sockets.values();
    expect(reported).toHaveBeenCalledExactlyOnceWith(bug, { socket, event: "connection" });
    expect(socket!.connected).toBe(true);
  });

  it("is reported from another namespace", async () => {
    io.of("/admin").on("connection", fail);
    const socket = new FakeSession(io).join("/admin");
    await settled();
    expect(reported).toHaveBeenCalledExactlyOnceWith(bug, { socket, event: "connection" });
  });

  it("is reported from listeners of the end, which happens all the same", async () => {
    const { session, socket } = joined(io);
    const after = vi.fn();
    socket.on("disconnecting", fail).on("disconnect", fail).on("disconnect", after);
    session.lose();
    await settled();
    expect(reported.mock.calls).toEqual([
      [bug, { socket, event: "disconnecting" }],
      [bug, { socket, event: "disconnect" }],
    ]);
    expect(after).toHaveBeenCalledOnce();
    expect(io.sockets.adapter.sids.size).toBe(0);
  });

  it("is reported from a listener of `new_namespace`, and the namespace is made", async () => {
    io.on("new_namespace", fail);
    expect(io.of("/admin").name).toBe("/admin");
    await settled();
    expect(reported).toHaveBeenCalledExactlyOnceWith(bug, { socket: undefined, event: "new_namespace" });
  });

  it("is reported from a namespace middleware", async () => {
    io.use(fail);
    new FakeSession(io).connect();
    await settled();
    expect(reported).toHaveBeenCalledExactlyOnceWith(bug, { socket: expect.anything(), event: "connection" });
  });

  it("does not stop the listeners that come after", async () => {
    const { session, socket } = joined(io);
    const after = vi.fn();
    socket.on("save", fail).on("save", after);
    session.emit(["save"]);
    await settled();
    expect(after).toHaveBeenCalledOnce();
  });

  it("is printed when nobody listens for it", async () => {
    io.off("handler_error");
    const { session, socket } = joined(io);
    socket.on("save", fail);
    session.emit(["save"]);
    await settled();
    expect(printed).toHaveBeenCalledExactlyOnceWith(
      'A handler of "save" failed; listen to "handler_error" to take care of it:',
      bug,
    );
  });
});

describe("a listener that expects more than the client sends", () => {
  it("is reported when it calls the acknowledgement that the client did not ask for", () => {
    const { session, socket } = joined(io);
    socket.on("ask", (answer: () => void) => answer());
    session.emit(["ask"]);
    expect(reported).toHaveBeenCalledExactlyOnceWith(expect.any(AckNotRequestedError), {
      socket,
      event: "ask",
    });
    expect(socket.connected).toBe(true);
  });

  it("never sees an event without a name", () => {
    const { session, socket } = joined(io);
    const any = vi.fn();
    const middleware = vi.fn();
    socket.onAny(any).use(middleware);
    session.receive("2");
    expect(any).not.toHaveBeenCalled();
    expect(middleware).not.toHaveBeenCalled();
    expect(session.readyState).toBe("closed");
  });
});

describe("a listener of the adapter's events that throws", () => {
  it.each(["create-room", "join-room"] as const)("is reported, and the client is let in (%s)", (event) => {
    (io.sockets.adapter as unknown as Server).on(event, throws);
    const { session, socket } = joined(io);
    expect(reported).toHaveBeenCalledExactlyOnceWith(bug, { socket: undefined, event });
    expect([...socket.rooms]).toEqual([socket.id]);
    session.emit(["anything"]);
    expect(socket.connected).toBe(true);
  });

  it.each(["leave-room", "delete-room"] as const)("is reported, and the client leaves (%s)", (event) => {
    const { session, socket } = joined(io);
    const left = vi.fn();
    socket.on("disconnect", left);
    (io.sockets.adapter as unknown as Server).on(event, throws);
    session.lose();
    expect(reported).toHaveBeenCalledExactlyOnceWith(bug, { socket: undefined, event });
    expect(left).toHaveBeenCalledOnce();
    expect(io.sockets.sockets.size).toBe(0);
    expect(io.sockets.adapter.sids.size).toBe(0);
  });
});

describe("a listener of `handler_error`", () => {
  it.each(failures)("is printed itself when it %s", async (_how, fail) => {
    io.off("handler_error");
    const after = vi.fn();
    io.on("handler_error", () => fail());
    io.on("handler_error", after);
    const { session, socket } = joined(io);
    const first = new Error("the first");
    socket.on("save", () => {
      throw first;
    });
    session.emit(["save"]);
    await settled();
    expect(printed).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('"handler_error"'), bug);
    expect(after).toHaveBeenCalledExactlyOnceWith(first, { socket, event: "save" });
  });
});

describe("a function that fails where the application has no socket", () => {
  it.each(failures)("is reported from a listener of the engine, when it %s", async (_how, fail) => {
    const http = createServer();
    io.attach(http);
    io.engine.on("connection_error", fail);
    io.engine.emit("connection_error", {} as never);
    await settled();
    expect(reported).toHaveBeenCalledExactlyOnceWith(bug, { socket: undefined, event: "connection_error" });
  });

  it.each(failures)("is reported from the callback of close(), when it %s", async (_how, fail) => {
    await io.close(fail);
    await settled();
    expect(reported).toHaveBeenCalledExactlyOnceWith(bug, { socket: undefined, event: "close" });
  });

  it.each(failures)(
    "is reported from an adapter that does not let the socket go, when it %s",
    async (_how, fail) => {
      const { session, socket } = joined(io);
      const left = vi.fn();
      socket.on("disconnect", left);
      io.sockets.adapter.delAll = () => fail() as Promise<void>;
      session.lose();
      await settled();
      expect(reported).toHaveBeenCalledExactlyOnceWith(bug, { socket, event: "leave" });
      expect(left).toHaveBeenCalledOnce();
    },
  );
});

describe("with handlerErrors: throw", () => {
  it("is thrown where nobody catches it, told to nobody, and a middleware still refuses", () => {
    const thrown: (() => void)[] = [];
    vi.stubGlobal("queueMicrotask", (callback: () => void) => thrown.push(callback));
    io = new Server({ handlerErrors: "throw" });
    io.on("handler_error", reported);
    const { session, socket } = joined(io);
    socket.on("save", throws);
    session.emit(["save"]);
    io.use(throws);
    const refused = new FakeSession(io);
    refused.connect();
    vi.unstubAllGlobals();
    expect(thrown).toHaveLength(2);
    for (const callback of thrown) expect(callback).toThrow(bug);
    expect(reported).not.toHaveBeenCalled();
    expect(refused.take()).toEqual([
      { type: PacketType.CONNECT_ERROR, nsp: "/", data: { message: "Internal error" } },
    ]);
    expect(socket.connected).toBe(true);
  });
});
