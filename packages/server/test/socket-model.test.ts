/** The server's sockets of one client (pending, connected, disconnected) against a model, by any sequence of steps. */
import { PacketType } from "@telsiz/parser";
import fc from "fast-check";
import { ModelStep } from "@telsiz/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Server, type Socket } from "../src/index.ts";
import { FakeSession } from "./fake-session.ts";

const NAMESPACES = ["/", "/other"] as const;
type Name = (typeof NAMESPACES)[number];

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** What is to be seen of the client. */
interface Model {
  open: boolean;
  states: Record<Name, "none" | "pending" | "connected">;
}

/** A server whose middlewares decide when a test says so, and one client of it. */
class Bench {
  readonly io = new Server();
  readonly session: FakeSession;
  readonly sockets: Partial<Record<Name, Socket>> = {};
  /** What waits for the middleware. */
  readonly deciding: Partial<Record<Name, (error?: Error) => void>> = {};
  /** Events of each socket's end, in order. */
  readonly ends = new Map<Socket, string[]>();
  /** Raised by sockets that have ended. */
  readonly late: string[] = [];
  /** How the requests to the client ended. */
  asked = 0;
  settled = 0;

  constructor() {
    for (const name of NAMESPACES) {
      this.io.of(name).use((_socket, next) => void (this.deciding[name] = next));
      this.io.of(name).on("connection", (socket) => this.#onConnection(name, socket));
    }
    this.session = new FakeSession(this.io);
  }

  #onConnection(name: Name, socket: Socket): void {
    this.sockets[name] = socket;
    const ends: string[] = [];
    this.ends.set(socket, ends);
    socket.on("disconnecting", () => {
      expect(socket.rooms.has(socket.id)).toBe(true);
      ends.push("disconnecting");
    });
    socket.on("disconnect", () => ends.push("disconnect"));
    socket.onAny((event: string) => {
      if (ends.length > 0) this.late.push(event);
    });
  }
}

/** The client is closed: nothing of it remains. */
function end(model: Model): void {
  model.open = false;
  model.states = { "/": "none", "/other": "none" };
}

function check(model: Model, bench: Bench): void {
  expect(bench.session.readyState === "open").toBe(model.open);
  expect(bench.late).toEqual([]);
  for (const name of NAMESPACES) {
    const nsp = bench.io.of(name);
    const connected = model.states[name] === "connected" ? 1 : 0;
    expect([nsp.sockets.size, nsp.adapter.sids.size]).toEqual([connected, connected]);
  }
  for (const [socket, ends] of bench.ends) {
    expect(ends).toEqual(socket.connected ? [] : ["disconnecting", "disconnect"]);
  }
  if (!model.open) expect([bench.settled, vi.getTimerCount()]).toEqual([bench.asked, 0]);
}

type Act = (model: Model, bench: Bench) => void;
const step = (name: string, act: Act): ModelStep<Model, Bench> => new ModelStep(name, act, check);

/** Packets for a namespace that is not joined end the connection. */
const needsSocket =
  (act: (bench: Bench, name: Name) => void) =>
  (name: Name) =>
  (model: Model, bench: Bench): void => {
    if (!model.open) return;
    act(bench, name);
    if (model.states[name] !== "connected") end(model);
  };

const STEPS: Readonly<Record<string, (name: Name) => (model: Model, bench: Bench) => void>> = {
  connect:
    (name) =>
    (model, { session }) => {
      if (!model.open) return;
      session.connect(name);
      if (model.states[name] === "none") model.states[name] = "pending";
      else end(model);
    },
  accept:
    (name) =>
    (model, { deciding }) => {
      if (model.states[name] === "pending") model.states[name] = "connected";
      deciding[name]?.(); // for a client that has gone, or twice, it makes no difference
    },
  refuse:
    (name) =>
    (model, { deciding }) => {
      if (model.states[name] === "pending") model.states[name] = "none";
      deciding[name]?.(new Error("no"));
    },
  emit: needsSocket(({ session }, name) => session.emit(["e", 1], undefined, name)),
  ack: needsSocket(({ session }, name) => session.acknowledge(99, [], name)),
  leave:
    (name) =>
    (model, { session }) => {
      if (!model.open) return;
      session.send({ type: PacketType.DISCONNECT, nsp: name });
      if (model.states[name] === "connected") model.states[name] = "none";
      else end(model);
    },
  ask: (name) => (_model, bench) => {
    const socket = bench.sockets[name];
    if (socket === undefined) return;
    bench.asked++;
    socket.timeout(1_000).emit("ask", () => bench.settled++);
    if (!socket.connected) vi.advanceTimersByTime(1_000); // one that has left answers in time, too
  },
  join:
    (name) =>
    (_model, { sockets }) =>
      void sockets[name]?.join("room"),
  kick:
    (name) =>
    (model, { sockets }) => {
      sockets[name]?.disconnect();
      if (model.states[name] === "connected") model.states[name] = "none";
    },
  kickAll:
    (name) =>
    (model, { sockets }) => {
      if (model.states[name] === "connected") end(model);
      sockets[name]?.disconnect(true);
    },
  lose:
    () =>
    (model, { session }) => {
      if (model.open) session.lose();
      end(model);
    },
};

/** Steps that end it are rare, or no sequence would get far. */
const ENDING = new Set(["lose", "kickAll", "ack", "leave"]);

const steps = NAMESPACES.flatMap((name) =>
  Object.entries(STEPS).flatMap(([what, act]) =>
    Array.from({ length: ENDING.has(what) ? 1 : 4 }, () => fc.constant(step(`${what} ${name}`, act(name)))),
  ),
);

describe("the sockets of a client", () => {
  it("never leave their states, end once and for good, and leave nothing behind, whatever happens", () => {
    fc.assert(
      fc.property(fc.commands(steps, { maxCommands: 40, size: "max" }), (commands) => {
        const bench = new Bench();
        const model: Model = { open: true, states: { "/": "none", "/other": "none" } };
        fc.modelRun(() => ({ model, real: bench }), commands);
        if (model.open) bench.session.lose();
        vi.advanceTimersByTime(60_000);
        end(model);
        check(model, bench);
      }),
      { numRuns: 200 },
    );
  });
});
