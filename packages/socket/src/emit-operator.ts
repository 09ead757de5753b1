/** What a modifier returns: an emit with flags. Immutable, so that no modifier leaks into a later emit. */
import {
  type AckMode,
  type Answer,
  checkDurations,
  type EmitArgs,
  type EventMap,
  type OneOrTimeout,
  type RequestArgs,
  type SendArgs,
} from "@telsiz/events";
import type { EmitFlags } from "./emit-flags.ts";

/** Where an operator's events go: the socket it was made by. */
export interface EmitTarget<Result> {
  /** Sends an event; a function at the end of `args` is its acknowledgement. */
  _emitEvent(event: string, args: readonly unknown[], flags: EmitFlags): Result;
  /** Sends an event and waits for its acknowledgement. */
  _requestEvent(event: string, args: readonly unknown[], flags: EmitFlags): Promise<unknown>;
}

/**
 * An emit with modifiers, made by `socket.volatile`, `socket.timeout(ms)` and `socket.compress(value)`.
 * @typeParam Result what `emit` returns
 */
export class EmitOperator<Emit extends EventMap<Emit>, Mode extends AckMode, Result> {
  readonly #target: EmitTarget<Result>;
  readonly #flags: EmitFlags;

  constructor(target: EmitTarget<Result>, flags: EmitFlags) {
    this.#target = target;
    this.#flags = flags;
  }

  /** Sends an event. @throws ReservedEventError */
  emit<K extends keyof Emit & string>(event: K, ...args: EmitArgs<Emit, K, Mode>): Result {
    return this.#target._emitEvent(event, args, this.#flags);
  }

  /**
   * Sends an event and resolves with the first value of its acknowledgement.
   * @throws AckTimeoutError, DisconnectedError, NotSentError (all through the promise), ReservedEventError, TooManyAcksError
   */
  emitWithAck<K extends keyof Emit & string>(
    event: K,
    ...args: RequestArgs<Emit, K, Mode>
  ): Promise<Answer<Emit, K, Mode>> {
    // The map is the peer's word for what it answers.
    return this.#target._requestEvent(event, args, this.#flags) as Promise<Answer<Emit, K, Mode>>;
  }

  /** Sends a `message` event. */
  send(...args: SendArgs<Emit, Mode>): Result {
    return this.#target._emitEvent("message", args, this.#flags);
  }

  /** May be lost when the connection cannot take it now. */
  get volatile(): EmitOperator<Emit, Mode, Result> {
    return new EmitOperator(this.#target, { ...this.#flags, volatile: true });
  }

  /** Whether transports may compress it. */
  compress(compress: boolean): EmitOperator<Emit, Mode, Result> {
    return new EmitOperator(this.#target, { ...this.#flags, compress });
  }

  /** How long to wait for the acknowledgement, in milliseconds; the callback then takes an error first. */
  timeout(timeout: number): EmitOperator<Emit, OneOrTimeout, Result> {
    checkDurations({ timeout }, "timeout");
    return new EmitOperator<Emit, OneOrTimeout, Result>(this.#target, { ...this.#flags, timeout });
  }
}
