import { PacketType } from "@telsiz/parser";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type HandlerErrorContext, type Namespace, Server, Socket } from "../src/index.ts";
import { FakeSession, joined } from "./fake-session.ts";

let io: Server;
let failures: { error: unknown; context: HandlerErrorContext<Socket> }[];

beforeEach(() => {
  io = new Server();
  failures = [];
  io.on("handler_error", (error, context) => failures.push({ error, context }));
});

/** A client asks for the namespace; the answer. */
function answerTo(session: FakeSession, nsp = "/"): unknown {
  session.connect(nsp);
  return session.take().at(-1);
}

const refusal = (data: object, nsp = "/"): object => ({ type: PacketType.CONNECT_ERROR, nsp, data });

describe("a namespace", () => {
  it("raises `connect`, then `connection`, with the socket", () => {
    const log: unknown[] = [];
    io.on("connection", (socket) => log.push("connection", socket));
    io.on("connect", (socket) => log.push("connect", socket));
    const { socket } = joined(io);
    expect(log).toEqual(["connect", socket, "connection", socket]);
    expect(socket).toBeInstanceOf(Socket);
  });

  it("raises them when the client has been answered and is in the table of sockets", () => {
    const session = new FakeSession(io);
    io.on("connect", (socket) => {
      expect(session.take()).toHaveLength(1);
      expect(io.sockets.sockets.get(socket.id)).toBe(socket);
      expect(socket.connected).toBe(true);
      expect([...socket.rooms]).toEqual([socket.id]);
      socket.emit("welcome");
    });
    session.connect();
    expect(failures).toEqual([]);
    expect(session.takeEvents()).toEqual([["welcome"]]);
  });

  it("knows its name and its server", () => {
    const admin = io.of("admin");
    expect([admin.name, admin.server]).toEqual(["/admin", io]);
    expect([io.sockets.name, io.sockets.server]).toEqual(["/", io]);
  });

  it("is told of its own clients only", () => {
    const listener = vi.fn();
    io.of("/admin").on("connection", listener);
    const session = new FakeSession(io);
    session.join();
    expect(listener).not.toHaveBeenCalled();
    expect(listener).not.toHaveBeenCalledWith(session.join("/admin").id);
    expect(listener).toHaveBeenCalledOnce();
  });

  it("has the sockets that are connected, and no others", () => {
    const { session, socket } = joined(io);
    expect([...io.sockets.sockets]).toEqual([[socket.id, socket]]);
    session.lose();
    expect(io.sockets.sockets.size).toBe(0);
  });

  it("is announced by `new_namespace`, unless it is the main one", () => {
    const names: string[] = [];
    io.on("new_namespace", (namespace: Namespace) => names.push(namespace.name));
    io.of("/");
    io.of("/a");
    io.of("/b");
    io.of("/a");
    expect(names).toEqual(["/a", "/b"]);
  });

  it("is there already when it is announced", () => {
    let found: Namespace | undefined;
    io.on("new_namespace", (namespace: Namespace) => (found = io.of(namespace.name)));
    expect(io.of("/a")).toBe(found);
  });
});

