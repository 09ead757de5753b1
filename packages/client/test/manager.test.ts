import { OptionError } from "@telsiz/events";
import { PacketType } from "@telsiz/parser";
import { describe, expect, it, vi } from "vitest";
import { ConnectTimeoutError, Manager } from "../src/index.ts";
import { FakeEngine } from "./fake-engine.ts";
import { connected, createManager, startAfresh, watch, welcome } from "./harness.ts";

vi.mock(import("@telsiz/engine/client"), async (original) => {
  const { FakeEngine: EngineClient } = await import("./fake-engine.ts");
  return { ...(await original()), EngineClient: EngineClient as never };
});

startAfresh();

describe("the waiting time before an attempt", () => {
  it.each([
    [undefined, 0],
    ["full", 0],
    ["proportional", 1000],
  ] as const)("is drawn as reconnectionJitter says: %s", (reconnectionJitter, waitingMs) => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    new Manager("http://server.example", reconnectionJitter === undefined ? {} : { reconnectionJitter });
    FakeEngine.last.fail();
    if (waitingMs > 0) vi.advanceTimersByTime(waitingMs - 1);
    expect(FakeEngine.all).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(FakeEngine.all).toHaveLength(2);
  });

  it("is not drawn in any other way", () => {
    expect(() => new Manager({ reconnectionJitter: "none" as never })).toThrow(OptionError);
  });
});

describe("a manager", () => {
  it("connects at once to the address, below the path of Socket.IO", () => {
    const manager = createManager();
    expect(FakeEngine.last).toMatchObject({
      uri: "http://server.example",
      options: { path: "/socket.io" },
      state: "opening",
    });
    expect(manager.engine).toBe(FakeEngine.last);
  });

  it("takes options without an address", () => {
    const manager = new Manager({ path: "/other", hostname: "server.example" });
    expect(FakeEngine.last).toMatchObject({ uri: undefined, options: { path: "/other" } });
    expect(manager.opts).toMatchObject({ hostname: "server.example" });
  });

  it("leaves the options that it is given as they are", () => {
    const options = Object.freeze({ autoConnect: false });
    expect(new Manager(options).opts).not.toBe(options);
  });

  it("waits with autoConnect false until it is told to", () => {
    const manager = createManager({ autoConnect: false });
    const socket = manager.socket("/");
    expect(FakeEngine.all).toEqual([]);
    expect(socket.active).toBe(false);
    expect(manager.open()).toBe(manager);
    expect(FakeEngine.all).toHaveLength(1);
  });

  it("opens one connection, however often it is told to", () => {
    const manager = createManager();
    manager.open().connect();
    FakeEngine.last.accept();
    manager.open();
    expect(FakeEngine.all).toHaveLength(1);
  });

  it("gives the same socket for the same namespace", () => {
    const manager = createManager();
    expect(manager.socket("/a")).toBe(manager.socket("/a"));
    expect(manager.socket("/b")).not.toBe(manager.socket("/a"));
    expect(() => manager.socket(5 as never)).toThrow(new OptionError("nsp", "the name of a namespace", 5));
  });

  it("tells of pings, of packets, and of faults of an open connection", () => {
    const { manager, engine } = connected();
    const [onPing, onPacket, onError] = [vi.fn(), vi.fn(), vi.fn()];
    manager.on("ping", onPing).on("packet", onPacket).on("error", onError);
    engine.handler!.onPing();
    engine.handler!.onDrain();
    engine.send({ type: PacketType.EVENT, nsp: "/elsewhere", data: ["greet"] });
    engine.handler!.onError(new Error("fault"));
    expect(onPing).toHaveBeenCalledExactlyOnceWith();
    expect(onPacket).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ nsp: "/elsewhere", data: ["greet"] }),
    );
    expect(onError).toHaveBeenCalledExactlyOnceWith(new Error("fault"));
  });

  it("hands each packet to the socket of its namespace", () => {
    const { manager, engine } = connected();
    const [main, other] = [vi.fn(), vi.fn()];
    manager.socket("/").on("greet", main);
    manager.socket("/other").on("greet", other);
    welcome("sid2", "/other");
    engine.send({ type: PacketType.EVENT, nsp: "/other", data: ["greet", 1] });
    expect(other).toHaveBeenCalledExactlyOnceWith(1);
    expect(main).not.toHaveBeenCalled();
  });

  it("reports what its listeners throw, and goes on", () => {
    const manager = createManager();
    const onHandlerError = vi.fn();
    const fault = new Error("listener");
    const later = vi.fn();
    manager.on("handler_error", onHandlerError);
    manager.on("open", () => {
      throw fault;
    });
    manager.on("open", later);
    FakeEngine.last.accept();
    expect(later).toHaveBeenCalledOnce();
    expect(onHandlerError).toHaveBeenCalledExactlyOnceWith(fault, { socket: undefined, event: "open" });
  });

  it("prints what a listener throws when nobody takes care of it, or that one throws too", () => {
    const print = vi.spyOn(console, "error").mockReturnValue(undefined);
    const manager = createManager();
    const [first, second] = [new Error("first"), new Error("second")];
    manager.on("open", () => {
      throw first;
    });
    FakeEngine.last.accept();
    expect(print.mock.calls.map(([, error]) => error as unknown)).toEqual([first]);
    manager.on("handler_error", () => {
      throw second;
    });
    FakeEngine.last.drop();
    vi.advanceTimersByTime(1000);
    FakeEngine.last.accept();
    expect(print.mock.calls.map(([, error]) => error as unknown)).toEqual([first, second]);
  });
});

