/** Keeps processes on one core each, with taskset(1) where it is there. */
import { spawnSync } from "node:child_process";

/** Whether processes can be pinned here. */
export const canPin: boolean = spawnSync("taskset", ["--version"]).status === 0;

/** The command that runs `command` on `core` alone, or just `command`. */
export function pinnedCommand(core: number, command: readonly string[]): readonly string[] {
  return canPin ? ["taskset", "-c", String(core), ...command] : command;
}

/** Moves this process, all of its threads, to `core`. */
export function pinSelf(core: number): void {
  if (canPin) spawnSync("taskset", ["-a", "-c", "-p", String(core), String(process.pid)]);
}