describe("the middleware of a namespace", () => {
  it("runs in order, each when the one before has called next", () => {
    const log: unknown[] = [];
    const pending: (() => void)[] = [];
    for (const number of [1, 2, 3]) {
      io.use((socket, next) => {
        log.push([number, socket.connected]);
        pending.push(next);
      });
    }
    const session = new FakeSession(io);
    session.connect();
    expect(log).toEqual([[1, false]]);
    pending[0]!();
    pending[1]!();
    expect(session.take()).toEqual([]);
    pending[2]!();
    expect(log).toEqual([
      [1, false],
      [2, false],
      [3, false],
    ]);
    expect(session.take()).toHaveLength(1);
  });

  it("sees what the client authenticates with, and keeps data for later", () => {
    io.use((socket, next) => {
      socket.data.user = `user of ${socket.handshake.auth["token"]}`;
      next();
    });
    const socket = new FakeSession(io).join("/", { token: "abc" });
    expect(socket.data).toEqual({ user: "user of abc" });
  });

  it("belongs to one namespace", () => {
    const ofMain = vi.fn((_socket, next) => next());
    const ofAdmin = vi.fn((_socket, next) => next());
    io.use(ofMain);
    io.of("/admin").use(ofAdmin);
    new FakeSession(io).join("/admin");
    expect(ofMain).not.toHaveBeenCalled();
    expect(ofAdmin).toHaveBeenCalledOnce();
  });

  it("refuses with the message and the data of its error", () => {
    const listener = vi.fn();
    const after = vi.fn();
    io.on("connection", listener);
    io.use((_socket, next) => next(Object.assign(new Error("not you"), { data: { code: 7 } })));
    io.use(after);
    expect(answerTo(new FakeSession(io))).toEqual(refusal({ message: "not you", data: { code: 7 } }));
    expect(listener).not.toHaveBeenCalled();
    expect(after).not.toHaveBeenCalled();
    expect(io.sockets.sockets.size).toBe(0);
  });

  it("refuses without data when the error has none", () => {
    io.use((_socket, next) => next(new Error("not you")));
    expect(answerTo(new FakeSession(io))).toEqual(refusal({ message: "not you" }));
  });

  it("may let a client in on its second try over the same connection", () => {
    let tries = 0;
    io.use((_socket, next) => next(++tries === 1 ? new Error("again") : undefined));
    const session = new FakeSession(io);
    expect(answerTo(session)).toEqual(refusal({ message: "again" }));
    expect(session.join().connected).toBe(true);
  });

  it("may decide later", async () => {
    io.use(async (_socket, next) => {
      await Promise.resolve();
      next();
    });
    const session = new FakeSession(io);
    session.connect();
    expect(session.take()).toEqual([]);
    await vi.waitUntil(() => io.sockets.sockets.size === 1);
    expect(session.take()).toEqual([expect.objectContaining({ type: PacketType.CONNECT })]);
  });

  it("counts once when it calls next twice", () => {
    const second = vi.fn((_socket, next) => next());
    io.use((_socket, next) => {
      next();
      next();
      next(new Error("too late"));
    });
    io.use(second);
    const session = new FakeSession(io);
    session.connect();
    expect(session.take()).toEqual([expect.objectContaining({ type: PacketType.CONNECT })]);
    expect(second).toHaveBeenCalledOnce();
  });

  it("added while a client is being decided about is for later clients", () => {
    const late = vi.fn((_socket, next) => next());
    io.use((_socket, next) => {
      io.use(late);
      next();
    });
    joined(io);
    expect(late).not.toHaveBeenCalled();
  });

  it("must be a function", () => {
    expect(() => io.use(undefined as never)).toThrow(
      expect.objectContaining({ code: "TELSIZ_INVALID_OPTION" }),
    );
    expect(() => io.of("/admin").use("auth" as never)).toThrow(
      'Option "middleware" must be a function, not "auth".',
    );
  });
});

describe("a middleware that fails", () => {
  const bug = new Error("password of the database: 1234");

  it.each([
    [
      "throws",
      () => {
        throw bug;
      },
    ],
    ["rejects", () => Promise.reject(bug)],
  ])("refuses the client with `Internal error` and is reported: it %s", async (_how, middleware) => {
    io.of("/admin").use(middleware);
    const session = new FakeSession(io);
    session.connect("/admin");
    await vi.waitUntil(() => failures.length > 0);
    expect(session.take()).toEqual([refusal({ message: "Internal error" }, "/admin")]);
    expect(failures).toEqual([{ error: bug, context: { socket: expect.any(Socket), event: "connection" } }]);
    expect(io.of("/admin").sockets.size).toBe(0);
  });

  it("does not stop the client from trying again", () => {
    let tries = 0;
    io.use((_socket, next) => {
      if (++tries === 1) throw bug;
      next();
    });
    const session = new FakeSession(io);
    session.connect();
    expect(answerTo(session)).toMatchObject({ type: PacketType.CONNECT });
  });

  it.each([
    [
      "throws",
      () => {
        throw bug;
      },
    ],
    ["rejects", () => Promise.reject(bug)],
  ])("is reported when it %s after next, and the client stays", async (_how, fail) => {
    io.use((_socket, next) => {
      next();
      return fail();
    });
    const { session, socket } = joined(io);
    await vi.waitUntil(() => failures.length > 0);
    expect(failures).toEqual([{ error: bug, context: { socket, event: "connection" } }]);
    expect(socket.connected).toBe(true);
    expect(session.take()).toEqual([]);
  });

  it("refuses with `Internal error` when its data cannot be sent, and is reported", () => {
    io.use((_socket, next) => next(Object.assign(new Error("no"), { data: { count: 1n } })));
    expect(answerTo(new FakeSession(io))).toEqual(refusal({ message: "Internal error" }));
    expect(failures).toEqual([
      {
        error: expect.objectContaining({ message: expect.stringContaining("BigInt") }),
        context: { socket: expect.any(Socket), event: "connection" },
      },
    ]);
  });
});

