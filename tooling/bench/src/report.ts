/** The result, for people and for programs. */
import { cpus } from "node:os";
import type { RowResult } from "./contest.ts";
import type { Sample } from "./measurement.ts";
import { median } from "./median.ts";
import { socketIo } from "./peer.ts";

/** One server in one row. Medians of all rounds. */
export interface Line {
  readonly row: string;
  readonly title: string;
  readonly unit: string;
  readonly server: string;
  readonly microseconds: number;
  /** Of the rounds. */
  readonly lowest: number;
  readonly highest: number;
  /** How many times better than socket.io in the same round. */
  readonly ratio: number;
  readonly perSecond: number;
  readonly serverUse: number;
  readonly generatorUse: number;
  readonly samples: readonly Sample[];
}

/** A whole run, as `--json` writes it. */
export interface Result {
  readonly date: string;
  readonly machine: object;
  readonly settings: object;
  readonly lines: readonly Line[];
}

const SIGNIFICANT_DIGITS = 4;

/** The lines of one row. @throws Error if socket.io was not measured in it */
export function linesOf({ row, servers }: RowResult): readonly Line[] {
  const reference = servers.find(({ peer }) => peer.name === socketIo.name);
  if (reference === undefined) throw new Error(`Row ${row.name} has nothing to compare with.`);
  return servers.map(({ peer, samples }) => {
    const costs = samples.map(({ microseconds }) => microseconds);
    const ratios = reference.samples.map(({ microseconds }, round) => microseconds / costs[round]!);
    return {
      row: row.name,
      title: row.title,
      unit: row.unit,
      server: peer.name,
      microseconds: median(costs),
      lowest: Math.min(...costs),
      highest: Math.max(...costs),
      ratio: median(ratios),
      perSecond: median(samples.map(({ perSecond }) => perSecond)),
      serverUse: median(samples.map(({ serverUse }) => serverUse)),
      generatorUse: median(samples.map(({ generatorUse }) => generatorUse)),
      samples,
    };
  });
}

const HEADINGS = ["", "CPU µs", "lowest-highest", "× socket.io", "per second", "server", "generator"];

/** One row as text. */
export function formatRow(lines: readonly Line[]): string {
  const table = [HEADINGS, ...lines.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...table.map((cells) => cells[column]!.length)));
  const body = table.map((cells) =>
    cells.map((cell, column) => pad(cell, widths[column]!, column)).join("  "),
  );
  const { row, title, unit } = lines[0]!; // a row has at least one server
  return [`${row}: ${title}; per ${unit}`, ...body].join("\n");
}

/** All of it, with where it was measured, and on which version of Node.js. */
export function toJson(lines: readonly Line[], node: string, settings: object): string {
  const machine = {
    node,
    platform: process.platform,
    cpu: cpus()[0]?.model,
    cores: cpus().length,
  };
  const result: Result = { date: new Date().toISOString(), machine, settings, lines };
  return `${JSON.stringify(result, rounded, 2)}\n`;
}

/** Four digits: more would be the machine's mood. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(SIGNIFICANT_DIGITS)) : value;
}

function cellsOf(line: Line): readonly string[] {
  return [
    line.server,
    line.microseconds.toFixed(2),
    `${line.lowest.toFixed(2)}-${line.highest.toFixed(2)}`,
    line.ratio.toFixed(2),
    Math.round(line.perSecond).toLocaleString("en"),
    `${Math.round(line.serverUse * 100)} %`,
    `${Math.round(line.generatorUse * 100)} %`,
  ];
}

/** Names stand to the left, figures to the right. */
function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}
