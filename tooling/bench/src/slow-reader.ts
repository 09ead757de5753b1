/**
 * What one client that reads nothing costs the server, and the others: `pnpm bench:slow-reader [rounds]`. Each run with it
 * stands beside one in which the same client reads everything, and one in which it is sent nothing.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "./client.ts";
import { clientFrame } from "./client-frame.ts";
import { openClients } from "./client-pool.ts";
import { median } from "./median.ts";
import { type Peer, socketIo, telsiz } from "./peer.ts";
import { pinSelf } from "./pinning.ts";
import { buildProgram } from "./program.ts";
import { ServerProcess } from "./server-process.ts";
import type { Flood } from "./servers/flood.ts";

const FLOOD: Flood = { perSecond: 10_000, seconds: 10, text: "x".repeat(100) };
const NEIGHBOURS = 20;
/** Each neighbour sends its next echo so long after the last was answered, in milliseconds. */
const PAUSE_MS = 10;
const WARM_UP_MS = 2_000;
const SAMPLE_MS = 100;
const ECHO = clientFrame("text", `42["echo","${"y".repeat(50)}"]`);
const GENERATOR_CORE = 1;

/** What the client does with the flood. */
const READERS = ["reads nothing", "reads all", "is sent nothing"] as const;
type Reader = (typeof READERS)[number];

/** What one run showed. */
interface Run {
  /** By how much the process grew at most, in MB. */
  readonly grownMb: number;
  /** The echo that 99 of 100 beat, in milliseconds. */
  readonly p99Ms: number;
}

async function run(program: string, { dialect }: Peer, does: Reader): Promise<Run> {
  const server = await ServerProcess.start({
    program,
    runtime: process.execPath,
    runtimeOptions: [],
    args: [],
  });
  const settings = { port: server.port, dialect };
  const [reader] = await openClients(1, settings, { onMessages() {}, onClosed() {} });
  const times: number[] = [];
  const neighbours = await openNeighbours(settings, times);
  await sleep(WARM_UP_MS);
  times.length = 0;
  const before = residentMb(server.pid);
  if (does === "reads nothing") reader!.pause();
  if (does !== "is sent nothing") reader!.send(clientFrame("text", `42["flood",${JSON.stringify(FLOOD)}]`));
  let most = before;
  const end = performance.now() + FLOOD.seconds * 1000;
  while (performance.now() < end) {
    await sleep(SAMPLE_MS);
    most = Math.max(most, residentMb(server.pid));
  }
  for (const client of [reader!, ...neighbours]) client.destroy();
  await server.stop();
  return { grownMb: most - before, p99Ms: times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)]! };
}

/** Clients that ask for an echo again and again, and note how long it takes. */
async function openNeighbours(
  settings: Parameters<typeof openClients>[1],
  times: number[],
): Promise<readonly Client[]> {
  const sentAt = new Map<Client, number>();
  const send = (client: Client): void => {
    sentAt.set(client, performance.now());
    client.send(ECHO);
  };
  const neighbours = await openClients(NEIGHBOURS, settings, {
    onMessages: (client) => {
      times.push(performance.now() - sentAt.get(client)!);
      setTimeout(send, PAUSE_MS, client);
    },
    onClosed() {},
  });
  for (const client of neighbours) send(client);
  return neighbours;
}

/** The pages that a process has in memory (proc(5), status). */
function residentMb(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))!;
  return Number(kib) / 1024;
}

const rounds = Number(process.argv[2] ?? 3);
pinSelf(GENERATOR_CORE);
const peers = await Promise.all(
  [telsiz, socketIo].map(async (peer) => ({
    peer,
    program: await buildProgram(peer.program),
    runs: [] as Record<Reader, Run>[],
  })),
);
for (let round = 0; round < rounds; round++) {
  for (const { peer, program, runs } of peers) {
    const entries: [Reader, Run][] = [];
    for (const does of READERS) entries.push([does, await run(program, peer, does)]);
    runs.push(Object.fromEntries(entries) as Record<Reader, Run>);
  }
}
console.log(
  `One client and ${FLOOD.perSecond} messages of 100 characters a second for ${FLOOD.seconds} s; medians of ${rounds}, ` +
    "memory that was added and the p99 of the others' echoes, and how many times that is the one beside a client that is sent nothing:",
);
for (const { peer, runs } of peers) {
  for (const does of READERS) {
    const grown = median(runs.map((run) => run[does].grownMb));
    const p99 = median(runs.map((run) => run[does].p99Ms));
    const times = median(runs.map((run) => run[does].p99Ms / run["is sent nothing"].p99Ms));
    console.log(
      `${peer.name}, it ${does}: +${grown.toFixed(1)} MB, ${p99.toFixed(2)} ms, ${times.toFixed(2)} times`,
    );
  }
}
