/**
 * How long messages take at fixed rates: `pnpm bench:latency [rounds]`. The rates are parts of what socket.io can do at
 * most; at each, both servers take turns.
 */
import { clientFrame } from "./client-frame.ts";
import { measure } from "./measurement.ts";
import { median } from "./median.ts";
import { PacedLoad, type PacedWork } from "./paced-load.ts";
import { type Peer, socketIo, telsiz } from "./peer.ts";
import { pinSelf } from "./pinning.ts";
import { buildProgram } from "./program.ts";
import { createRows } from "./rows.ts";
import { ServerProcess } from "./server-process.ts";

const PARTS = [0.2, 0.5, 0.8];
const SECONDS = 2;
const GENERATOR_CORE = 1;
const TEXT = "x".repeat(50);

/** What is asked, and the row of the benchmark that tells how much of it socket.io can do. */
interface Latency {
  readonly title: string;
  readonly row: string;
  /** How many messages of that row are one question. */
  readonly messages: number;
  readonly work: PacedWork;
}

const LATENCIES: readonly Latency[] = [
  {
    title: "echo 50 B, 100 connections",
    row: "echo-unpipelined",
    messages: 1,
    work: { question: clientFrame("text", `42["echo","${TEXT}"]`), connections: 100, reaches: "asker" },
  },
  {
    title: "broadcast 50 B to 1,000 connections",
    row: "broadcast",
    messages: 1000,
    work: { question: clientFrame("text", `42["broadcast","${TEXT}"]`), connections: 1000, reaches: "all" },
  },
];

/** One server with its clients, and what it showed at each of the rates: p50 and p99 of each round. */
interface Contestant {
  readonly peer: Peer;
  readonly server: ServerProcess;
  readonly load: PacedLoad;
  readonly rounds: { readonly p50: number; readonly p99: number }[][];
}

async function start(peer: Peer): Promise<ServerProcess> {
  const program = await buildProgram(peer.program);
  return ServerProcess.start({ program, runtime: process.execPath, runtimeOptions: [], args: [] });
}

/** How many questions a second keep socket.io busy all of the time. */
async function capacity({ row: name, messages }: Latency): Promise<number> {
  const row = createRows((wanted) => wanted).find((candidate) => candidate.name === name)!;
  const server = await start(socketIo);
  const load = row.createLoad({ port: server.port, dialect: socketIo.dialect });
  await load.open();
  await measure(load, server.pid, 1);
  const { perSecond, serverUse } = await measure(load, server.pid, SECONDS);
  load.close();
  await server.stop();
  return perSecond / serverUse / messages;
}

async function enter(peer: Peer, work: PacedWork): Promise<Contestant> {
  const server = await start(peer);
  const load = await PacedLoad.open(work, { port: server.port, dialect: peer.dialect });
  return { peer, server, load, rounds: PARTS.map(() => []) };
}

function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.floor(sorted.length * part)]!;
}

async function runLatency(latency: Latency, rounds: number): Promise<void> {
  const most = await capacity(latency);
  const contestants = [await enter(telsiz, latency.work), await enter(socketIo, latency.work)];
  for (const { load } of contestants) await load.run(most / 2, 1);
  for (let round = 0; round < rounds; round++) {
    for (const [index, part] of PARTS.entries()) {
      for (const { load, rounds } of contestants) {
        const sorted = [...(await load.run(most * part, SECONDS))].sort((a, b) => a - b);
        rounds[index]!.push({ p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) });
      }
    }
  }
  console.log(`${latency.title}; socket.io can do ${Math.round(most).toLocaleString("en")} a second; ms`);
  for (const [index, part] of PARTS.entries()) {
    for (const { peer, rounds } of contestants) {
      const p50 = median(rounds[index]!.map((round) => round.p50)).toFixed(2);
      const p99 = median(rounds[index]!.map((round) => round.p99)).toFixed(2);
      console.log(`  ${(part * 100).toFixed(0)} %  ${peer.name.padEnd(9)}  p50 ${p50}  p99 ${p99}`);
    }
  }
  for (const { load, server } of contestants) {
    load.close();
    await server.stop();
  }
}

pinSelf(GENERATOR_CORE);
for (const latency of LATENCIES) await runLatency(latency, Number(process.argv[2] ?? 5));
