/**
 * Server CPU per message, side by side with socket.io and others. docs/performance.md explains the rows.
 * Servers run on one core, the load generator, which is this process, on another.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { drawChart } from "./chart.ts";
import { parseCommandLine, USAGE } from "./command-line.ts";
import { runContest } from "./contest.ts";
import { nativeFile, node as nodeOf } from "./native-package.ts";
import { affordableConnections, openFileLimit } from "./open-files.ts";
import { canPin, pinSelf } from "./pinning.ts";
import { formatRow, type Line, linesOf, toJson } from "./report.ts";
import { createRows, QUICK_ROWS, type Row } from "./rows.ts";

const GENERATOR_CORE = 1;

async function main(): Promise<void> {
  const {
    rows: names,
    quick,
    rounds,
    seconds,
    json,
    svg,
    node,
    profile,
  } = parseCommandLine(process.argv.slice(2));
  const runtime = node === undefined ? process.execPath : programOf(node);
  const limit = openFileLimit();
  const rows = chosen(
    createRows((wanted, servers) => affordableConnections(wanted, servers, limit)),
    quick && names.length === 0 ? QUICK_ROWS : names,
  );
  pinSelf(GENERATOR_CORE);
  if (!canPin) console.log("taskset is not here: nothing is pinned to a core, and figures vary more.");
  const nodeOptions = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
  const lines: Line[] = [];
  for (const row of rows) {
    const measured = linesOf(await runContest(row, { rounds, seconds, node: runtime, nodeOptions }));
    console.log(`${formatRow(measured)}\n`);
    lines.push(...measured);
  }
  if (json !== undefined)
    writeFileSync(json, toJson(lines, versionOf(runtime), { rounds, seconds, pinned: canPin }));
  if (svg !== undefined) writeFileSync(svg, drawChart(lines));
}

/** The program of another major. @throws Error where it cannot be had */
function programOf(major: string): string {
  const file = nativeFile(nodeOf(major));
  if (file === undefined) throw new Error(`Node.js ${major} cannot be had.`);
  return file;
}

function versionOf(runtime: string): string {
  return execFileSync(runtime, ["--version"], { encoding: "utf8" }).trim();
}

function chosen(rows: readonly Row[], names: readonly string[]): readonly Row[] {
  const known = rows.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`There is no row ${unknown}. Rows: ${known.join(", ")}.\n${USAGE}`);
  }
  return names.length === 0 ? rows : rows.filter(({ name }) => names.includes(name));
}

await main();
