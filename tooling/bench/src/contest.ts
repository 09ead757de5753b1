/** A row in progress: all its servers side by side, measured in turn, round by round. */
import { buildProgram } from "./program.ts";
import type { Load } from "./load.ts";
import { measure, type Sample } from "./measurement.ts";
import type { Peer } from "./peer.ts";
import type { Row } from "./rows.ts";
import { nativeFile } from "./native-package.ts";
import { type Launch, ServerProcess } from "./server-process.ts";

/** How long each server works before its first round, in seconds, for its code to be compiled. */
const WARM_UP_SECONDS = 1;

/** What a row's rounds gave, server by server in the row's order. */
export interface RowResult {
  readonly row: Row;
  readonly servers: readonly { readonly peer: Peer; readonly samples: readonly Sample[] }[];
}

/** How long and how a row is measured. */
export interface ContestSettings {
  readonly rounds: number;
  readonly seconds: number;
  /** The program of Node.js that runs the servers. */
  readonly node: string;
  /** Arguments for it. */
  readonly nodeOptions: readonly string[];
}

interface Contestant {
  readonly peer: Peer;
  readonly server: ServerProcess;
  readonly load: Load;
  readonly samples: Sample[];
}

/** Measures one row. */
export async function runContest(row: Row, settings: ContestSettings): Promise<RowResult> {
  const contestants: Contestant[] = [];
  for (const peer of row.peers) {
    const launch = await launchOf(peer, settings);
    if (launch === undefined)
      console.log(`${peer.name} is left out: ${peer.needs!.package.name} cannot be had.`);
    else contestants.push(await enter(row, peer, launch));
  }
  for (const { load, server } of contestants) await measure(load, server.pid, WARM_UP_SECONDS);
  for (let round = 0; round < settings.rounds; round++) {
    for (const { load, server, samples } of contestants) {
      samples.push(await measure(load, server.pid, settings.seconds));
    }
  }
  for (const { load } of contestants) load.close();
  for (const { server } of contestants) await server.stop();
  return { row, servers: contestants };
}

async function enter(row: Row, peer: Peer, launch: Launch): Promise<Contestant> {
  const server = await ServerProcess.start(launch);
  const load = row.createLoad({ port: server.port, dialect: peer.dialect });
  await load.open();
  return { peer, server, load, samples: [] };
}

/** How the peer is started; `undefined` where something that it needs is not to be had. */
async function launchOf(
  { program, args = [], needs }: Peer,
  { node, nodeOptions }: ContestSettings,
): Promise<Launch | undefined> {
  const built = await buildProgram(program);
  const ownRuntime = { program: built, runtime: node, runtimeOptions: nodeOptions };
  if (needs === undefined) return { ...ownRuntime, args };
  const file = nativeFile(needs.package);
  if (file === undefined) return undefined;
  if (needs.as === "module") return { ...ownRuntime, args: [file] };
  return { program: built, runtime: file, runtimeOptions: [], args: [] };
}
