/** The session's machine (opening, open, closing, closed; polling, probing, websocket) against a model, by any sequence of steps. */
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import fc from "fast-check";
import { ModelStep } from "@telsiz/testkit";
import { describe, expect, it } from "vitest";
import { EngineServer, Session } from "../../src/server/index.ts";
import { noHandler, type ServerTransport } from "../../src/server/transports/server-transport.ts";
import { type OutgoingPacket, wireOf } from "../../src/shared/packet.ts";
import { TimerWheel } from "../../src/shared/timer-wheel.ts";
import type { TransportHandler } from "../../src/shared/transport.ts";
import { FakeClock } from "../shared/fake-clock.ts";
import { turnEnd } from "./held-session.ts";

const PING_INTERVAL_MS = 1_000;
const PING_TIMEOUT_MS = 500;
const UPGRADE_TIMEOUT_MS = 700;

/** A transport that behaves like that of its name, without a network. */
class ScriptedTransport implements ServerTransport {
  readonly name: "polling" | "websocket";
  readonly bufferedBytes = 0;
  handler: TransportHandler = noHandler;
  /** Of polling: whether a poll waits. */
  polled: boolean;
  ended = false;
  closing = false;
  readonly #log: string[];

  constructor(name: "polling" | "websocket", log: string[]) {
    this.name = name;
    this.#log = log;
    this.polled = name === "websocket";
  }

  get writable(): boolean {
    return this.polled && !this.ended;
  }

  send(packets: readonly OutgoingPacket[]): void {
    expect(this.writable).toBe(true);
    for (const packet of packets) this.#log.push(String(wireOf(packet)));
    if (this.name === "polling") this.polled = false;
    if (this.closing) this.lose();
    else this.handler.onDrain();
  }

  /** A poll comes. */
  poll(): void {
    if (this.name !== "polling" || this.ended || this.polled) return;
    this.polled = true;
    this.handler.onDrain();
    this.#endIfAsked();
  }

  /** With an answer to the poll that waits. */
  #endIfAsked(): void {
    if (this.closing && this.polled) this.lose();
  }

  release(): void {
    if (this.name === "polling") this.polled = false;
  }

  close(): void {
    if (this.ended || this.closing) return;
    if (this.polled) this.lose();
    else this.closing = true;
  }

  discard(): void {
    this.handler = noHandler;
    this.ended = true;
  }

  destroy(): void {
    this.discard();
  }

  lose(): void {
    if (this.ended) return;
    this.ended = true;
    this.handler.onClose("transport close");
  }
}

/** What is to be seen of a session. */
interface Model {
  state: "open" | "closing" | "closed";
  transport: "polling" | "websocket";
  upgrade: "none" | "candidate" | "probed";
  sent: number;
}

/** The session under test, and its surroundings. */
class Bench {
  readonly clock = new FakeClock();
  readonly wheel = new TimerWheel(this.clock);
  /** Packets in the order in which they left. */
  readonly log: string[] = [];
  readonly polling = new ScriptedTransport("polling", this.log);
  readonly session: Session;
  readonly closes: string[] = [];
  candidate: ScriptedTransport | undefined;
  /** Everything that the session raised after it had closed. */
  readonly late: string[] = [];

  constructor() {
    const engine = new EngineServer({
      pingInterval: PING_INTERVAL_MS,
      pingTimeout: PING_TIMEOUT_MS,
      upgradeTimeout: UPGRADE_TIMEOUT_MS,
    });
    this.session = new Session(engine, "model", this.polling, new IncomingMessage(new Socket()), this.wheel);
    this.session.handler = {
      onMessage: () => this.#noteIfLate("message"),
      onClose: (reason) => this.closes.push(reason),
    };
    for (const event of ["message", "drain", "heartbeat", "upgrade", "upgrading"] as const) {
      this.session.on(event, () => this.#noteIfLate(event));
    }
    this.polling.poll();
    this.session.start();
  }

  /** What carries the session now. */
  get transport(): ScriptedTransport {
    const carrier: object = this.session.transport; // one of the two that the model made
    return carrier as ScriptedTransport;
  }

  #noteIfLate(event: string): void {
    if (this.closes.length > 0) this.late.push(event);
  }
}

