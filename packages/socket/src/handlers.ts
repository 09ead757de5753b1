/** Functions whose result is the acknowledgement: one for each event. */
import {
  AckError,
  checkFunction,
  type HandlerContext,
  internalError,
  isAckError,
  isThenable,
  type Listener,
} from "@telsiz/events";
import { HandlerExistsError } from "./errors.ts";

/** What handlers see of their socket. */
export interface HandlersOwner {
  /** A handler failed in a way that it did not mean to. */
  _onFault(error: unknown, event: string): void;
}

type Acknowledge = (answer?: unknown) => void;

/** The handlers of one socket, and those of their calls that are not over. */
export class Handlers {
  readonly #owner: HandlersOwner;
  readonly #byEvent = new Map<string, Listener>();
  /** Calls whose promises are pending. */
  readonly #running = new Set<HandlerCall>();

  constructor(owner: HandlersOwner) {
    this.#owner = owner;
  }

  /** @throws HandlerExistsError, TypeError */
  add(event: string, handler: Listener): void {
    checkFunction("handler", event, handler);
    if (this.#byEvent.has(event)) throw new HandlerExistsError(event);
    this.#byEvent.set(event, handler);
  }

  /** Takes away the handler of `event`, or of all events. @returns whether one went; with `handler`, only that one does */
  remove(event?: string, handler?: Listener): boolean {
    if (event === undefined) this.#byEvent.clear();
    else if (handler === undefined || this.#byEvent.get(event) === handler)
      return this.#byEvent.delete(event);
    return false;
  }

  /**
   * Calls the handler of an event, if it has one. A function at the end of `args` takes the answer.
   * @returns the promise that the handler returned, if it did
   */
  run(event: string, args: readonly unknown[]): PromiseLike<unknown> | undefined {
    const handler = this.#byEvent.get(event);
    if (handler === undefined) return undefined;
    const last = args.at(-1);
    const asked = typeof last === "function";
    const call = new HandlerCall(event, asked ? (last as Acknowledge) : undefined, this.#owner);
    let result: unknown;
    try {
      result = Reflect.apply(handler, this.#owner, [...(asked ? args.slice(0, -1) : args), call]);
    } catch (error) {
      call.onError(error);
      return undefined;
    }
    if (!isThenable(result)) {
      call.onResult(result);
      return undefined;
    }
    this.#running.add(call);
    result.then(
      (value) => this.#finish(call, () => call.onResult(value)),
      (error: unknown) => this.#finish(call, () => call.onError(error)),
    );
    return result;
  }

  /** The socket has disconnected: nobody waits for what is being done. */
  abandon(): void {
    for (const call of this.#running) call.abandon();
    this.#running.clear();
  }

  #finish(call: HandlerCall, act: () => void): void {
    this.#running.delete(call);
    act();
  }
}

/** One call of a handler, as it sees it. */
class HandlerCall implements HandlerContext {
  readonly #event: string;
  readonly #acknowledge: Acknowledge | undefined;
  readonly #owner: HandlersOwner;
  #controller: AbortController | undefined;
  #abandoned = false;

  constructor(event: string, acknowledge: Acknowledge | undefined, owner: HandlersOwner) {
    this.#event = event;
    this.#acknowledge = acknowledge;
    this.#owner = owner;
  }

  /** Made when it is asked for: most handlers don't. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#abandoned) this.#controller.abort();
    return this.#controller.signal;
  }

  fail(code: string, data?: unknown): never {
    throw new AckError(code, data);
  }

  abandon(): void {
    this.#abandoned = true;
    this.#controller?.abort();
  }

  onResult(value: unknown): void {
    try {
      this.#acknowledge?.(value);
    } catch (error) {
      this.onError(error); // it cannot be sent
    }
  }

  onError(error: unknown): void {
    if (isAckError(error)) return this.#refuse(error);
    this.#acknowledge?.(internalError());
    this.#owner._onFault(error, this.#event);
  }

  #refuse(error: AckError): void {
    try {
      this.#acknowledge?.(error);
    } catch (failure) {
      this.onError(failure); // its data cannot be sent
    }
  }
}
