/** A short proof that a part of the API does what it should. */
import { describe } from "../describe.ts";
import type { Recorder } from "./recorder.ts";

export interface Check<Stage> {
  title: string;
  /** What comes out, in the words of `describe`. */
  expected: string;
  run: (stage: Stage) => unknown;
}

/** How a check went. */
export interface CheckResult {
  title: string;
  expected: string;
  seen: string;
  /** The members that it used, if it went as expected. */
  proved: string[];
}

/** How long a check may take, in milliseconds. */
const PATIENCE = 10_000;

/** Runs a check on a stage of its own, which is cleared afterwards. */
export async function perform<Stage>(
  { title, expected, run }: Check<Stage>,
  recorder: Recorder,
  onStage: (perform: (stage: Stage) => Promise<unknown>) => Promise<unknown>,
): Promise<CheckResult> {
  recorder.take();
  const seen = await onStage(async (stage) => within(PATIENCE, run(stage))).then(describe, describe);
  return { title, expected, seen, proved: seen === expected ? recorder.take() : [] };
}

async function within(milliseconds: number, work: unknown): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("took too long")), milliseconds);
  });
  return Promise.race([work, tooLate]).finally(() => clearTimeout(timer));
}

/** The code of a check, out of its file, where prettier puts each at the same indentation. */
export function codeOf(source: string, title: string): string {
  const check = source.slice(source.indexOf(`title: ${JSON.stringify(title)}`));
  const line = check.split("\n", 1)[0]!;
  const block = line.includes(" run") ? line.replace(/ \},$/, "") : check.split("\n  }", 1)[0]!;
  return block
    .slice(block.search(/(?:async )?run\b/))
    .replaceAll(/^ {4}/gm, "")
    .replace(/,$/, "");
}
