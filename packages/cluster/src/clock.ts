/** Time, as the cluster sees it: a seam, so that tests can let it pass. */

/** Ends a timer. */
export type Cancel = () => void;

/** What time it is, and what is to be done later. */
export interface Clock {
  /** Milliseconds since some moment; never goes back. */
  now(): number;
  /** Calls `action` once, after `delayMs`. */
  after(delayMs: number, action: () => void): Cancel;
  /** Calls `action` once, when what is being done is done: at the end of this turn of the loop. */
  atTurnEnd(action: () => void): void;
}

/** The clock of the process. Its timers keep no process alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs).unref();
    return () => clearTimeout(timer);
  },
  atTurnEnd(action) {
    setImmediate(action);
  },
};