/** What holds after every step. */
function check(model: Model, bench: Bench): void {
  const { session, closes, log, wheel, late } = bench;
  const rank = { opening: 0, open: 1, closing: 2, closed: 3 };
  expect(rank[session.readyState]).toBeGreaterThanOrEqual(rank[model.state]); // never back
  model.state = session.readyState as Model["state"];
  expect(closes.length).toBe(session.readyState === "closed" ? 1 : 0);
  expect(late).toEqual([]);
  const messages = log.filter((wire) => wire.startsWith("4"));
  expect(messages).toEqual(messages.map((_, n) => `4${n}`)); // in order, none lost in between, none twice
  expect(messages.length).toBeLessThanOrEqual(model.sent);
  if (session.readyState !== "closed") return;
  expect([wheel.size, bench.clock.timerCount]).toEqual([0, 0]);
  expect(bench.polling.ended || bench.polling.handler === noHandler).toBe(true);
  expect(bench.candidate === undefined || bench.candidate.ended).toBe(true);
}

type Act = (model: Model, bench: Bench) => void;
const step = (name: string, act: Act): ModelStep<Model, Bench, Promise<void>> =>
  new ModelStep(name, act, async (model, bench) => {
    await turnEnd();
    check(model, bench);
  });

const STEPS: Readonly<Record<string, (model: Model, bench: Bench) => void>> = {
  send: (model, { session }) => {
    if (session.readyState === "open") session.send(String(model.sent++));
    else session.send("lost");
  },
  poll: (_model, { polling }) => polling.poll(),
  pong: (_model, { transport }) => transport.handler.onControl("pong", ""),
  message: (_model, { transport }) => transport.handler.onMessage("hello"),
  offer: (model, bench) => {
    const candidate = new ScriptedTransport("websocket", bench.log);
    const taken =
      bench.session.readyState === "open" && model.transport === "polling" && model.upgrade === "none";
    bench.session.offerUpgrade(candidate);
    expect(candidate.ended).toBe(!taken);
    if (!taken) return;
    bench.candidate = candidate;
    model.upgrade = "candidate";
  },
  probe: (model, { candidate }) => {
    if (candidate === undefined || model.upgrade === "none") return;
    candidate.handler.onControl("ping", "probe");
    model.upgrade = model.upgrade === "candidate" && !candidate.ended ? "probed" : "none";
  },
  upgrade: (model, { candidate, session }) => {
    if (candidate === undefined || model.upgrade === "none") return;
    const mayUpgrade = model.upgrade === "probed" && !candidate.ended;
    candidate.handler.onControl("upgrade", "");
    model.upgrade = "none";
    if (mayUpgrade) model.transport = "websocket";
    expect(session.transport.name).toBe(model.transport);
  },
  intrude: (model, { candidate }) => {
    if (candidate === undefined || model.upgrade === "none") return;
    candidate.handler.onMessage("too early");
    expect(candidate.ended).toBe(true);
    model.upgrade = "none";
  },
  loseCandidate: (model, { candidate }) => {
    if (model.upgrade !== "none") candidate?.lose();
    model.upgrade = "none";
  },
  ping: (_model, { transport }) => transport.handler.onControl("ping", ""),
  clientClose: (_model, { transport }) => transport.handler.onControl("close", ""),
  lose: (_model, { transport }) => transport.lose(),
  close: (_model, { session }) => void session.close(),
  discard: (_model, { session }) => void session.close(true),
  wait: (model, bench) => {
    bench.clock.advance(300);
    if (bench.candidate?.ended === true) model.upgrade = "none";
  },
  waitLong: (model, bench) => {
    bench.clock.advance(1_100);
    if (bench.candidate?.ended === true) model.upgrade = "none";
  },
};

/** Steps that end it are rare, or no sequence would get far. */
const ENDING = new Set(["ping", "clientClose", "lose", "close", "discard", "waitLong"]);

const steps = Object.entries(STEPS).flatMap(([name, act]) =>
  Array.from({ length: ENDING.has(name) ? 1 : 4 }, () => fc.constant(step(name, act))),
);

describe("a session", () => {
  it("never leaves its states, says once why it closed, keeps the order, and leaves no timer, whatever happens", async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(steps, { maxCommands: 40, size: "max" }), async (commands) => {
        const bench = new Bench();
        const setup = (): { model: Model; real: Bench } => ({
          model: { state: "open", transport: "polling", upgrade: "none", sent: 0 },
          real: bench,
        });
        await fc.asyncModelRun(setup, commands);
        bench.session.close(true);
        expect([bench.closes.length, bench.wheel.size, bench.clock.timerCount]).toEqual([1, 0, 0]);
      }),
      { numRuns: 150 },
    );
  });
});
