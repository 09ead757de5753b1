/** What the timers of the platforms can measure. */

/** The longest delay of a timer, in milliseconds: 24.8 days. With a longer one it ends at once. */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;
