/** How much clients may send: the options of `limits.rate`. Off unless one of them is given. */
import { checkChoice, checkCounts, OptionError } from "@telsiz/events";

/** What becomes of an event in excess. */
export type RateLimitAction = "error" | "drop" | "delay" | "disconnect";

/** How much clients may send. Each number is also how much of it may come at once. */
export interface RateLimits {
  /** Events each second of one socket. @default Infinity */
  eventsPerSecond?: number | undefined;
  /** Bytes each second of one connection, all its namespaces together; counted before anything is read. @default Infinity */
  bytesPerSecond?: number | undefined;
  /** Events each second of one socket, by their names. @default none */
  events?: Readonly<Record<string, number>> | undefined;
  /**
   * What becomes of events in excess. `"error"`: whoever asked for an acknowledgement gets the error `RATE_LIMITED` with
   * `retryAfter` in milliseconds, and all of them are dropped. `"drop"`: they are dropped. `"delay"`: they wait, and what
   * follows them. `"disconnect"`: the connection is closed.
   * @default "error"
   */
  action?: RateLimitAction | undefined;
  /** How many messages of one connection wait with `"delay"`, at most; beyond it the connection is closed. @default 1000 */
  maxDelayed?: number | undefined;
}

/** What was in excess. */
export interface RateLimitedContext<S> {
  /** The socket that sent it. */
  readonly socket: S | undefined;
  /** The event's name, if it could be read. */
  readonly event: string | undefined;
  /** When it would not be in excess, in milliseconds from now. */
  readonly retryAfter: number;
  /** What becomes of it. */
  readonly action: RateLimitAction;
}

/** @throws OptionError */
export function checkRateLimits(rate: RateLimits): void {
  if (typeof rate !== "object" || (rate as object | null) === null)
    throw new OptionError("rate", "an object", rate);
  checkCounts(rate, "eventsPerSecond", "bytesPerSecond", "maxDelayed");
  checkChoice(rate, "action", ["error", "drop", "delay", "disconnect"]);
  const names = Object.keys(rate.events ?? {});
  checkCounts(rate.events ?? {}, ...names);
}
