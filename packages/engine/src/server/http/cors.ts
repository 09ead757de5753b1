/** Cross-origin resource sharing, by the `cors` package, as the first middleware (protocol.md A.11). */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type Cors from "cors";
import type { Next } from "@telsiz/events";

/** Allowed origins, as the `cors` package takes them. */
export type CorsOrigin = boolean | string | RegExp | (boolean | string | RegExp)[];

/** Options of the `cors` package. */
export interface CorsOptions {
  /**
   * The origins that may connect: an exact origin, a pattern, a list of them, `true` for every one (reflected),
   * `"*"`, or a function that decides. It holds for the headers and for the handshakes themselves.
   * @default "*"
   */
  origin?:
    | CorsOrigin
    | ((origin: string | undefined, callback: (error: Error | null, origin?: CorsOrigin) => void) => void)
    | undefined;
  /** `Access-Control-Allow-Methods`. @default "GET,HEAD,PUT,PATCH,POST,DELETE" */
  methods?: string | string[] | undefined;
  /** `Access-Control-Allow-Headers`. @default those that the preflight asks for */
  allowedHeaders?: string | string[] | undefined;
  /** `Access-Control-Expose-Headers`. */
  exposedHeaders?: string | string[] | undefined;
  /** `Access-Control-Allow-Credentials`. @default false */
  credentials?: boolean | undefined;
  /** `Access-Control-Max-Age`, in seconds. */
  maxAge?: number | undefined;
  /** Hands preflights on to the next middleware. @default false */
  preflightContinue?: boolean | undefined;
  /** Status of the preflight's answer. @default 204 */
  optionsSuccessStatus?: number | undefined;
}

/** Chooses the options by request. */
export type CorsOptionsDelegate = (
  request: IncomingMessage,
  callback: (error: Error | null, options?: CorsOptions) => void,
) => void;

/** Sets the headers, and answers preflights itself. Good for any HTTP request, not for those of the engine alone. */
export type CorsMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: Next<unknown>,
) => unknown;

/** The middleware for these options. */
export function corsMiddleware(options: CorsOptions | CorsOptionsDelegate): CorsMiddleware {
  // Loaded only where other origins are allowed.
  const cors = createRequire(import.meta.url)("cors") as typeof Cors;
  return cors<IncomingMessage>(options);
}
