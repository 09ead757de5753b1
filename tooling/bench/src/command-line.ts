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
  /** Where the result is written as JSON. */
  readonly json: string | undefined;
  /** A directory for CPU profiles of the servers, which measure themselves while being measured. */
  readonly profile: string | undefined;
}

/** How to call it. */
export const USAGE = "pnpm bench [row ...] [--rounds 5] [--seconds 2] [--json FILE] [--profile DIRECTORY]";

/** Reads the arguments. @throws TypeError, RangeError if they make no sense */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "2" },
      json: { type: "string" },
      profile: { type: "string" },
    },
  });
  return {
    rows: positionals,
    rounds: positive("rounds", values.rounds),
    seconds: positive("seconds", values.seconds),
    json: values.json,
    profile: values.profile,
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new RangeError(`--${name} must be a positive number, not ${text}.`);
}
