/** Timers for times that users give, `Infinity` among them. */

/** The longest that timers of the platforms can measure, in milliseconds: 24.8 days. Beyond it they end at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** As `setTimeout`, but a time that is too long to be measured has no timer and never ends. */
export function startDeadline<A extends readonly unknown[]>(
  callback: (...args: A) => void,
  delayMs: number,
  ...args: A
): ReturnType<typeof setTimeout> | undefined {
  return delayMs > LONGEST_MS ? undefined : setTimeout(callback, delayMs, ...args);
}
