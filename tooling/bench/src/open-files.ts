/** How many sockets fit into one process. */
import { readFileSync } from "node:fs";

/** What a process opens besides. */
const RESERVED = 200;

/** The limit on open files of this process, or infinity where it is not told. */
export function openFileLimit(): number {
  const limits = readFileSync("/proc/self/limits", "utf8");
  const match = /^Max open files\s+(\d+)/m.exec(limits);
  return match === null ? Infinity : Number(match[1]);
}

/** How many connections each of `servers` can have at the same time, at most `wanted`. */
export function affordableConnections(wanted: number, servers: number, limit: number): number {
  return Math.max(1, Math.min(wanted, Math.floor((limit - RESERVED) / servers)));
}
