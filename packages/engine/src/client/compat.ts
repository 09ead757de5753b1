/** Names of the `engine.io-client` package for programs that use the engine alone. Nothing else of this package depends on this file. */
import { AnyTransport } from "../shared/any-transport.ts";
import type { ClientTransport } from "./transports/transport.ts";

/** What carries a session. */
export type Transport = ClientTransport;

/** For `instanceof`. Instances are of the classes in `transports`. */
export const Transport: abstract new (...parts: never[]) => Transport = AnyTransport as never; // for `instanceof`, it is one

/** Calls `callback` after the code that runs now, before any timer. */
export function nextTick(callback: () => void): void {
  queueMicrotask(callback);
}

/** The timers of the platform, as {@link installTimerFunctions} hands them out. */
export interface TimerFunctions {
  /** As the global `setTimeout`. */
  setTimeoutFn: typeof setTimeout;
  /** As the global `clearTimeout`. */
  clearTimeoutFn: typeof clearTimeout;
}

/** Gives `target` the methods `setTimeoutFn` and `clearTimeoutFn`. @param _options there is one kind of timers: those of the platform */
export function installTimerFunctions<T extends object>(
  target: T,
  _options?: { readonly useNativeTimers?: boolean | undefined },
): asserts target is T & TimerFunctions {
  Object.assign(target, {
    setTimeoutFn: setTimeout.bind(globalThis),
    clearTimeoutFn: clearTimeout.bind(globalThis),
  });
}
