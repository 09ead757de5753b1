/** Express-style middlewares that see every HTTP request of the engine, upgrades included. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Next } from "@telsiz/events";
import type { EngineRequest } from "../request-query.ts";

/**
 * Sees a request before the engine does. It calls `next()` to hand it on; calls `next(error)`, throws or rejects to
 * refuse it (code 3, `MIDDLEWARE_FAILURE`); or answers it itself.
 * On an upgrade, `response` is that of the 101: headers set on it go out with it, and it is finished when that was
 * sent. A middleware that writes or ends it itself answers the request, which is then none for a WebSocket any more.
 */
export type EngineMiddleware = (
  request: EngineRequest,
  response: ServerResponse,
  next: Next<unknown>,
) => unknown;

/** A middleware written for Express, whose requests and responses have more members than those of Node.js. */
export type ExpressMiddleware = MethodShape["call"];

/** A method's parameters may be narrower than those it is called with. */
interface MethodShape {
  call(request: IncomingMessage, response: ServerResponse, next: Next<unknown>): unknown;
}
