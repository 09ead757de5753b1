/**
 * How far a client has come in what a namespace has sent. Clients get it behind every event and say it when they come
 * back, as one text: `EPOCH.POSITION.STEP`, the numbers to the base 36.
 */
export interface Place {
  /** That of the last broadcast, in the log of the namespace. */
  readonly position: number;
  /** How much its server has sent to single sockets since. */
  readonly step: number;
}

/** Before everything. */
export const START: Place = { position: 0, step: 0 };

/** Less than zero if `a` is before `b`. */
export function comparePlaces(a: Place, b: Place): number {
  return a.position - b.position || a.step - b.step;
}

/** Whichever is behind the other. */
export function laterPlace(a: Place, b: Place): Place {
  return comparePlaces(a, b) < 0 ? b : a;
}

/** What clients get. @param epoch without a dot */
export function offsetOf(epoch: string, { position, step }: Place): string {
  return `${epoch}.${position.toString(36)}.${step.toString(36)}`;
}

/** What a client says; `undefined` if it is of another epoch, or of none. */
export function placeOf(epoch: string, offset: string): Place | undefined {
  const match = /^([^.]+)\.([0-9a-z]{1,10})\.([0-9a-z]{1,10})$/.exec(offset);
  if (match?.[1] !== epoch) return undefined;
  return { position: Number.parseInt(match[2]!, 36), step: Number.parseInt(match[3]!, 36) };
}
