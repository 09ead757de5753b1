/** The CPU time of a whole process, all of its threads, as the Linux scheduler counts it (proc(5), schedstat). */
import { readdirSync, readFileSync } from "node:fs";

const NANOSECONDS_PER_MICROSECOND = 1000;

/** Microseconds that process `pid` has run. @throws Error where there is no /proc/PID/task/TID/schedstat */
export function cpuMicroseconds(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  let nanoseconds = 0;
  for (const thread of readdirSync(tasks)) {
    nanoseconds += runNanoseconds(readFileSync(`${tasks}/${thread}/schedstat`, "utf8"));
  }
  return nanoseconds / NANOSECONDS_PER_MICROSECOND;
}

/** The time run, the first of the three numbers in a schedstat file. @throws Error if it is none */
export function runNanoseconds(schedstat: string): number {
  const match = /^(\d+) \d+ \d+\s*$/.exec(schedstat);
  if (match === null) throw new Error(`Not a schedstat: ${JSON.stringify(schedstat)}`);
  return Number(match[1]);
}
