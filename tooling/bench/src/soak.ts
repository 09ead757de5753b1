/**
 * Runs a server at half of what it can take and prints how its heap goes: `pnpm bench:soak [minutes]`, ten by default. Clients echo and
 * broadcast at a steady rate, while others come, talk and go.
 */
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "./client.ts";
import { clientFrame } from "./client-frame.ts";
import { openClients } from "./client-pool.ts";
import { telsiz } from "./peer.ts";
import { buildProgram } from "./program.ts";
import { ServerProcess } from "./server-process.ts";
import { type Reading, slopeOf } from "./slope.ts";

const CLIENTS = 100;
const TICK_MS = 20;
const READING_MS = 10_000;
/** How long it is driven as fast as it goes, to know what that is. */
const FULL_SPEED_MS = 5000;
/** What is compiled, filled or grown once is no leak. */
const LEAD_IN_MS = 60_000;
/** Each tick, one client in so many goes and another comes. */
const TICKS_OF_A_CLIENT = 10;
/** A broadcast instead of an echo, once in so many messages. */
const ECHOES_OF_A_BROADCAST = 1000;

const TEXT = "x".repeat(50);
const ECHO = clientFrame("text", `42["echo","${TEXT}"]`);
const BROADCAST = clientFrame("text", `42["broadcast","${TEXT}"]`);

const minutes = Number(process.argv[2] ?? 10);
const server = await ServerProcess.start({
  program: await buildProgram(telsiz.program),
  runtime: process.execPath,
  runtimeOptions: ["--expose-gc"],
  args: [],
});
const settings = { port: server.port, dialect: telsiz.dialect };

let atFullSpeed = true;
let answered = 0;
const owner = {
  onMessages(client: Client, count: number): void {
    answered += count;
    if (atFullSpeed) for (let again = 0; again < count; again++) client.send(ECHO);
  },
  onClosed(): void {},
};

const clients = await openClients(CLIENTS, settings, owner);
for (const client of clients) client.send(ECHO);
await delay(FULL_SPEED_MS);
atFullSpeed = false;
const perTick = (answered / FULL_SPEED_MS) * TICK_MS * 0.5;
console.log(`half of full speed: ${Math.round((perTick * 1000) / TICK_MS)} messages a second`);

/** Somebody who comes, says a word and goes when it is answered. */
function visit(): void {
  new Client(
    {
      onReady: (client) => client.send(ECHO),
      onMessages: (client) => client.close(),
      onClosed() {},
    },
    settings,
  );
}

let sent = 0;
let owed = 0;
let ticks = 0;
const ticking = setInterval(() => {
  for (owed += perTick; owed >= 1; owed--) {
    clients[sent % CLIENTS]!.send(sent % ECHOES_OF_A_BROADCAST === 0 ? BROADCAST : ECHO);
    sent++;
  }
  if (++ticks % TICKS_OF_A_CLIENT === 0) visit();
}, TICK_MS);

await delay(LEAD_IN_MS);
const readings: Reading[] = [];
for (let elapsed = 0; elapsed < minutes * 60_000; elapsed += READING_MS) {
  await delay(READING_MS);
  const { heapUsed, rss } = await server.memory();
  readings.push([elapsed / 60_000, heapUsed / 1024]);
  const kib = (bytes: number): string => (bytes / 1024).toFixed(0);
  console.log(
    `${(elapsed / 1000).toFixed(0)} s: ${kib(heapUsed)} KiB heap, ${kib(rss)} KiB resident, ${sent} sent`,
  );
}
clearInterval(ticking);
console.log(`heap: ${slopeOf(readings).toFixed(2)} KiB a minute over ${minutes} minutes, ${sent} messages`);
for (const client of clients) client.destroy();
await server.stop();
