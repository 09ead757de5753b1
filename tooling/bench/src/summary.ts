/**
 * Several runs of the benchmark as tables in Markdown, the median of the runs in each cell, and as a chart:
 * `pnpm bench:summary RESULT.json ... [--svg FILE]`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { drawChart } from "./chart.ts";
import { median } from "./median.ts";
import type { Line, Result } from "./report.ts";

/** What the chart shows: one row of each kind of work. */
const CHARTED: readonly string[] = ["echo", "ack", "binary", "json", "bursts", "broadcast", "connect"];

/** Each server in each row, by the median of its runs. */
function medians(results: readonly Result[]): readonly Line[] {
  const lines = results.flatMap((result) => result.lines);
  const runs = groupBy(lines, ({ row, server }) => `${row} ${server}`);
  return runs.map((lines) => ({
    ...lines[0]!, // a key is there because of a line
    microseconds: median(lines.map(({ microseconds }) => microseconds)),
    ratio: median(lines.map(({ ratio }) => ratio)),
  }));
}

/** A table for each set of servers: their names stand above it. */
function tablesOf(lines: readonly Line[]): string {
  const rows = groupBy(lines, ({ row }) => row);
  const tables = groupBy(rows, serversOf);
  return tables.map((table) => tableOf(serversOf(table[0]!), table)).join("\n\n"); // no group is empty
}

function serversOf(row: readonly Line[]): string {
  return row.map(({ server }) => server).join(" | ");
}

/** The groups of those that have the same key, in the order in which the keys come first. */
function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    groups.set(key, [...(groups.get(key) ?? []), value]);
  }
  return [...groups.values()];
}

function tableOf(servers: string, rows: readonly (readonly Line[])[]): string {
  const rule = rows[0]!.map(() => " --- |").join(""); // a table is there because of a row
  const body = rows.map((row) => `| ${[row[0]!.title, ...row.map(cellOf)].join(" | ")} |`);
  return [`| work | ${servers} |`, `| --- |${rule}`, ...body].join("\n");
}

/** Microseconds, and how many times less than socket.io's. */
function cellOf({ microseconds, ratio }: Line): string {
  const figure = microseconds.toLocaleString("en", { maximumSignificantDigits: 3 });
  return `${figure} (${ratio.toFixed(2)})`;
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { svg: { type: "string" } } });
const lines = medians(positionals.map((file) => JSON.parse(readFileSync(file, "utf8")) as Result));
console.log(tablesOf(lines));
if (values.svg !== undefined) {
  writeFileSync(values.svg, drawChart(lines.filter(({ row }) => CHARTED.includes(row))));
}
