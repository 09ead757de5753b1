/** Prints what survives cut connections, with Socket.IO's server and with ours: `pnpm spine`. */
import { ourServer, type ServerKind, stockClient, stockServer } from "./peers.ts";
import { runSpine, type SpineResult, sumOf } from "./spine.ts";

const SEEDS = 20;

/** Runs at a time; more would keep two processors from sending in time. */
const AT_ONCE = 5;

async function runSeeds(server: ServerKind, middleware: boolean): Promise<SpineResult> {
  const results: SpineResult[] = [];
  for (let first = 1; first <= SEEDS; first += AT_ONCE) {
    const seeds = Array.from({ length: AT_ONCE }, (_, index) => first + index);
    const runs = seeds.map((seed) => runSpine({ server, client: stockClient, seed, middleware }));
    results.push(...(await Promise.all(runs)));
  }
  return sumOf(results);
}

function rowOf(name: string, { reconnections, recovered, lost, doubled, falseClaims }: SpineResult): string {
  const cells = [name, reconnections, recovered, lost, doubled, falseClaims].map(String);
  return `| ${cells.join(" | ")} |`;
}

console.log(
  `| server, ${SEEDS} x 2,000 messages | reconnections | \`recovered: true\` | lost | doubled | over a hole |`,
);
console.log("| --- | --: | --: | --: | --: | --: |");
for (const middleware of [false, true]) {
  for (const server of [stockServer, ourServer]) {
    const name = `${server.name}, ${middleware ? "`skipMiddlewares: false`, 50 ms middleware" : "its defaults"}`;
    console.log(rowOf(name, await runSeeds(server, middleware)));
  }
}
