/** Calls functions of the application so that what they throw, or reject with, harms nothing else. */
import type { Listener } from "./event-map.ts";

/** Calls `handler` on `self`; `fail` gets what it throws or what the promise it returns is rejected with. */
export function callGuarded(
  self: unknown,
  handler: Listener,
  args: readonly unknown[],
  fail: (error: unknown) => void,
): void {
  try {
    const result: unknown = Reflect.apply(handler, self, args);
    if (isThenable(result)) result.then(undefined, fail);
  } catch (error) {
    fail(error);
  }
}

/** Requires that what an application registers can be called. @throws TypeError */
export function checkFunction(what: string, event: string, value: unknown): void {
  if (typeof value === "function") return;
  throw new TypeError(`The ${what} of "${event}" must be a function, not ${typeof value}.`);
}

/** Whether a result is a promise whose rejection somebody must take. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" && value !== null && typeof (value as PromiseLike<unknown>).then === "function"
  );
}

/** What becomes of an error of an application's function: told to listeners of `handler_error`, or thrown at nobody. */
export type HandlerErrors = "report" | "throw";

/** Raises an error where nothing of Telsiz can catch it, as if no one had called the function that threw it. */
export function throwUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** Prints an error that nobody listens for, since an error must never vanish. */
export function printHandlerError(error: unknown, event: string): void {
  // eslint-disable-next-line no-restricted-globals -- every platform has it
  console.error(`A handler of "${event}" failed; listen to "handler_error" to take care of it:`, error);
}
