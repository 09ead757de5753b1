/** Timers that do not keep a process alive (api-surface.md 11, `autoUnref`). */

/** Lets the process end though `timer` waits, where the platform knows of that. */
export function unref(timer: ReturnType<typeof setTimeout> | undefined): void {
  (timer as { unref?: () => void } | undefined)?.unref?.(); // in browsers a timer is a number
}
