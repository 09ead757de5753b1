/** Express-style middlewares that see every HTTP request of the engine, upgrades included. */
import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * Sees a request before the engine does. It calls `next()` to hand it on, calls `next(error)` or throws to refuse it
 * (code 3, `MIDDLEWARE_FAILURE`), or answers it itself. A rejected promise counts as `next(error)`.
 * On an upgrade, headers set on `response` go into the 101 answer; ending the response ends the connection.
 */
export type EngineMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => unknown;

/** Runs `chain` in order and calls `done` once: with the first error, or with none. */
export function runMiddlewares(
  chain: readonly EngineMiddleware[],
  request: IncomingMessage,
  response: ServerResponse,
  done: (error?: unknown) => void,
): void {
  let current = -1;
  const step = (index: number): void => {
    const middleware = chain[index];
    if (middleware === undefined) return done();
    current = index;
    const next = (error?: unknown): void => {
      if (index !== current) return; // called twice
      current = -1;
      if (error) done(error);
      else step(index + 1);
    };
    callSafely(() => middleware(request, response, next), next);
  };
  step(0);
}

function callSafely(call: () => unknown, fail: (error: unknown) => void): void {
  try {
    const result = call();
    if (result instanceof Promise) result.catch((error: unknown) => fail(error ?? new Error("rejected")));
  } catch (error) {
    fail(error ?? new Error("thrown"));
  }
}
