/** Runs chains of middleware: of the engine at each request, of a namespace at connection, of a socket at each packet. */
import { OptionError } from "./errors.ts";
import type { Listener } from "./event-map.ts";
import { callGuarded } from "./guard.ts";

/** Called by a middleware when it is done: without an argument to go on, with an error to refuse. */
export type Next<E = Error> = (error?: E) => void;

/** What came of a chain. */
export interface MiddlewareOutcome<E = Error> {
  /** All went on, or one refused with `error`. */
  onDone(error?: E): void;
  /** One threw, or returned a promise that rejected, before it called `next`: nobody meant the peer to see this. */
  onThrow(error: unknown): void;
  /** One did so after it had called `next`: what came of the chain stands, but the error must not vanish. */
  onLateThrow(error: unknown): void;
}

/** The middleware itself, if it is one: anything else in a chain would let pass what the rest of it refuses. @throws OptionError */
export function checkedMiddleware<M extends Listener>(middleware: M): M {
  if (typeof middleware === "function") return middleware;
  throw new OptionError("middleware", "a function", middleware);
}

/** Runs `chain` in order; either `onDone` or `onThrow` is called, once. The list is snapshotted. */
export function runMiddleware<A extends readonly unknown[], E = Error>(
  chain: readonly ((...args: [...A, Next<E>]) => unknown)[],
  args: A,
  outcome: MiddlewareOutcome<E>,
): void {
  const steps = chain.slice();
  let current = -1;
  const step = (index: number): void => {
    const middleware = steps[index];
    if (middleware === undefined) return outcome.onDone();
    current = index;
    const fail = (error: unknown): void => {
      if (index !== current) return outcome.onLateThrow(error);
      current = -1;
      outcome.onThrow(error);
    };
    const next: Next<E> = (error) => {
      if (index !== current) return; // next() called twice
      current = -1;
      if (error) outcome.onDone(error);
      else step(index + 1);
    };
    callGuarded(undefined, middleware, [...args, next], fail);
  };
  step(0);
}
