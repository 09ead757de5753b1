/** Express-style middlewares that see every HTTP request of the engine, upgrades included. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Next } from "@telsiz/events";

/**
 * Sees a request before the engine does. It calls `next()` to hand it on, calls `next(error)` or throws to refuse it
 * (code 3, `MIDDLEWARE_FAILURE`), or answers it itself. A rejected promise counts as a throw.
 * On an upgrade, headers set on `response` go into the 101 answer; ending the response ends the connection.
 */
export type EngineMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: Next<unknown>,
) => unknown;
