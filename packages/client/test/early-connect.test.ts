/** CONNECT that travels with the handshake, on the client's side (docs/wire.md). */
import { defineContract, OptionError } from "@telsiz/events";
import { PacketType } from "@telsiz/parser";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeEngine } from "./fake-engine.ts";
import { createManager, watch, welcome } from "./harness.ts";

vi.mock(import("@telsiz/engine/client"), async (original) => {
  const { FakeEngine: EngineClient } = await import("./fake-engine.ts");
  return { ...(await original()), EngineClient: EngineClient as never };
});

beforeEach(() => {
  FakeEngine.reset();
});

const asked = (): object | undefined => FakeEngine.last.greet?.();
const CONNECT_MAIN = { type: PacketType.CONNECT, nsp: "/" };

describe("the handshake", () => {
  it("asks for the first namespace, and no CONNECT follows where the server has heard", () => {
    const manager = createManager();
    const socket = manager.socket("/news");
    manager.socket("/");
    const events = watch(manager, socket);
    expect(asked()).toEqual({ "telsiz-connect": "/news" });
    FakeEngine.last.accept({ connect: "/news" });
    expect(FakeEngine.last.take()).toEqual([CONNECT_MAIN]);
    welcome("sid", "/news");
    expect([events, socket.id]).toEqual([["open", "connect"], "sid"]);
  });

  it("is followed by CONNECT where the server has not heard, or says something else", () => {
    for (const connect of [undefined, "/other", 5, { nsp: "/" }]) {
      createManager().socket("/");
      expect(asked()).toEqual({ "telsiz-connect": "/" });
      FakeEngine.last.accept({ connect });
      expect(FakeEngine.last.take()).toEqual([CONNECT_MAIN]);
    }
  });

  it("asks for nothing where `auth` is given, by the turn's end, or where there is no socket", () => {
    createManager();
    expect(asked()).toBeUndefined();
    createManager().socket("/", { auth: { token: "secret" } });
    expect(asked()).toBeUndefined();
    createManager().socket("/", { auth: (give) => give({}) });
    expect(asked()).toBeUndefined();
    const socket = createManager().socket("/");
    socket.auth = { token: "secret" };
    expect(asked()).toBeUndefined();
    FakeEngine.last.accept({ connect: "/" }); // of a server that says what it was not asked
    expect(FakeEngine.last.take()).toEqual([{ ...CONNECT_MAIN, data: { token: "secret" } }]);
  });

  it("asks for nothing with a contract, as what that negotiates is in the payload of CONNECT", () => {
    const contract = defineContract({});
    createManager().socket("/", { contract });
    expect(asked()).toBeUndefined();
    FakeEngine.last.accept();
    expect(FakeEngine.last.take()).toEqual([{ ...CONNECT_MAIN, data: { _t: { v: 1, caps: ["ack"] } } }]);
    createManager().socket("/", { contract, negotiate: false });
    expect(asked()).toEqual({ "telsiz-connect": "/" });
  });

  it("asks for nothing with `earlyConnect` false", () => {
    createManager({ earlyConnect: false }).socket("/");
    expect(asked()).toBeUndefined();
    FakeEngine.last.accept({ connect: "/" });
    expect(FakeEngine.last.take()).toEqual([CONNECT_MAIN]);
    expect(() => createManager({ earlyConnect: "no" as never })).toThrow(OptionError);
  });

  it("asks for nothing where the first socket has `auth`, so that the order stays", () => {
    const manager = createManager();
    manager.socket("/admin", { auth: { token: "secret" } });
    manager.socket("/");
    expect(asked()).toBeUndefined();
  });

  it("asks for nothing where a session is to be recovered, whose id is a secret", () => {
    const manager = createManager();
    manager.socket("/");
    asked();
    FakeEngine.last.accept({ connect: "/" }).send({ ...CONNECT_MAIN, data: { sid: "sid", pid: "secret" } });
    const former = FakeEngine.last;
    former.drop();
    manager.open();
    expect(FakeEngine.last.former).toBe(former);
    expect(asked()).toBeUndefined();
    FakeEngine.last.accept();
    expect(FakeEngine.last.take()).toEqual([{ ...CONNECT_MAIN, data: { pid: "secret" } }]);
  });

  it("is answered by a refusal as a CONNECT is", () => {
    const manager = createManager();
    const socket = manager.socket("/");
    const refused = vi.fn();
    socket.on("connect_error", refused);
    asked();
    FakeEngine.last
      .accept({ connect: "/" })
      .send({ type: PacketType.CONNECT_ERROR, nsp: "/", data: { message: "no" } });
    expect(refused).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: "no" }));
    expect(socket.active).toBe(false);
  });

  it("leaves a namespace that nobody wants any more when the answer comes", () => {
    const manager = createManager();
    const socket = manager.socket("/");
    manager.socket("/other");
    asked();
    socket.disconnect();
    FakeEngine.last.accept({ connect: "/" });
    FakeEngine.last.take();
    welcome();
    expect(FakeEngine.last.take()).toEqual([{ type: PacketType.DISCONNECT, nsp: "/" }]);
    expect(socket.connected).toBe(false);
  });

  it("does not ask twice when a socket leaves and comes back before the answer", () => {
    const manager = createManager();
    const socket = manager.socket("/");
    manager.socket("/other");
    asked();
    socket.disconnect();
    FakeEngine.last.accept({ connect: "/" });
    FakeEngine.last.take();
    socket.connect();
    expect(FakeEngine.last.take()).toEqual([]);
    welcome();
    expect(socket.connected).toBe(true);
  });
});
