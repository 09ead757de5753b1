/** A terminal, and what the docs show of one. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { strangersEnvironment } from "./tarballs.ts";

/** What is typed stands behind this mark; all other lines are printed. */
const TYPED = ">";

/** Runs the command of a transcript, which is its first line. Those below are what is printed and typed, in this order. */
export class Terminal {
  /** What the page shows. */
  readonly transcript: readonly string[];
  /** What there is to see so far. */
  readonly shown: string[] = [];
  readonly #child: ChildProcess;
  readonly #printed: AsyncIterator<string, undefined>;
  /** With all that it has started. */
  readonly #ended: Promise<unknown>;

  /** @param transcript its command behind a `$` */
  constructor(transcript: string, folder: string, port: number) {
    const [command = "", ...lines] = transcript.split("\n");
    this.transcript = lines;
    const child = spawn("sh", ["-c", command.replace(/^\$ /, "")], {
      cwd: folder,
      env: { ...strangersEnvironment(), PORT: String(port) },
      stdio: ["pipe", "pipe", "inherit"],
      detached: true, // a group of its own, so that all of it can be ended
    });
    this.#child = child;
    this.#ended = once(child, "close");
    this.#printed = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** Types what there is to type and waits for what is printed, for as many lines as the transcript has. */
  async play(lines = this.transcript.length - this.shown.length): Promise<void> {
    const begin = this.shown.length;
    for (const line of this.transcript.slice(begin, begin + lines)) {
      if (line.startsWith(TYPED)) this.#type(line);
      else this.shown.push((await this.#printed.next()).value ?? "(it has ended)");
    }
  }

  /** Ends what is typed, as Ctrl+D does. @returns the code with which the program ends */
  async leave(): Promise<number | null> {
    this.#child.stdin!.end();
    await this.#ended;
    return this.#child.exitCode;
  }

  /** Ends the program, as Ctrl+C does, if it has not ended. */
  async interrupt(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, "SIGINT");
    await this.#ended;
  }

  #type(line: string): void {
    this.shown.push(line);
    this.#child.stdin!.write(`${line.slice(TYPED.length).trimStart()}\n`);
  }
}