describe("handlerErrors: throw", () => {
  it("throws what a listener throws where nobody catches it, and tells nobody", () => {
    const thrown: (() => void)[] = [];
    vi.stubGlobal("queueMicrotask", (callback: () => void) => thrown.push(callback));
    const manager = createManager({ handlerErrors: "throw" });
    const onHandlerError = vi.fn();
    manager.on("handler_error", onHandlerError);
    const fault = new Error("listener");
    manager.on("open", () => {
      throw fault;
    });
    FakeEngine.last.accept();
    vi.unstubAllGlobals();
    expect(thrown).toHaveLength(1);
    expect(thrown[0]).toThrow(fault);
    expect(onHandlerError).not.toHaveBeenCalled();
  });

  it("is one of two words", () => {
    expect(() => createManager({ handlerErrors: "crash" as never })).toThrow(
      new OptionError("handlerErrors", '"report" or "throw"', "crash"),
    );
  });
});

describe("a server that is not there", () => {
  it("is tried as often as the options say, with these events in this order", () => {
    const manager = createManager({ reconnectionAttempts: 2 });
    const socket = manager.socket("/");
    const events = watch(manager, socket);
    FakeEngine.last.fail();
    vi.advanceTimersByTime(1000);
    FakeEngine.last.fail();
    vi.advanceTimersByTime(2000);
    FakeEngine.last.fail();
    vi.advanceTimersByTime(60_000);
    expect(events).toEqual([
      "connect_error",
      "error",
      "reconnect_attempt:1",
      "connect_error",
      "error",
      "reconnect_error",
      "reconnect_attempt:2",
      "connect_error",
      "error",
      "reconnect_failed",
      "reconnect_error",
    ]);
    expect(FakeEngine.all).toHaveLength(3);
    expect(socket.active).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("can be tried again once it was given up", () => {
    const manager = createManager({ reconnectionAttempts: 1 });
    const socket = manager.socket("/");
    FakeEngine.last.fail();
    vi.advanceTimersByTime(1000);
    FakeEngine.last.fail();
    socket.connect();
    expect(FakeEngine.all).toHaveLength(3);
    FakeEngine.last.accept();
    welcome();
    expect(socket.connected).toBe(true);
  });

  it.each([{}, { reconnectionAttempts: 0 }])("is tried without end with %j", (options) => {
    createManager(options);
    for (let attempt = 0; attempt < 50; attempt++) {
      FakeEngine.last.fail();
      vi.advanceTimersByTime(5000);
    }
    expect(FakeEngine.all).toHaveLength(51);
  });

  it("is tried once without reconnection", () => {
    const manager = createManager({ reconnection: false });
    const events = watch(manager, manager.socket("/"));
    FakeEngine.last.fail();
    expect(events).toEqual(["connect_error", "error"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is tried no more when a listener of the attempt disconnects", () => {
    const manager = createManager();
    const socket = manager.socket("/");
    manager.on("reconnect_attempt", () => socket.disconnect());
    FakeEngine.last.fail();
    vi.advanceTimersByTime(60_000);
    expect(FakeEngine.all).toHaveLength(1);
  });

  it("does not break the manager when options were made wrong meanwhile", () => {
    const manager = createManager();
    const events = watch(manager);
    FakeEngine.last.fail();
    const refusal = vi.spyOn(FakeEngine.prototype, "open").mockImplementationOnce(() => {
      throw new OptionError("query", "an object", 5);
    });
    vi.advanceTimersByTime(1000);
    expect(refusal).toHaveBeenCalledOnce();
    expect(events).toEqual(["error", "reconnect_attempt:1", "error", "reconnect_error"]);
    vi.advanceTimersByTime(2000);
    FakeEngine.last.accept();
    expect(events.at(-1)).toBe("reconnect:2");
  });
});

describe("a connection that is lost", () => {
  it("is opened again, with these events in this order", () => {
    const { manager, socket, engine } = connected();
    const events = watch(manager, socket);
    engine.drop("transport close");
    vi.advanceTimersByTime(1000);
    FakeEngine.last.accept();
    welcome("sid2");
    expect(events).toEqual([
      "disconnect:transport close",
      "close:transport close",
      "reconnect_attempt:1",
      "open",
      "reconnect:1",
      "connect",
    ]);
    expect(socket.id).toBe("sid2");
    expect(manager.engine).toBe(FakeEngine.last);
    expect(FakeEngine.all).toHaveLength(2);
  });

  it("is opened with the options as they are then", () => {
    const { manager, engine } = connected();
    manager.opts.query = { token: "new" };
    engine.drop();
    vi.advanceTimersByTime(1000);
    expect(FakeEngine.last.options.query).toEqual({ token: "new" });
  });

  it("tells what the platform knows about its end", () => {
    const { manager, socket, engine } = connected();
    const [onClose, onDisconnect] = [vi.fn(), vi.fn()];
    manager.on("close", onClose);
    socket.on("disconnect", onDisconnect);
    const details = { description: "websocket connection closed" };
    engine.drop("transport close", details);
    expect(onClose).toHaveBeenCalledExactlyOnceWith("transport close", details);
    expect(onDisconnect).toHaveBeenCalledExactlyOnceWith("transport close", details);
  });

  it("is not opened again when a listener does so itself", () => {
    const { manager, engine } = connected();
    manager.on("close", () => manager.open());
    engine.drop();
    expect(FakeEngine.all).toHaveLength(2);
    FakeEngine.last.accept();
    vi.advanceTimersByTime(60_000);
    expect(FakeEngine.all).toHaveLength(2);
  });

  it("begins anew with decoding", () => {
    const { socket, engine } = connected();
    const onFile = vi.fn();
    socket.on("file", onFile);
    engine.sendRaw('51-["file",{"_placeholder":true,"num":0}]');
    engine.drop();
    vi.advanceTimersByTime(1000);
    FakeEngine.last.accept();
    welcome();
    FakeEngine.last.send({ type: PacketType.EVENT, nsp: "/", data: ["file", "whole"] });
    expect(onFile).toHaveBeenCalledExactlyOnceWith("whole");
  });

  it("is no concern of an engine that was given up", () => {
    const { manager, socket, engine } = connected();
    engine.drop();
    vi.advanceTimersByTime(1000);
    FakeEngine.last.accept();
    welcome();
    const events = watch(manager, socket);
    engine.drop();
    engine.fail();
    engine.send({ type: PacketType.DISCONNECT, nsp: "/" });
    expect(events).toEqual([]);
    expect(socket.connected).toBe(true);
  });
});

describe("a packet that cannot be read", () => {
  it("ends the connection with the parser's error, and it is opened again", () => {
    const { manager, socket, engine } = connected();
    const events = watch(manager, socket);
    const onDisconnect = vi.fn();
    socket.on("disconnect", onDisconnect);
    engine.sendRaw("9nonsense");
    expect(onDisconnect).toHaveBeenCalledExactlyOnceWith("parse error", expect.any(Error));
    expect(engine.state).toBe("closed");
    vi.advanceTimersByTime(1000);
    expect(events).toEqual(["disconnect:parse error", "close:parse error", "reconnect_attempt:1"]);
  });
});

describe("a packet whose attachments do not come", () => {
  const HEAD = '52-["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]';

  it("ends the connection after 30 seconds, also if some came", () => {
    const { manager, socket, engine } = connected();
    const events = watch(manager, socket);
    const onDisconnect = vi.fn();
    socket.on("disconnect", onDisconnect);
    engine.sendRaw(HEAD);
    vi.advanceTimersByTime(20_000);
    engine.sendRaw(Buffer.of(1));
    vi.advanceTimersByTime(9_999);
    expect(events).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(events).toEqual(["disconnect:parse error", "close:parse error"]);
    expect(onDisconnect).toHaveBeenCalledExactlyOnceWith("parse error", expect.any(Error));
    expect(engine.state).toBe("closed");
  });

  it("has 30 seconds of its own, and none once it is whole or the connection ends", () => {
    const { engine, socket } = connected({ reconnection: false });
    engine.sendRaw(HEAD);
    vi.advanceTimersByTime(20_000);
    engine.sendRaw(Buffer.of(1));
    engine.sendRaw(Buffer.of(2));
    expect(vi.getTimerCount()).toBe(0);
    engine.sendRaw(HEAD);
    vi.advanceTimersByTime(20_000);
    expect(socket.connected).toBe(true);
    engine.drop();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("an attempt that takes too long", () => {
  it("fails with a timeout, and the next one follows", () => {
    const manager = createManager({ timeout: 300 });
    const socket = manager.socket("/");
    const onConnectError = vi.fn();
    socket.on("connect_error", onConnectError);
    const events = watch(manager);
    const [engine] = FakeEngine.all;
    vi.advanceTimersByTime(299);
    expect(onConnectError).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onConnectError).toHaveBeenCalledExactlyOnceWith(expect.any(ConnectTimeoutError));
    expect(onConnectError.mock.calls[0]![0]).toMatchObject({
      message: "timeout",
      code: "TELSIZ_CONNECT_TIMEOUT",
    });
    expect(engine).toMatchObject({ state: "closed", handler: undefined });
    vi.advanceTimersByTime(1000);
    expect(events).toEqual(["error", "reconnect_attempt:1"]);
    FakeEngine.last.accept();
    vi.advanceTimersByTime(300);
    expect(events.slice(2)).toEqual(["open", "reconnect:1"]);
  });

  it.each([false, Infinity, 2 ** 31] as const)("has all the time of the world with %s", (timeout) => {
    createManager({ timeout });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("has 20 seconds by default", () => {
    const manager = createManager();
    const events = watch(manager);
    vi.advanceTimersByTime(19_999);
    expect(events).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(events).toEqual(["error"]);
  });
});

describe("open with a callback", () => {
  it("calls back without an error when the connection is open, or is open already", () => {
    const manager = createManager({ autoConnect: false });
    const [first, second] = [vi.fn(), vi.fn()];
    manager.open(first);
    expect(first).not.toHaveBeenCalled();
    FakeEngine.last.accept();
    manager.connect(second);
    expect(first).toHaveBeenCalledOnce();
    expect(first.mock.calls[0]![0]).toBeUndefined();
    expect(second).toHaveBeenCalledOnce();
  });

  it("calls back with the error, and does not try again by itself", () => {
    const manager = createManager({ autoConnect: false });
    const callback = vi.fn();
    const events = watch(manager);
    manager.open(callback);
    FakeEngine.last.fail(new Error("no"));
    expect(callback).toHaveBeenCalledExactlyOnceWith(new Error("no"));
    expect(events).toEqual(["error"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("can be called again by its callback", () => {
    const manager = createManager({ autoConnect: false });
    const callback = vi.fn();
    manager.open(() => manager.open(callback));
    FakeEngine.last.fail();
    expect(FakeEngine.all).toHaveLength(2);
    FakeEngine.last.accept();
    expect(callback).toHaveBeenCalledOnce();
  });

  it("reports a callback that throws", () => {
    const manager = createManager({ autoConnect: false });
    const onHandlerError = vi.fn();
    manager.on("handler_error", onHandlerError);
    manager.open(() => {
      throw new Error("callback");
    });
    FakeEngine.last.accept();
    expect(onHandlerError).toHaveBeenCalledExactlyOnceWith(new Error("callback"), expect.anything());
  });

  it("calls back with the error too while lost connections are opened again", () => {
    const { manager, engine } = connected();
    const callback = vi.fn();
    engine.drop();
    manager.open(callback);
    FakeEngine.last.fail(new Error("no"));
    expect(callback).toHaveBeenCalledExactlyOnceWith(new Error("no"));
    vi.advanceTimersByTime(1000);
    expect(FakeEngine.all).toHaveLength(3);
  });

  it("is not answered with the failure of the attempt before, when an error's listener opens", () => {
    const manager = createManager({ autoConnect: false });
    const callback = vi.fn();
    manager.once("error", () => manager.open(callback));
    manager.open(vi.fn());
    FakeEngine.last.fail();
    expect(callback).not.toHaveBeenCalled();
    FakeEngine.last.accept();
    expect(callback).toHaveBeenCalledOnce();
  });

  it("is not disturbed by the attempt that was due meanwhile", () => {
    const { manager, engine } = connected();
    const events = watch(manager);
    engine.drop();
    manager.open();
    vi.advanceTimersByTime(1000);
    expect(FakeEngine.all).toHaveLength(2);
    FakeEngine.last.accept();
    vi.advanceTimersByTime(60_000);
    expect(FakeEngine.all).toHaveLength(2);
    expect(events.at(-1)).toBe("reconnect:1");
  });
});

describe("the settings", () => {
  it("have the defaults of Socket.IO", () => {
    const manager = new Manager({ autoConnect: false });
    expect(manager.reconnection()).toBe(true);
    expect(manager.reconnectionAttempts()).toBe(Infinity);
    expect(manager.reconnectionDelay()).toBe(1000);
    expect(manager.reconnectionDelayMax()).toBe(5000);
    expect(manager.randomizationFactor()).toBe(0.5);
    expect(manager.timeout()).toBe(20_000);
  });

  it("are read and set", () => {
    const manager = new Manager({ autoConnect: false });
    manager
      .reconnection(false)
      .reconnectionAttempts(3)
      .reconnectionDelay(10)
      .reconnectionDelayMax(20)
      .randomizationFactor(0)
      .timeout(false);
    expect([
      manager.reconnection(),
      manager.reconnectionAttempts(),
      manager.reconnectionDelay(),
      manager.reconnectionDelayMax(),
      manager.randomizationFactor(),
      manager.timeout(),
    ]).toEqual([false, 3, 10, 20, 0, false]);
  });

  it("take effect at the next series of attempts", () => {
    const manager = createManager();
    manager.reconnectionDelay(10).reconnectionAttempts(1);
    const events = watch(manager);
    FakeEngine.last.fail();
    vi.advanceTimersByTime(10);
    FakeEngine.last.fail();
    expect(events).toEqual(["error", "reconnect_attempt:1", "error", "reconnect_failed", "reconnect_error"]);
  });

  it.each([
    [{ reconnection: "yes" }],
    [{ autoConnect: 1 }],
    [{ reconnectionAttempts: -1 }],
    [{ reconnectionDelay: -1 }],
    [{ reconnectionDelayMax: Number.NaN }],
    [{ randomizationFactor: 1.5 }],
    [{ randomizationFactor: -0.5 }],
    [{ timeout: -1 }],
    [{ timeout: true }],
  ])("refuse %j", (options) => {
    expect(() => new Manager(options as never)).toThrow(OptionError);
    expect(FakeEngine.all).toEqual([]);
    const [name, value] = Object.entries(options)[0]!;
    if (name === "autoConnect") return;
    const manager = new Manager({ autoConnect: false });
    expect(() => (manager as unknown as Record<string, (value: unknown) => void>)[name]!(value)).toThrow(
      OptionError,
    );
  });
});

describe("a connection that no socket needs any more", () => {
  it("is closed, and not opened again", () => {
    const { manager, socket, engine } = connected();
    const events = watch(manager, socket);
    socket.disconnect();
    expect(engine.state).toBe("closed");
    vi.advanceTimersByTime(60_000);
    expect(events).toEqual(["close:forced close", "disconnect:io client disconnect"]);
    expect(FakeEngine.all).toHaveLength(1);
  });

  it("stays while another socket needs it", () => {
    const { manager, socket, engine } = connected();
    const other = manager.socket("/other");
    socket.disconnect();
    expect(engine.state).toBe("open");
    other.disconnect();
    expect(engine.state).toBe("closed");
  });

  it("is opened again when a socket connects", () => {
    const { socket } = connected();
    socket.disconnect().connect();
    expect(FakeEngine.all).toHaveLength(2);
    FakeEngine.last.accept();
    welcome("sid2");
    expect(socket.id).toBe("sid2");
    FakeEngine.last.drop();
    vi.advanceTimersByTime(1000);
    expect(FakeEngine.all).toHaveLength(3);
  });

  it("is not opened while it waits to be", () => {
    const { socket, engine } = connected();
    engine.drop();
    socket.disconnect();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is given up while it opens", () => {
    const manager = createManager();
    const socket = manager.socket("/");
    const [engine] = FakeEngine.all;
    socket.disconnect();
    expect(engine).toMatchObject({ state: "closed", handler: undefined });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("wrong options", () => {
  it.each([
    [{ transports: ["foo"] }, "transports"],
    [{ requestTimeout: -1 }, "requestTimeout"],
    [{ randomizationFactor: "0.5" }, "randomizationFactor"],
    [null, "options"],
  ])("are refused before there is a connection: %o", (options, name) => {
    const create = (): Manager => new Manager("http://server.example", options as never);
    expect(create).toThrow(`Option "${name}`);
  });

  it.each([["http://"], ["ftp://server.example"], [3]])("include the address %o", (address) => {
    expect(() => new Manager(address as never)).toThrow('Option "url" must be');
  });
});
