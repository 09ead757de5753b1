import { type AdapterNamespace, InMemoryAdapter, type ServerAnswersCallback } from "@telsiz/adapter";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ReservedEventError, Server, ServerSideAckError, ServerSideEventError } from "../src/index.ts";

/** An adapter that writes down what leaves for other servers. */
class Outbound extends InMemoryAdapter {
  readonly packets: unknown[][] = [];

  constructor(nsp: AdapterNamespace) {
    super(nsp);
    outbounds.set(nsp.name, this);
  }

  override serverSideEmit(packet: unknown[]): void {
    this.packets.push(packet);
  }

  /** The other servers' answers, at the end of the last packet. */
  get answered(): ServerAnswersCallback {
    return this.packets.at(-1)!.at(-1) as ServerAnswersCallback;
  }
}

const reported = vi.fn();
const outbounds = new Map<string, Outbound>();
let io: Server;
let outbound: Outbound;

beforeEach(() => {
  reported.mockClear();
  io = new Server({ adapter: Outbound });
  io.on("handler_error", reported);
  outbound = outbounds.get("/")!;
});

/** An event of another server comes. */
function receive(packet: unknown, nsp = "/"): void {
  (io.of(nsp) as AdapterNamespace)._onServerSideEmit(packet);
}

describe("an event for the other servers", () => {
  it("leaves by the namespace's adapter, with its arguments", () => {
    expect(io.serverSideEmit("hello", 1, { two: [3] })).toBe(true);
    expect(outbound.packets).toEqual([["hello", 1, { two: [3] }]]);
    expect(io.of("/admin").serverSideEmit("hello")).toBe(true);
    expect(outbounds.get("/admin")!.packets).toEqual([["hello"]]);
    expect(outbound.packets).toHaveLength(1);
  });

  it("asks for answers with a function at the end, which gets them all at once", () => {
    const answered = vi.fn();
    io.serverSideEmit("load", "now", answered);
    expect(outbound.packets[0]!.slice(0, 2)).toEqual(["load", "now"]);
    outbound.answered(null, [0.5, 0.7]);
    expect(answered).toHaveBeenCalledExactlyOnceWith(null, [0.5, 0.7]);
  });

  it("gives that function the error and the answers that came, if some did not", () => {
    const answered = vi.fn();
    const late = new Error("timeout reached: only 1 responses received out of 2");
    io.serverSideEmit("load", answered);
    outbound.answered(late, [0.5]);
    expect(answered).toHaveBeenCalledExactlyOnceWith(late, [0.5]);
  });

  it("reports what that function throws", () => {
    const bug = new Error("a bug");
    io.serverSideEmit("load", () => {
      throw bug;
    });
    outbound.answered(null, []);
    expect(reported).toHaveBeenCalledExactlyOnceWith(bug, { socket: undefined, event: "load" });
  });

  it("resolves with the answers, by promise", async () => {
    const answers = io.serverSideEmitWithAck("load", "now");
    expect(outbound.packets[0]!.slice(0, 2)).toEqual(["load", "now"]);
    outbound.answered(null, [0.5, 0.7]);
    expect(await answers).toEqual([0.5, 0.7]);
  });

  it("rejects with an error that has the answers that came, by promise", async () => {
    const late = new Error("timeout reached: only 1 responses received out of 2");
    const answers = io.of("/admin").serverSideEmitWithAck("load");
    outbounds.get("/admin")!.answered(late, [0.5]);
    const error: unknown = await answers.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ServerSideAckError);
    expect(error).toMatchObject({
      code: "TELSIZ_SERVER_SIDE_ACK",
      message: late.message,
      cause: late,
      responses: [0.5],
    });
  });

  it.each(["connect", "connection", "new_namespace", "handler_error", "newListener", "removeListener"])(
    "must not have the reserved name %s",
    async (name) => {
      const message = `"${name}" is a reserved event name`;
      expect(() => io.serverSideEmit(name)).toThrow(ReservedEventError);
      expect(() => io.of("/admin").serverSideEmit(name)).toThrow(message);
      await expect(io.serverSideEmitWithAck(name)).rejects.toThrow(message);
      expect(outbound.packets).toEqual([]);
    },
  );

  it("is heard by nobody on this server", () => {
    const heard = vi.fn();
    io.on("hello", heard);
    io.serverSideEmit("hello");
    expect(heard).not.toHaveBeenCalled();
  });
});

describe("on a single server", () => {
  beforeEach(() => {
    io = new Server();
  });

  it("an event for the others goes nowhere, as there are none", () => {
    expect(io.serverSideEmit("hello", 1)).toBe(true);
  });

  it("there are no answers to wait for, and they come after the call as always", async () => {
    const answered = vi.fn();
    io.serverSideEmit("load", answered);
    expect(answered).not.toHaveBeenCalled();
    await Promise.resolve();
    expect(answered).toHaveBeenCalledExactlyOnceWith(null, []);
    expect(await io.serverSideEmitWithAck("load")).toEqual([]);
    expect(await io.of("/admin").serverSideEmitWithAck("load")).toEqual([]);
  });
});

describe("an event of another server", () => {
  it("is raised on the namespace, for listeners of the server where it is the main one", () => {
    const heard = vi.fn();
    const heardByAdmin = vi.fn();
    io.on("hello", heard);
    io.of("/admin").on("hello", heardByAdmin);
    receive(["hello", 1, [2]]);
    expect(heard).toHaveBeenCalledExactlyOnceWith(1, [2]);
    expect(heardByAdmin).not.toHaveBeenCalled();
    receive(["hello"], "/admin");
    expect(heardByAdmin).toHaveBeenCalledExactlyOnceWith();
  });

  it("is answered by the listener", () => {
    const answer = vi.fn();
    io.on("load", (reply: (load: number) => void) => reply(0.5));
    receive(["load", answer]);
    expect(answer).toHaveBeenCalledExactlyOnceWith(0.5);
  });

  it("reaches the other listeners when one throws, which is reported", () => {
    const heard = vi.fn();
    const bug = new Error("a bug");
    io.on("hello", () => {
      throw bug;
    });
    io.on("hello", heard);
    receive(["hello"]);
    expect(heard).toHaveBeenCalledOnce();
    expect(reported).toHaveBeenCalledExactlyOnceWith(bug, { socket: undefined, event: "hello" });
  });

  it.each([
    ["a reserved name", ["connection", {}]],
    ["the name of a reserved event of ours", ["handler_error", "forged"]],
    ["a name that is no text", [5]],
    ["no name", []],
    ["no list", { 0: "hello" }],
    ["nothing", undefined],
  ])("is refused with %s, and reported", (_what, packet) => {
    const heard = vi.fn();
    io.on("connection", heard);
    receive(packet);
    expect(heard).not.toHaveBeenCalled();
    expect(reported).toHaveBeenCalledExactlyOnceWith(expect.any(ServerSideEventError), {
      socket: undefined,
      event: "serverSideEmit",
    });
    const [error] = reported.mock.lastCall as [ServerSideEventError];
    expect(error.code).toBe("TELSIZ_SERVER_SIDE_EVENT");
  });
});

describe("a parent namespace", () => {
  it("has no events between servers: which children the others have is not known", async () => {
    const parent = io.of(/^\/team-\d+$/);
    const message = "serverSideEmit() is not supported on parent namespaces";
    expect(() => parent.serverSideEmit("hello")).toThrow(message);
    await expect(parent.serverSideEmitWithAck("hello")).rejects.toThrow(message);
  });
});
