/** Waiting for something to happen, never for time to pass; what does not happen ends in an error that names it. */

/** How long tests wait for what has to come, in milliseconds: far longer than it takes, on a busy machine too. */
const PATIENCE_MS = 20_000;

/** How often a condition is looked at, in milliseconds. */
const POLL_MS = 2;

/** Resolves with `promise`, or rejects, naming `what`, when it takes too long. */
export function bounded<T>(promise: Promise<T>, what: string, patienceMs: number = PATIENCE_MS): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), patienceMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Resolves as soon as `condition` is true. */
export async function until(
  condition: () => boolean,
  what: string,
  patienceMs: number = PATIENCE_MS,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** What {@link nextEvent} needs of an emitter; those of Node.js, of Telsiz and of Socket.IO all have it. */
export interface Listenable {
  once(event: string, listener: (...args: never[]) => void): unknown;
}

/** Resolves with the arguments of the next `event`. */
export function nextEvent<T extends unknown[] = unknown[]>(
  emitter: Listenable,
  event: string,
  patienceMs?: number,
): Promise<T> {
  const fired = new Promise<T>((resolve) => {
    emitter.once(event, (...args) => resolve(args as unknown as T)); // the caller knows the event
  });
  return bounded(fired, `the event "${event}"`, patienceMs);
}
