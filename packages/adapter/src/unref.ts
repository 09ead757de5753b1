/** Timers that keep no process alive. */

/** Lets the process end though `timer` waits, where the platform knows of that. Gives the timer back. */
export function unref<T>(timer: T): T {
  (timer as { unref?: () => void } | undefined)?.unref?.(); // elsewhere a timer is a number
  return timer;
}