describe("a connection that is gone before its middleware decides", () => {
  let goOn: (error?: Error) => void;
  let session: FakeSession;
  const connected = vi.fn();

  beforeEach(() => {
    connected.mockClear();
    io.on("connection", connected);
    io.use((socket, next) => {
      void socket.join("lobby");
      goOn = next;
    });
    session = new FakeSession(io);
    session.connect();
    session.lose();
  });

  it("becomes no socket when it is let in", () => {
    goOn();
    expect(connected).not.toHaveBeenCalled();
    expect(io.sockets.sockets.size).toBe(0);
    expect(session.take()).toEqual([]);
  });

  it("leaves no rooms behind, whatever is decided", () => {
    goOn();
    expect(io.sockets.adapter.rooms.size).toBe(0);
    expect(io.sockets.adapter.sids.size).toBe(0);
  });

  it("is not told of a refusal", () => {
    goOn(new Error("no"));
    expect(session.take()).toEqual([]);
    expect(io.sockets.adapter.sids.size).toBe(0);
  });
});

describe("rooms joined in a middleware", () => {
  it("stay when the client is let in", () => {
    io.use((socket, next) => {
      void socket.join(["lobby", "kitchen"]);
      next();
    });
    const { session, socket } = joined(io);
    expect([...socket.rooms].sort()).toEqual([socket.id, "kitchen", "lobby"].sort());
    io.to("lobby").emit("bell");
    expect(session.takeEvents()).toEqual([["bell"]]);
  });

  it("bring nothing before the client is let in", () => {
    let goOn = (): void => undefined;
    io.use((socket, next) => {
      void socket.join("lobby");
      goOn = next;
    });
    const session = new FakeSession(io);
    session.connect();
    io.emit("bell");
    io.to("lobby").emit("bell");
    expect(session.take()).toEqual([]);
    goOn();
    expect(session.take()).toHaveLength(1);
  });

  it("are left when the client is refused", () => {
    io.use((socket, next) => {
      void socket.join("lobby");
      next(new Error("no"));
    });
    new FakeSession(io).connect();
    expect(io.sockets.adapter.rooms.size).toBe(0);
    expect(io.sockets.adapter.sids.size).toBe(0);
  });

  it("cannot be joined after the refusal", async () => {
    let refused: Socket | undefined;
    io.use((socket, next) => {
      refused = socket;
      next(new Error("no"));
    });
    new FakeSession(io).connect();
    await refused!.join("lobby");
    expect(io.sockets.adapter.sids.size).toBe(0);
  });
});

describe("a socket that is still in its middleware", () => {
  it("can send, ahead of the answer to CONNECT", () => {
    io.use((socket, next) => {
      socket.emit("rules", "be kind");
      next();
    });
    const session = new FakeSession(io);
    session.connect();
    expect(session.take()).toEqual([
      expect.objectContaining({ type: PacketType.EVENT, data: ["rules", "be kind"] }),
      expect.objectContaining({ type: PacketType.CONNECT }),
    ]);
  });

  it("raises no `disconnect` when it is refused", () => {
    const listener = vi.fn();
    io.use((socket, next) => {
      socket.on("disconnect", listener).on("disconnecting", listener);
      next(new Error("no"));
    });
    const session = new FakeSession(io);
    session.connect();
    session.lose();
    expect(listener).not.toHaveBeenCalled();
  });

  it("rejects the acknowledgements that it asked for when it is refused", async () => {
    let answer: Promise<unknown> | undefined;
    io.use((socket, next) => {
      answer = socket.emitWithAck("who are you?");
      next(new Error("no"));
    });
    new FakeSession(io).connect();
    await expect(answer).rejects.toMatchObject({ code: "TELSIZ_DISCONNECTED" });
  });
});

describe("an adapter", () => {
  it("is asked to start, and a failure to do so is reported", async () => {
    const { InMemoryAdapter } = await import("@telsiz/adapter");
    const down = new Error("broker down");
    class Failing extends InMemoryAdapter {
      override init(): Promise<void> {
        return Promise.reject(down);
      }
    }
    io.adapter(Failing);
    await vi.waitUntil(() => failures.length > 0);
    expect(failures).toEqual([{ error: down, context: { socket: undefined, event: "init" } }]);
  });
});
