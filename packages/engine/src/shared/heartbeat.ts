/** The server's half of the Engine.IO 4 heartbeat (protocol.md A.6); the client's is `client/ping-watch.ts`. */
import type { Alarm, TimerWheel } from "./timer-wheel.ts";

/** Whom the heartbeat serves. */
export interface HeartbeatOwner {
  /** No sign of life came in time. Called at most once. */
  onHeartbeatTimeout(): void;
}

/** Whom a {@link Pinger} serves. */
export interface PingerOwner extends HeartbeatOwner {
  /** Sends a ping packet. */
  sendPing(): void;
}

/** How long the heartbeat waits. */
export interface HeartbeatTimes {
  /** From a pong, or the start, to the next ping, in milliseconds. */
  readonly pingInterval: number;
  /** From a ping to the latest pong, in milliseconds. */
  readonly pingTimeout: number;
}

const State = { Idle: 0, Waiting: 1, Expecting: 2, Extended: 3 } as const;
type State = (typeof State)[keyof typeof State];

/**
 * The server's side.
 * ```
 *          start()             interval elapsed            timeout elapsed
 *   Idle ──────────▶ Waiting ───────────────────▶ Expecting ─────────────▶ Idle + onHeartbeatTimeout
 *                       ▲ ▲                       │      │                  ▲
 *                       │ └─────── onPong() ──────┘      │ onOtherPacket()  │ timeout elapsed
 *                       └───────── onPong() ───────── Extended ─────────────┘
 * ```
 * A pong counts only while one is expected: an unasked one must not keep a peer alive that reads nothing.
 * The first other packet while one is expected grants the timeout once more, since the pong may stand behind it.
 */
export class Pinger implements Alarm {
  dueTick = 0;
  #state: State = State.Idle;
  readonly #owner: PingerOwner;
  readonly #wheel: TimerWheel;
  readonly #times: HeartbeatTimes;

  constructor(owner: PingerOwner, wheel: TimerWheel, times: HeartbeatTimes) {
    this.#owner = owner;
    this.#wheel = wheel;
    this.#times = times;
  }

  start(): void {
    this.#enter(State.Waiting);
  }

  onPong(): void {
    if (this.#state >= State.Expecting) this.#enter(State.Waiting);
  }

  onOtherPacket(): void {
    if (this.#state === State.Expecting) this.#enter(State.Extended);
  }

  stop(): void {
    this.#enter(State.Idle);
  }

  onAlarm(): void {
    if (this.#state === State.Waiting) {
      this.#enter(State.Expecting);
      this.#owner.sendPing();
    } else {
      this.#enter(State.Idle);
      this.#owner.onHeartbeatTimeout();
    }
  }

  #enter(state: State): void {
    this.#state = state;
    if (state === State.Idle) this.#wheel.clear(this);
    else this.#wheel.set(this, state === State.Waiting ? this.#times.pingInterval : this.#times.pingTimeout);
  }
}
