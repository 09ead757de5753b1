/** Timers for times that users give, `Infinity` among them, and what the timers of the platforms can measure. */

/** The longest delay of a timer, in milliseconds: 24.8 days. With a longer one it ends at once. */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;

/** As `setTimeout`, but a time that is too long to be measured has no timer and never ends. */
export function startDeadline<A extends readonly unknown[]>(
  callback: (...args: A) => void,
  delayMs: number,
  ...args: A
): ReturnType<typeof setTimeout> | undefined {
  return delayMs > LONGEST_TIMER_MS ? undefined : setTimeout(callback, delayMs, ...args);
}
