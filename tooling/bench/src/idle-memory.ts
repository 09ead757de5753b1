/** What a connection takes of its server's memory while it says nothing. */
import { openClients } from "./client-pool.ts";
import { buildProgram } from "./program.ts";
import type { Peer } from "./peer.ts";
import { ServerProcess } from "./server-process.ts";
import { IDLE } from "./servers/application.ts";

/** Bytes for each connection. */
export interface IdleMemory {
  /** Objects of JavaScript that are alive, after the garbage was collected. */
  readonly heap: number;
  /** Pages of the process, where the kernel's own buffers are not among them. */
  readonly resident: number;
}

/** Connections before the first reading: what is made once, compiled code above all, must not count. */
const LEAD_IN = 200;

/** Opens `connections` to a server of its own process and tells what each takes there. */
export async function measureIdleMemory(
  { program, dialect }: Peer,
  connections: number,
  options: readonly string[] = [],
): Promise<IdleMemory> {
  const server = await ServerProcess.start({
    program: await buildProgram(program),
    runtime: process.execPath,
    runtimeOptions: ["--expose-gc"],
    args: [IDLE, ...options],
  });
  const settings = { port: server.port, dialect };
  const owner = { onMessages() {}, onClosed() {} };
  const first = await openClients(LEAD_IN, settings, owner);
  const before = await server.memory();
  const others = await openClients(connections, settings, owner);
  const after = await server.memory();
  for (const client of [...first, ...others]) client.destroy();
  await server.stop();
  return {
    heap: (after.heapUsed - before.heapUsed) / connections,
    resident: (after.rss - before.rss) / connections,
  };
}
