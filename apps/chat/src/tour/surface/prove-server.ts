/** Runs the checks of the server's API, in the process of the demo. */
import { type CheckResult, perform } from "./check.ts";
import { serverChecks } from "./server-checks.ts";
import { onServerStage, serverRecorder } from "./server-stage.ts";

let running: Promise<CheckResult[]> | undefined;

/** Whoever asks while they run gets the same outcome: they open servers of their own, and many of them would be too much. */
export function proveServer(): Promise<CheckResult[]> {
  running ??= proveAll().finally(() => (running = undefined));
  return running;
}

async function proveAll(): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of serverChecks) results.push(await perform(check, serverRecorder, onServerStage));
  return results;
}
