/** What the benchmark is asked for. */
import { parseArgs } from "node:util";

/** The answers. */
export interface CommandLine {
  /** Names of rows; all if there are none. */
  readonly rows: readonly string[];
  /** How often each server of a row is measured. */
  readonly rounds: number;
  /** How long one measurement takes, in seconds. */
  readonly seconds: number;
  /** Whether to measure few rows, a few times: about a minute. */
  readonly quick: boolean;
  /** Where the result is written as JSON. */
  readonly json: string | undefined;
  /** Where the result is drawn. */
  readonly svg: string | undefined;
  /** The major of Node.js that the servers run on; that of this process if there is none. */
  readonly node: string | undefined;
  /** A directory for CPU profiles of the servers, which measure themselves while being measured. */
  readonly profile: string | undefined;
}

/** How to call it. */
export const USAGE =
  "pnpm bench [row ...] [--quick] [--rounds 5] [--seconds 2] [--json FILE] [--svg FILE] [--node MAJOR] [--profile DIRECTORY]";

/** Reads the arguments. @throws TypeError, RangeError if they make no sense */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      rounds: { type: "string" },
      seconds: { type: "string" },
      json: { type: "string" },
      svg: { type: "string" },
      node: { type: "string" },
      profile: { type: "string" },
    },
  });
  return {
    rows: positionals,
    quick: values.quick,
    rounds: positive("rounds", values.rounds ?? (values.quick ? "3" : "5")),
    seconds: positive("seconds", values.seconds ?? (values.quick ? "0.7" : "2")),
    json: values.json,
    svg: values.svg,
    node: values.node,
    profile: values.profile,
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new RangeError(`--${name} must be a positive number, not ${text}.`);
}
