/**
 * Drains a server under load while another takes over: `pnpm bench:drain [clients]`, 5,000 by default. Each client has asked
 * something when the drain begins, broadcasts go on, and who is disconnected connects to the other server, after a time
 * that is drawn as the client of Telsiz does.
 */
import { setTimeout as delay } from "node:timers/promises";
import { Client, type ClientSettings } from "./client.ts";
import { clientFrame } from "./client-frame.ts";
import { openClients } from "./client-pool.ts";
import { affordableConnections, openFileLimit } from "./open-files.ts";
import { telsiz } from "./peer.ts";
import { pinSelf } from "./pinning.ts";
import { buildProgram } from "./program.ts";
import { ServerProcess } from "./server-process.ts";
import type { Drained } from "./servers/drain.ts";

const GENERATOR_CORE = 1;
/** The first waiting time of a client, of which it draws a part. */
const RECONNECTION_DELAY_MS = 1_000;
const BIN_MS = 100;

async function start(source: string): Promise<ServerProcess> {
  const program = await buildProgram(source);
  return ServerProcess.start({ program, runtime: process.execPath, runtimeOptions: [], args: [] });
}

const count = affordableConnections(Number(process.argv[2] ?? 5_000), 1, openFileLimit());
pinSelf(GENERATOR_CORE);
const first = await start("servers/drain.ts");
const second = await start(telsiz.program);
const next: ClientSettings = { port: second.port, dialect: telsiz.dialect };
const numbers = new Map<Client, number>();
const got: number[] = Array.from({ length: count }, () => 0);
const returned: Client[] = [];
const returnTimes: number[] = [];

const visitor = {
  onReady: () => void returnTimes.push(performance.now()),
  onMessages() {},
  onClosed() {},
};

const clients = await openClients(
  count,
  { port: first.port, dialect: telsiz.dialect },
  {
    onMessages: (client, messages) => {
      got[numbers.get(client)!]! += messages;
    },
    onClosed: () => {
      setTimeout(() => returned.push(new Client(visitor, next)), Math.random() * RECONNECTION_DELAY_MS);
    },
  },
);
for (const [number, client] of clients.entries()) {
  numbers.set(client, number);
  client.send(clientFrame("text", `420["who",${number}]`));
}
const beginMs = performance.now();
const { sent, cutOff } = (await first.ask("drain")) as Drained;
const drainedMs = performance.now() - beginMs;
while (returnTimes.length < count) await delay(BIN_MS);

// Beside the broadcasts, each has got the answer to its question.
const lost = sent.reduce((sum, messages, number) => sum + Math.abs(messages + 1 - got[number]!), 0);
const total = got.reduce((sum, messages) => sum + messages, 0);
const bins = new Map<number, number>();
for (const time of returnTimes) {
  const bin = Math.floor((time - beginMs) / BIN_MS);
  bins.set(bin, (bins.get(bin) ?? 0) + 1);
}
const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(1);
console.log(`${count} clients, drained in ${seconds(drainedMs)} s; ${cutOff} were cut off`);
console.log(`${total} messages arrived, ${lost} were lost`);
console.log(
  `back on the other server after ${seconds(Math.max(...returnTimes) - beginMs)} s at most; ` +
    `in any ${BIN_MS} ms ${((Math.max(...bins.values()) / count) * 100).toFixed(1)} % of them at most`,
);
for (const client of returned) client.destroy();
await Promise.all([first.stop(), second.stop()]);
