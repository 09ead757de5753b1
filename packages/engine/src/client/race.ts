/** The opening of a session: which transports are tried, one beside the other, and which of them is kept. */
import type { TransportCloseReason } from "../shared/close-reason.ts";
import { TransportError } from "../shared/errors.ts";
import type { ControlType } from "../shared/packet.ts";
import { RACE_PARAMETER } from "../shared/race-parameter.ts";
import type { TransportHandler } from "../shared/transport.ts";
import type { Clock } from "../shared/timer-wheel.ts";
import { type Handshake, parseHandshake } from "./handshake.ts";
import { type ClientTransport, type Greeting, leave, type TransportClass } from "./transports/transport.ts";

/** Whom a race serves. */
export interface RaceOwner {
  /** Makes a transport, which is not open yet. */
  create(transportClass: TransportClass): ClientTransport;
  /** The open packet came, over this transport; the others were dropped. */
  onOpened(transport: ClientTransport, handshake: Handshake, data: string): void;
  /** All have failed. */
  onFailed(reason: TransportCloseReason, error: Error): void;
}

/** What a race is about. */
export interface RacePlan {
  /** In the order in which they are tried. */
  readonly classes: readonly TransportClass[];
  /** How long one has before the next is tried beside it, in milliseconds; `undefined` for as long as it takes. */
  readonly headStartMs: number | undefined;
}

/**
 * ```
 *          start()            first open packet: the others are dropped
 *   Idle ─────────▶ Racing ───────────────────────────────────────────▶ Ended + onOpened
 *                    │  ▲ │    the last one that was left has failed
 *       head start   │  │ ├───────────────────────────────────────────▶ Ended + onFailed
 *       is over, or  │  │ │    cancel(): all are dropped
 *       one failed   └──┘ └───────────────────────────────────────────▶ Ended
 *       starts the next
 * ```
 * The dropped leave nothing behind: a WebSocket ends with its connection, and polling takes leave of the session that
 * its request may have opened, if that is another one than the winner's (docs/wire.md).
 */
export class Race {
  readonly #owner: RaceOwner;
  readonly #clock: Clock;
  readonly #plan: RacePlan;
  /** Those that were started, in order, and are not dropped. */
  #runners: Runner[] = [];
  /** What the requests that open the session say, too. */
  #greeting: Greeting | undefined;
  #ended = false;
  #timer: unknown = undefined;

  constructor(owner: RaceOwner, clock: Clock, plan: RacePlan) {
    this.#owner = owner;
    this.#clock = clock;
    this.#plan = plan;
  }

  /** @param greet asked at the end of this turn what the transports have to say */
  start(greet?: () => Greeting | undefined): void {
    if (greet === undefined) this.#greeting = this.#named();
    if (this.#plan.classes.length > 0) return this.#startNext(greet);
    const error = new TransportError("No transports available");
    queueMicrotask(() => this.#ended || this.#fail("transport error", error));
  }

  /** Drops all. Does nothing after the end. */
  cancel(): void {
    this.#end();
  }

  onOpened(winner: Runner, handshake: Handshake, data: string): void {
    this.#end(winner, handshake.sid);
    this.#owner.onOpened(winner.transport, handshake, data);
  }

  onFailed(reason: TransportCloseReason): void {
    if (this.#runners.length < this.#plan.classes.length) return this.#startNext();
    const errors = this.#runners.flatMap(({ error }) => error ?? []);
    if (errors.length === this.#runners.length) this.#fail(reason, joined(errors));
  }

  #startNext(greet?: () => Greeting | undefined): void {
    this.#clock.clearTimeout(this.#timer);
    const { classes, headStartMs } = this.#plan;
    const runner = new Runner(this, this.#owner.create(classes[this.#runners.length]!));
    this.#runners.push(runner);
    if (headStartMs !== undefined && this.#runners.length < classes.length) {
      this.#timer = this.#clock.setTimeout(() => this.#startNext(), headStartMs);
    }
    if (greet === undefined) return runner.transport.open(this.#greeting);
    queueMicrotask(() => {
      if (this.#ended) return;
      this.#greeting = this.#named(greet());
      runner.transport.open(this.#greeting);
    });
  }

  /** With a name for the race, so that the server takes for one session what several requests ask for. */
  #named(greeting?: Greeting): Greeting | undefined {
    if (this.#plan.classes.length < 2) return greeting;
    const name = randomName();
    return name === undefined ? greeting : { ...greeting, [RACE_PARAMETER]: name };
  }

  #fail(reason: TransportCloseReason, error: Error): void {
    this.#end();
    this.#owner.onFailed(reason, error);
  }

  #end(winner?: Runner, sid?: string): void {
    this.#ended = true;
    this.#clock.clearTimeout(this.#timer);
    for (const runner of this.#runners) if (runner !== winner) runner.drop(sid);
    this.#runners = [];
  }
}

/** What nobody can guess; `undefined` where the platform has nothing of the kind, as some of React Native. */
function randomName(): string | undefined {
  const { crypto } = globalThis as { crypto?: Pick<Crypto, "getRandomValues"> };
  return crypto?.getRandomValues(new Uint32Array(4)).join("-");
}

/** One of the transports in a race. */
class Runner implements TransportHandler {
  readonly transport: ClientTransport;
  /** Why it failed, if it did. */
  error: Error | undefined = undefined;
  readonly #race: Race;

  constructor(race: Race, transport: ClientTransport) {
    this.#race = race;
    this.transport = transport;
    transport.handler = this;
  }

  /** @param sid the session that goes on, over another transport */
  drop(sid?: string): void {
    leave(this.transport, sid);
  }

  onControl(type: ControlType, data: string): void {
    if (type !== "open") return;
    let handshake;
    try {
      handshake = parseHandshake(data);
    } catch (error) {
      return this.onClose("parse error", error);
    }
    this.#race.onOpened(this, handshake, data);
  }

  onMessage(): void {
    // there is no session yet
  }

  onDrain(): void {
    // open is a transport that has brought the open packet
  }

  onClose(reason: TransportCloseReason, cause?: unknown): void {
    this.drop();
    this.error = openingError(this.transport.name, cause);
    this.#race.onFailed(reason);
  }
}

/** A connection that was closed while it opened is a failed attempt too. */
function openingError(name: string, cause: unknown): Error {
  if (cause instanceof Error) return cause;
  return new TransportError(name === "polling" ? "xhr poll error" : `${name} error`, cause);
}

/** The error of the last one, with those of all behind it. */
function joined(errors: readonly Error[]): Error {
  const last = errors.at(-1)!;
  if (errors.length === 1) return last;
  const { description, context } = last as Partial<TransportError>;
  const error = new TransportError(last.message, description, context);
  error.cause = new AggregateError(errors, errors.map(({ message }) => message).join(", "));
  return error;
}
