/** The logs that the environment variable `DEBUG` asks for, on the standard error stream. */
import { createLogs, type Logs } from "@telsiz/events";

/** The part of `process` that they are made of. */
export interface LoggingProcess {
  readonly env: { readonly [name: string]: string | undefined };
  readonly stderr: { write(text: string): unknown };
}

/** Reads the variable anew, since a program may set it after it has loaded this. */
export function nodeLogs({ env, stderr }: LoggingProcess): Logs {
  return createLogs(env["DEBUG"], (area, line) => {
    stderr.write(`${new Date().toISOString()} ${area} ${line}\n`);
  });
}
