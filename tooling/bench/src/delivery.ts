/**
 * What it costs to lose no event of a client with its connection: CPU time of client and server for each event that the client
 * sends, with the option `delivery` and without: `pnpm bench:delivery [rounds]`. The connection is not cut.
 */
import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { io, type Socket } from "@telsiz/client";
import { cpuMicroseconds } from "./cpu-meter.ts";
import { median } from "./median.ts";
import { telsiz } from "./peer.ts";
import { pinSelf } from "./pinning.ts";
import { buildProgram } from "./program.ts";
import { ServerProcess } from "./server-process.ts";

const EVENTS = 200_000;
const WARM_UP_EVENTS = 50_000;
/** Events that are emitted in one turn. */
const BATCH = 100;
/** The server is asked so often, and waited for, that no more than so many events are under way. */
const UNDER_WAY = 2_000;
const TEXT = "x".repeat(100);
const GENERATOR_CORE = 1;

/** Microseconds for each event. */
interface Cost {
  readonly client: number;
  readonly server: number;
}

async function run(program: string, delivers: boolean): Promise<Cost> {
  const args = ["--recovery", ...(delivers ? [] : ["--no-delivery"])];
  const server = await ServerProcess.start({ program, runtime: process.execPath, runtimeOptions: [], args });
  const client = io(`http://127.0.0.1:${server.port}`, {
    forceNew: true,
    transports: ["websocket"],
    ...(delivers ? {} : { delivery: false }),
  });
  await once(client as unknown as NodeJS.EventEmitter, "connect");
  await send(client, WARM_UP_EVENTS);
  const before = { client: cpuMicroseconds(process.pid), server: cpuMicroseconds(server.pid) };
  await send(client, EVENTS);
  const cost = {
    client: (cpuMicroseconds(process.pid) - before.client) / EVENTS,
    server: (cpuMicroseconds(server.pid) - before.server) / EVENTS,
  };
  client.disconnect();
  await server.stop();
  return cost;
}

async function send(client: Socket, events: number): Promise<void> {
  for (let sent = 0; sent < events; sent += BATCH) {
    for (let event = 0; event < BATCH; event++) client.emit("unheard", event, TEXT);
    if (sent % UNDER_WAY === 0) await client.emitWithAck("ask", sent);
    else await setImmediate();
  }
  await client.emitWithAck("ask", events);
}

const rounds = Number(process.argv[2] ?? 7);
pinSelf(GENERATOR_CORE);
const program = await buildProgram(telsiz.program);
const pairs: [withIt: Cost, without: Cost][] = [];
for (let round = 0; round < rounds; round++) {
  // By turns, so that neither always comes first.
  const first = await run(program, round % 2 === 0);
  const second = await run(program, round % 2 !== 0);
  pairs.push(round % 2 === 0 ? [first, second] : [second, first]);
}
console.log(`CPU for each event that a client sends, ${EVENTS} of them; medians of ${rounds} pairs:`);
for (const side of ["client", "server"] as const) {
  const figure = (which: 0 | 1): string => median(pairs.map((pair) => pair[which][side])).toFixed(2);
  const ratio = median(pairs.map(([withIt, without]) => withIt[side] / without[side]));
  console.log(`${side}: ${figure(0)} µs with delivery, ${figure(1)} without, ${ratio.toFixed(3)} times`);
}
