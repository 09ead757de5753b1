/** What is public of a manager but for its sockets: its events and settings (api-surface.md 9). */
import {
  checkEngineClientOptions,
  type DisconnectDetails,
  type BareEngineClient,
} from "@telsiz/engine/client";
import { Emitter, type InvalidEventError } from "@telsiz/events";
import type { Encoded, Packet } from "@telsiz/parser";
import type { ClientDisconnectReason, EmitFlags } from "@telsiz/socket";
import { Backoff, type BackoffTimes } from "./backoff.ts";
import { checkManagerOptions, type ManagerOptions } from "./options.ts";

/** The events of a connection. */
export interface ManagerEvents {
  /** It is open. */
  open: () => void;
  /** It ended. */
  close: (reason: ClientDisconnectReason, details?: DisconnectDetails) => void;
  /** It could not be opened. */
  error: (error: Error) => void;
  /** A packet came. */
  packet: (packet: Packet) => void;
  /** The server sent a ping. */
  ping: () => void;
  /** It is about to be opened again, for the `attempt`-th time. */
  reconnect_attempt: (attempt: number) => void;
  /** It is open again, after so many attempts. */
  reconnect: (attempt: number) => void;
  /** An attempt to open it again failed. */
  reconnect_error: (error: Error) => void;
  /** All attempts to open it again have failed. */
  reconnect_failed: () => void;
  /** A function of the application failed. When nobody listens, the error is printed. */
  handler_error: (error: unknown, context: { readonly socket: unknown; readonly event: string }) => void;
  /** What came does not fit the contract, and the server did not ask for an answer. When nobody listens, it is printed once. */
  invalid_event: (
    error: InvalidEventError,
    context: { readonly socket: unknown; readonly event: string },
  ) => void;
}

/** What may be changed while a manager lives, by the names of its options. */
interface Settings extends BackoffTimes {
  reconnection: boolean;
  reconnectionAttempts: number;
  timeout: number | false;
}

/** Socket.IO's default; the engine's own is another. */
const DEFAULT_PATH = "/socket.io";

/** Where a connection is in its life. */
export type ManagerState = "closed" | "opening" | "open";

/** A connection, the way its sockets see it. */
export abstract class ManagerBase extends Emitter<ManagerEvents> {
  /** Read again at each attempt to connect. */
  readonly opts: ManagerOptions;
  /** The engine connection; a new one for each attempt, and none before the first. */
  engine!: BareEngineClient; // typed as in Socket.IO, where it is there from open() on
  /** Whether it, and each socket when it is made, connects without being told to. */
  _autoConnect: boolean;
  protected readonly backoff: Backoff;
  readonly #settings: Settings;
  /** An event that does not fit the contract has been printed. */
  #warnedOfEvent = false;

  /** @throws OptionError */
  constructor(options: ManagerOptions) {
    super();
    checkManagerOptions(options);
    checkEngineClientOptions(options);
    this.opts = { path: DEFAULT_PATH, ...options };
    this._autoConnect = options.autoConnect !== false;
    // The defaults are Socket.IO's.
    this.#settings = {
      reconnection: options.reconnection ?? true,
      reconnectionAttempts: options.reconnectionAttempts || Infinity,
      reconnectionDelay: options.reconnectionDelay || 1000,
      reconnectionDelayMax: options.reconnectionDelayMax || 5000,
      randomizationFactor: options.randomizationFactor ?? 0.5,
      spread: options.reconnectionJitter !== "proportional",
      timeout: options.timeout ?? 20_000,
    };
    this.backoff = new Backoff(this.#settings);
  }

  /** Whether a lost connection is opened again, or sets it. */
  reconnection(): boolean;
  reconnection(reconnection: boolean): this;
  reconnection(reconnection?: boolean): boolean | this {
    return this.#setting("reconnection", reconnection);
  }

  /** How often it is tried, or sets it. */
  reconnectionAttempts(): number;
  reconnectionAttempts(attempts: number): this;
  reconnectionAttempts(attempts?: number): number | this {
    return this.#setting("reconnectionAttempts", attempts);
  }

  /** The waiting time before the first attempt, in milliseconds, or sets it. */
  reconnectionDelay(): number;
  reconnectionDelay(delayMs: number): this;
  reconnectionDelay(delayMs?: number): number | this {
    return this.#setting("reconnectionDelay", delayMs);
  }

  /** The longest waiting time, in milliseconds, or sets it. */
  reconnectionDelayMax(): number;
  reconnectionDelayMax(delayMs: number): this;
  reconnectionDelayMax(delayMs?: number): number | this {
    return this.#setting("reconnectionDelayMax", delayMs);
  }

  /** By which part the waiting times vary, from 0 to 1, or sets it. */
  randomizationFactor(): number;
  randomizationFactor(factor: number): this;
  randomizationFactor(factor?: number): number | this {
    return this.#setting("randomizationFactor", factor);
  }

  /** Time for an attempt to succeed, in milliseconds or `false`, or sets it. */
  timeout(): number | false;
  timeout(timeoutMs: number | false): this;
  timeout(timeoutMs?: number | false): number | false | this {
    return this.#setting("timeout", timeoutMs);
  }

  /**
   * Opens the connection.
   * @param callback called with the outcome; with it, a failure is not followed by further attempts
   */
  abstract open(callback?: (error?: Error) => void): this;

  /** As {@link open}. */
  connect(callback?: (error?: Error) => void): this {
    return this.open(callback);
  }

  /** Where the connection is in its life. */
  abstract readonly _readyState: ManagerState;
  /** Whether a lost connection, or one that never came about, is about to be opened again. */
  abstract readonly _reconnecting: boolean;
  /** Whether a packet that is sent now goes out at once. */
  abstract readonly _writable: boolean;
  /** How many bytes the connection has not given to the network. */
  abstract readonly _bufferedAmount: number;
  /** Whether the server has been silent for too long, though no timer could say so yet. */
  abstract readonly _expired: boolean;
  /** Opens the connection, unless it is open, opening, or about to be opened again. */
  abstract _wake(): void;
  /** Sends a packet. @returns what was sent @throws EncodeError, TooLargeError */
  abstract _send(packet: Packet, flags: EmitFlags): Encoded;
  /** Sends what {@link _send} has sent before. */
  abstract _sendAgain(encoded: Encoded, flags: EmitFlags): void;
  /** A socket no longer needs the connection. */
  abstract _release(): void;
  /** An event does not fit the contract, and nobody asked for an answer. */
  _onInvalidEvent(error: InvalidEventError, socket: unknown): void {
    const { event } = error;
    if (this.emit("invalid_event", error, { socket, event }) || this.#warnedOfEvent) return;
    this.#warnedOfEvent = true;
    console.warn(
      `The server sent "${event}", which does not fit the contract; listen to "invalid_event":`,
      error,
    );
  }

  /** A function of the application failed. */
  abstract _onHandlerError(error: unknown, socket: unknown, event: string): void;

  #setting<K extends keyof Settings>(name: K, value: Settings[K] | undefined): Settings[K] | this {
    if (value === undefined) return this.#settings[name];
    checkManagerOptions({ [name]: value });
    this.#settings[name] = value;
    return this;
  }
}
