/** A manager with two sockets against a model, by any sequence of calls, answers, losses and waiting times. */
import { PacketType } from "@telsiz/parser";
import fc from "fast-check";
import { ModelStep } from "@telsiz/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Manager, Socket } from "../src/index.ts";
import { FakeEngine } from "./fake-engine.ts";
import { createManager, welcome } from "./harness.ts";

vi.mock(import("@telsiz/engine/client"), async (original) => {
  const { FakeEngine: EngineClient } = await import("./fake-engine.ts");
  return { ...(await original()), EngineClient: EngineClient as never };
});

const NAMESPACES = ["/", "/other"] as const;
type Name = (typeof NAMESPACES)[number];

/** The defaults, without chance. */
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 5_000;
const TIMEOUT_MS = 20_000;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A socket, as it ought to be. */
interface SocketModel {
  active: boolean;
  connected: boolean;
  /** Whether the server owes it an answer to CONNECT. */
  asked: boolean;
  /** What its events are to have been. */
  readonly events: string[];
  emitted: number;
  waiting: number;
}

const newSocket = (): SocketModel => ({
  active: false,
  connected: false,
  asked: false,
  events: [],
  emitted: 0,
  waiting: 0,
});

/** What the manager ought to be. */
class Model {
  connection: "closed" | "opening" | "open" = "closed";
  reconnector: "idle" | "waiting" | "opening" = "idle";
  readonly sockets: Record<Name, SocketModel> = { "/": newSocket(), "/other": newSocket() };
  #nowMs = 0;
  #openSinceMs = 0;
  #attempts = 0;
  #attemptAtMs = 0;

  get list(): SocketModel[] {
    return Object.values(this.sockets);
  }

  open(): void {
    if (this.connection !== "closed") return;
    this.connection = "opening";
    this.#openSinceMs = this.#nowMs;
  }

  connect(socket: SocketModel): void {
    if (socket.connected) return;
    socket.active = true;
    if (this.reconnector === "idle") this.open();
    if (this.connection === "open") socket.asked = true;
  }

  accept(): void {
    this.connection = "open";
    this.#rest();
    for (const socket of this.list) if (socket.active) socket.asked = true;
  }

  fail(): void {
    this.connection = "closed";
    for (const socket of this.list) if (socket.active) socket.events.push("connect_error");
    if (this.reconnector !== "waiting") this.#wait();
  }

  /** The connection is lost. */
  lose(): void {
    this.#close();
    for (const socket of this.list) if (socket.active) this.#leave(socket);
    this.#wait();
  }

  /** A socket needs the connection no longer; the last one ends it. */
  release(socket: SocketModel): void {
    socket.active = false;
    if (this.list.some(({ active }) => active)) return;
    this.#close();
    this.#rest();
  }

  /** It leaves on its own, or is told to. */
  end(socket: SocketModel): void {
    if (socket.active) this.release(socket);
    if (socket.connected) this.#leave(socket);
  }

  letIn(socket: SocketModel): void {
    socket.asked = false;
    if (!socket.active) return;
    socket.connected = true;
    socket.waiting = 0;
    socket.events.push("connect");
  }

  refuse(socket: SocketModel): void {
    socket.asked = false;
    if (!socket.active) return;
    this.release(socket);
    socket.events.push("connect_error");
  }

  advance(byMs: number): void {
    const end = this.#nowMs + byMs;
    for (;;) {
      const attemptAt = this.reconnector === "waiting" ? this.#attemptAtMs : Infinity;
      const timeoutAt = this.connection === "opening" ? this.#openSinceMs + TIMEOUT_MS : Infinity;
      this.#nowMs = Math.min(attemptAt, timeoutAt, end);
      if (Math.min(attemptAt, timeoutAt) > end) return;
      if (timeoutAt < attemptAt) this.fail();
      else this.#attempt();
    }
  }

  #attempt(): void {
    this.reconnector = "opening";
    this.open();
  }

  #wait(): void {
    this.reconnector = "waiting";
    this.#attemptAtMs = this.#nowMs + Math.min(FIRST_DELAY_MS * 2 ** this.#attempts++, LONGEST_DELAY_MS);
  }

  #rest(): void {
    this.reconnector = "idle";
    this.#attempts = 0;
  }

  #close(): void {
    this.connection = "closed";
    for (const socket of this.list) socket.asked = false;
  }

  #leave(socket: SocketModel): void {
    socket.connected = false;
    socket.events.push("disconnect");
  }
}

/** The manager, and what has come of it. */
class Bench {
  readonly manager: Manager;
  readonly sockets: Record<Name, Socket>;
  readonly events: Record<Name, string[]> = { "/": [], "/other": [] };
  /** The numbers that the server has got. */
  readonly numbers: Record<Name, unknown[]> = { "/": [], "/other": [] };

