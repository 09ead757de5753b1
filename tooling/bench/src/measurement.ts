/** One server doing one load for a while. */
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { cpuMicroseconds } from "./cpu-meter.ts";
import type { Load } from "./load.ts";

/** How long a load runs before it is measured, in milliseconds. */
const LEAD_IN_MS = 200;

/** What was seen. */
export interface Sample {
  /** CPU of the server for one message, delivery or connection, in microseconds. */
  readonly microseconds: number;
  /** Messages, deliveries or connections in a second. */
  readonly perSecond: number;
  /** The part of a core that the server used. */
  readonly serverUse: number;
  /** The part of a core that the load generator used: near 1, `perSecond` is its limit, not the server's. */
  readonly generatorUse: number;
}

/** Runs `load`, which is open, against the server that is process `pid`. */
export async function measure(load: Load, pid: number, seconds: number): Promise<Sample> {
  load.start();
  await delay(LEAD_IN_MS);
  const before = readings(load, pid);
  await delay(seconds * 1000);
  const after = readings(load, pid);
  await load.stop();
  const done = after.done - before.done;
  const microseconds = after.time - before.time;
  return {
    microseconds: (after.server - before.server) / done,
    perSecond: (done / microseconds) * 1e6,
    serverUse: (after.server - before.server) / microseconds,
    generatorUse: (after.generator - before.generator) / microseconds,
  };
}

interface Readings {
  readonly done: number;
  /** All in microseconds. */
  readonly time: number;
  readonly server: number;
  readonly generator: number;
}

function readings(load: Load, pid: number): Readings {
  return {
    done: load.done,
    time: performance.now() * 1000,
    server: cpuMicroseconds(pid),
    generator: cpuMicroseconds(process.pid),
  };
}
