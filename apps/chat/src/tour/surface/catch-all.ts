/** What sockets of both sides do with listeners for every event. */
import { namesOf } from "./labels.ts";

type CatchAllListener = (event: string, ...args: unknown[]) => void;

interface CatchAllKeeper {
  onAny(listener: CatchAllListener): CatchAllKeeper;
  prependAny(listener: CatchAllListener): CatchAllKeeper;
  offAny(listener?: CatchAllListener): CatchAllKeeper;
  listenersAny(): unknown[];
  onAnyOutgoing(listener: CatchAllListener): CatchAllKeeper;
  prependAnyOutgoing(listener: CatchAllListener): CatchAllKeeper;
  offAnyOutgoing(listener?: CatchAllListener): CatchAllKeeper;
  listenersAnyOutgoing(): unknown[];
}

export const CATCH_ALL_KEPT = '["b a", "a", "", "b a", "a", ""]';

/** Adds and takes off listeners for all that comes in, and for all that goes out. */
export function keepCatchAll(keeper: CatchAllKeeper): string[] {
  const [a, b] = [() => {}, () => {}] as const;
  const seen: string[] = [];
  const note = (listeners: unknown[]): void => void seen.push(namesOf({ a, b }, listeners));
  note(keeper.onAny(a).prependAny(b).listenersAny());
  note(keeper.offAny(b).listenersAny());
  note(keeper.offAny().listenersAny());
  note(keeper.onAnyOutgoing(a).prependAnyOutgoing(b).listenersAnyOutgoing());
  note(keeper.offAnyOutgoing(b).listenersAnyOutgoing());
  note(keeper.offAnyOutgoing().listenersAnyOutgoing());
  return seen;
}