  constructor() {
    FakeEngine.reset();
    this.manager = createManager({ autoConnect: false });
    this.sockets = { "/": this.manager.socket("/"), "/other": this.manager.socket("/other") };
    for (const name of NAMESPACES) {
      for (const event of ["connect", "connect_error", "disconnect"] as const) {
        this.sockets[name].on(event, () => this.events[name].push(event));
      }
    }
  }

  /** What the client has sent is looked at. */
  receive(): void {
    for (const packet of FakeEngine.all.flatMap((engine) => engine.take())) {
      if (packet.type === PacketType.EVENT) this.numbers[packet.nsp as Name].push(packet.data[1]);
    }
  }
}

function check(model: Model, bench: Bench): void {
  const { manager } = bench;
  bench.receive();
  expect([manager._readyState, manager._reconnecting]).toEqual([
    model.connection,
    model.reconnector !== "idle",
  ]);
  const states = FakeEngine.all.map(({ state }) => state).filter((state) => state !== "closed");
  expect(states).toEqual(model.connection === "closed" ? [] : [model.connection]);
  for (const name of NAMESPACES) {
    const { active, connected, events, emitted, waiting } = model.sockets[name];
    const socket = bench.sockets[name];
    expect([socket.active, socket.connected, socket.sendBuffer.length]).toEqual([active, connected, waiting]);
    expect(bench.events[name]).toEqual(events);
    expect(bench.numbers[name]).toEqual(Array.from({ length: emitted - waiting }, (_, n) => n));
  }
  const timers = (model.reconnector === "waiting" ? 1 : 0) + (model.connection === "opening" ? 1 : 0);
  expect(vi.getTimerCount()).toBe(timers);
}

type Act = (model: Model, bench: Bench) => void;
const step = (name: string, act: Act): ModelStep<Model, Bench> => new ModelStep(name, act, check);

/** What one socket does, or is told. */
const OF_SOCKETS: Readonly<Record<string, (name: Name) => (model: Model, bench: Bench) => void>> = {
  connect: (name) => (model, bench) => {
    bench.sockets[name].connect();
    model.connect(model.sockets[name]);
  },
  disconnect: (name) => (model, bench) => {
    bench.sockets[name].disconnect();
    model.end(model.sockets[name]);
  },
  emit: (name) => (model, bench) => {
    const socket = model.sockets[name];
    bench.sockets[name].emit("n", socket.emitted++);
    if (!socket.connected) socket.waiting++;
  },
  letIn: (name) => (model) => {
    if (!model.sockets[name].asked) return;
    welcome("sid", name);
    model.letIn(model.sockets[name]);
  },
  refuse: (name) => (model) => {
    if (!model.sockets[name].asked) return;
    FakeEngine.last.send({ type: PacketType.CONNECT_ERROR, nsp: name, data: { message: "no" } });
    model.refuse(model.sockets[name]);
  },
  kick: (name) => (model) => {
    if (!model.sockets[name].connected) return;
    FakeEngine.last.send({ type: PacketType.DISCONNECT, nsp: name });
    model.end(model.sockets[name]);
  },
};

/** What concerns the connection. */
const OF_CONNECTION: Readonly<Record<string, (model: Model, bench: Bench) => void>> = {
  open: (model, { manager }) => {
    manager.open();
    model.open();
  },
  accept: (model) => {
    if (model.connection !== "opening") return;
    FakeEngine.last.accept();
    model.accept();
  },
  fail: (model) => {
    if (model.connection !== "opening") return;
    FakeEngine.last.fail();
    model.fail();
  },
  lose: (model) => {
    if (model.connection !== "open") return;
    FakeEngine.last.drop();
    model.lose();
  },
  waitShortly: (model) => {
    vi.advanceTimersByTime(700);
    model.advance(700);
  },
  wait: (model) => {
    vi.advanceTimersByTime(LONGEST_DELAY_MS);
    model.advance(LONGEST_DELAY_MS);
  },
};

const steps = [
  ...NAMESPACES.flatMap((name) =>
    Object.entries(OF_SOCKETS).map(([what, act]) => step(`${what} ${name}`, act(name))),
  ),
  // As often as those of two sockets together, or no sequence would get far.
  ...Object.entries(OF_CONNECTION).flatMap(([what, act]) => [step(what, act), step(what, act)]),
].map((step) => fc.constant(step));

describe("a manager and its sockets", () => {
  it("keep to their states, have one connection at most, and lose, double and reorder nothing that waits", () => {
    fc.assert(
      fc.property(fc.commands(steps, { maxCommands: 60, size: "max" }), (commands) => {
        vi.clearAllTimers();
        fc.modelRun(() => ({ model: new Model(), real: new Bench() }), commands);
      }),
      { numRuns: 300 },
    );
  });
});
