import { OptionError } from "@telsiz/events";
import { type Packet, PacketType, ParserOptionError } from "@telsiz/parser";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Server, type ServerLimits } from "../src/index.ts";
import { FakeSession, joined } from "./fake-session.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A server with a namespace for every number. */
function numbered(limits?: ServerLimits): { io: Server; session: FakeSession } {
  const io = new Server({ limits });
  io.of(/^\/\d+$/);
  return { io, session: new FakeSession(io) };
}

const joins = (packets: Packet[]): string[] =>
  packets.filter(({ type }) => type === PacketType.CONNECT).map(({ nsp }) => nsp);
const refusals = (packets: Packet[]): unknown[] =>
  packets
    .filter(({ type }) => type === PacketType.CONNECT_ERROR)
    .map((packet) => [packet.nsp, (packet as any).data.message]);

describe("a connection that asks for many namespaces", () => {
  it("is refused more than it may be in, and keeps those that it is in", () => {
    const { session } = numbered({ maxNamespacesPerConnection: 3 });
    for (let n = 0; n < 3; n++) session.connect(`/${n}`);
    session.connect("/3");
    expect(joins(session.take())).toEqual(["/0", "/1", "/2"]);
    session.connect("/4");
    vi.advanceTimersByTime(60);
    expect(refusals(session.take())).toEqual([["/4", "Too many namespaces"]]);
    expect(session.readyState).toBe("open");
  });

  it("may take another in place of one that it left", () => {
    const { session } = numbered({ maxNamespacesPerConnection: 1 });
    session.connect("/0");
    session.connect("/1");
    session.send({ type: PacketType.DISCONNECT, nsp: "/0" });
    session.connect("/2");
    vi.advanceTimersByTime(100);
    const packets = session.take();
    expect([joins(packets), refusals(packets)]).toEqual([["/0", "/2"], [["/1", "Too many namespaces"]]]);
  });

  it("waits for those beyond its burst, in their order", () => {
    const { session } = numbered({ maxNamespacesPerConnection: 4, connectsPerSecond: 10 });
    const leave = (nsp: string): void => session.send({ type: PacketType.DISCONNECT, nsp });
    for (let n = 0; n < 5; n++) {
      session.connect(`/${n}`);
      leave(`/${n}`);
    }
    expect(joins(session.take())).toEqual(["/0", "/1", "/2", "/3", "/4"]);
    session.connect("/5");
    session.connect("/6");
    expect(session.take()).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(joins(session.take())).toEqual(["/5"]);
    vi.advanceTimersByTime(100);
    expect(joins(session.take())).toEqual(["/6"]);
    expect(session.readyState).toBe("open");
  });

  it("is closed when as many wait as it may be in, and nothing of it remains (A2)", () => {
    const { io, session } = numbered({ maxNamespacesPerConnection: 10 });
    for (let n = 0; n < 20_000; n++) session.connect(`/${n}`);
    expect(session.readyState).toBe("closed");
    expect(vi.getTimerCount()).toBe(0);
    expect([...io._nsps.keys()]).toEqual(["/"]);
  });

  it("is closed when it asks again for one that waits", () => {
    const { session } = numbered({ maxNamespacesPerConnection: 2, connectsPerSecond: 1 });
    for (const n of [0, 1, 2, 3]) session.connect(`/${n}`);
    expect(session.readyState).toBe("open");
    session.connect("/3");
    expect(session.readyState).toBe("closed");
  });

  it("has no such limit where there is none", () => {
    const { session } = numbered({ maxNamespacesPerConnection: Infinity });
    for (let n = 0; n < 500; n++) session.connect(`/${n}`);
    expect(joins(session.take())).toHaveLength(500);
  });
});

describe("limits of the parser", () => {
  const placeholder = '{"_placeholder":true,"num":0}';

  it.each<[string, ServerLimits, string[]]>([
    ["maxDepth", { maxDepth: 2 }, ['2["a",[[]]]']],
    ["maxAttachments", { maxAttachments: 1 }, [`52-["a",${placeholder},{"_placeholder":true,"num":1}]`]],
    ["maxNamespaceLength", { maxNamespaceLength: 5 }, ["0/12345"]],
  ])("%s is that of the option", (_name, limits, messages) => {
    for (const [given, state] of [
      [limits, "closed"],
      [{}, "open"],
    ] as const) {
      const { session } = joined(new Server({ limits: given }));
      session.receive(...messages);
      expect(session.readyState).toBe(state);
    }
  });

  it("maxPacketBytes is that of the option", () => {
    const { session } = joined(new Server({ limits: { maxPacketBytes: 10 } }));
    session.receive(`51-["a",${placeholder}]`, Buffer.alloc(11));
    expect(session.readyState).toBe("closed");
  });

  it("exactAttachments may be given up", () => {
    const { session, socket } = joined(new Server({ limits: { exactAttachments: false } }));
    const listener = vi.fn();
    socket.on("a", listener);
    session.receive(`51-["a",${placeholder},${placeholder}]`, Buffer.from([1]));
    expect(listener).toHaveBeenCalledExactlyOnceWith(Buffer.from([1]), Buffer.from([1]));
  });

  it("attachmentTimeout is that of the option", () => {
    const { session } = joined(new Server({ limits: { attachmentTimeout: 100 } }));
    session.receive(`51-["a",${placeholder}]`);
    vi.advanceTimersByTime(99);
    expect(session.readyState).toBe("open");
    vi.advanceTimersByTime(1);
    expect(session.readyState).toBe("closed");
  });
});

describe("limits that are none", () => {
  it.each<[string, object]>([
    ["limits", { limits: 5 }],
    ["maxNamespacesPerConnection", { limits: { maxNamespacesPerConnection: -1 } }],
    ["connectsPerSecond", { limits: { connectsPerSecond: "many" } }],
    ["attachmentTimeout", { limits: { attachmentTimeout: Number.NaN } }],
    ["exactAttachments", { limits: { exactAttachments: 1 } }],
    ["maxFragments", { limits: { maxFragments: -1 } }],
  ])("are refused with their name: %s", (name, options) => {
    expect(() => new Server(options)).toThrow(OptionError);
    expect(() => new Server(options)).toThrow(`"${name}"`);
  });

  it("are refused where the parser cannot keep to them", () => {
    expect(() => new Server({ limits: { maxDepth: 5_000 } })).toThrow(ParserOptionError);
  });
});
