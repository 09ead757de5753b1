/** The passive side of an upgrade from polling to WebSocket (protocol.md A.7). */
import { type ControlType, TYPE_DIGIT } from "../shared/packet.ts";
import type { Alarm, TimerWheel } from "../shared/timer-wheel.ts";
import type { TransportHandler } from "../shared/transport.ts";
import { noHandler, type ServerTransport } from "./transports/server-transport.ts";

/** Whom an upgrade serves: the session. */
export interface UpgradeOwner {
  /** The candidate has proved itself: the client stops polling now. */
  onProbed(candidate: ServerTransport): void;
  /** Lets a waiting poll go, so that the client can stop polling. */
  releasePoll(): void;
  /** The client sends on the candidate from now on. The owner becomes its handler. */
  onUpgraded(candidate: ServerTransport): void;
  /** The candidate is gone, or too late; the session goes on as it was. */
  onUpgradeFailed(): void;
}

/** How often a waiting poll is let go while the client stops polling, in milliseconds. */
const RELEASE_INTERVAL_MS = 100;

const PROBE = "probe";

const State = { AwaitingProbe: 0, AwaitingUpgrade: 1, Done: 2 } as const;
type State = (typeof State)[keyof typeof State];

/**
 * ```
 *                    "2probe" / "3probe"                    "5"
 *   AwaitingProbe ───────────────────────▶ AwaitingUpgrade ─────▶ Done, onUpgraded
 *         │ anything else, close, timeout         │ the same
 *         └──────────────▶ Done, onUpgradeFailed ◀┘
 * ```
 */
export class Upgrade implements TransportHandler, Alarm {
  dueTick = 0;
  #state: State = State.AwaitingProbe;
  readonly #owner: UpgradeOwner;
  readonly #candidate: ServerTransport;
  readonly #wheel: TimerWheel;
  readonly #timeoutMs: number;
  readonly #releaser: PollReleaser;

  constructor(owner: UpgradeOwner, candidate: ServerTransport, wheel: TimerWheel, timeoutMs: number) {
    this.#owner = owner;
    this.#candidate = candidate;
    this.#wheel = wheel;
    this.#timeoutMs = timeoutMs;
    this.#releaser = new PollReleaser(owner, wheel);
  }

  start(): void {
    this.#candidate.handler = this;
    this.#wheel.set(this, this.#timeoutMs);
  }

  /** Gives the candidate up without telling the owner. */
  abort(): void {
    if (this.#enterDone()) this.#candidate.discard();
  }

  onMessage(): void {
    this.#fail();
  }

  onControl(type: ControlType, data: string): void {
    if (this.#state === State.AwaitingProbe && type === "ping" && data === PROBE) return this.#answerProbe();
    if (this.#state === State.AwaitingUpgrade && type === "upgrade") return this.#complete();
    this.#fail();
  }

  onDrain(): void {}

  onClose(): void {
    this.#fail();
  }

  onAlarm(): void {
    this.#fail();
  }

  #answerProbe(): void {
    this.#state = State.AwaitingUpgrade;
    this.#candidate.send([TYPE_DIGIT.pong + PROBE]);
    this.#releaser.start();
    this.#owner.onProbed(this.#candidate);
  }

  #complete(): void {
    this.#enterDone();
    this.#owner.onUpgraded(this.#candidate);
  }

  #fail(): void {
    if (!this.#enterDone()) return;
    this.#candidate.discard();
    this.#owner.onUpgradeFailed();
  }

  /** Tells whether it was not done yet. */
  #enterDone(): boolean {
    if (this.#state === State.Done) return false;
    this.#state = State.Done;
    this.#wheel.clear(this);
    this.#releaser.stop();
    this.#candidate.handler = noHandler;
    return true;
  }
}

/** Lets polls go again and again: the client may have sent another before it saw the probe's answer. */
class PollReleaser implements Alarm {
  dueTick = 0;
  readonly #owner: UpgradeOwner;
  readonly #wheel: TimerWheel;

  constructor(owner: UpgradeOwner, wheel: TimerWheel) {
    this.#owner = owner;
    this.#wheel = wheel;
  }

  start(): void {
    this.#wheel.set(this, RELEASE_INTERVAL_MS);
  }

  stop(): void {
    this.#wheel.clear(this);
  }

  onAlarm(): void {
    this.#wheel.set(this, RELEASE_INTERVAL_MS);
    this.#owner.releasePoll();
  }
}
