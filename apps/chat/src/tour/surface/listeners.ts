/** What every emitter of either side does with its listeners. */
import { namesOf } from "./labels.ts";

interface ListenerKeeper {
  on(event: string, listener: () => void): ListenerKeeper;
  once(event: string, listener: () => void): ListenerKeeper;
  addListener(event: string, listener: () => void): ListenerKeeper;
  addEventListener(event: string, listener: () => void): ListenerKeeper;
  prependListener(event: string, listener: () => void): ListenerKeeper;
  prependOnceListener(event: string, listener: () => void): ListenerKeeper;
  off(event: string, listener: () => void): ListenerKeeper;
  removeListener(event: string, listener: () => void): ListenerKeeper;
  removeEventListener(event: string, listener: () => void): ListenerKeeper;
  removeAllListeners(event: string): ListenerKeeper;
  listeners(event: string): unknown[];
  rawListeners(event: string): unknown[];
  listenerCount(event: string): number;
  hasListeners(event: string): boolean;
  eventNames(): unknown[];
  setMaxListeners(count: number): ListenerKeeper;
  getMaxListeners(): number;
}

export const LISTENERS_KEPT = '["f e a b c d", 6, "e d", 2, true, "listed", false, 20]';

/** Adds six listeners in every way there is, and takes them off in every way. */
export function keepListeners(keeper: ListenerKeeper): unknown[] {
  const [a, b, c, d, e, f] = [() => {}, () => {}, () => {}, () => {}, () => {}, () => {}] as const;
  keeper
    .on("x", a)
    .once("x", b)
    .addListener("x", c)
    .addEventListener("x", d)
    .prependListener("x", e)
    .prependOnceListener("x", f);
  const names = (): string => namesOf({ a, b, c, d, e, f }, keeper.listeners("x"));

  const all = [names(), keeper.rawListeners("x").length];
  keeper.off("x", a).removeListener("x", b).removeEventListener("x", c).off("x", f);
  const some = [
    names(),
    keeper.listenerCount("x"),
    keeper.hasListeners("x"),
    keeper.eventNames().includes("x") ? "listed" : "missing",
  ];
  keeper.removeAllListeners("x");
  const none = keeper.hasListeners("x");
  return [...all, ...some, none, keeper.setMaxListeners(20).getMaxListeners()];
}
