/** python3-socketio as the peer: a program of python/ that is told what to do, and reports what it sees. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Inbox, tag, untag } from "@telsiz/testkit";

/** The Python that the packages of the distribution are installed for. */
const PYTHON = "/usr/bin/python3";

const NEEDED = ["socketio", "aiohttp", "requests", "websocket"];

const found = spawnSync(PYTHON, ["-c", `import ${NEEDED.join()}`]).status === 0;

/** Whether the tests must be left out. Where services are required, they run and fail instead. */
export const noPython = !found && process.env["TELSIZ_REQUIRE_SERVICES"] !== "1";

/**
 * What python-engineio says of packets that it could not take. Its handler of a disconnection is left out: in the
 * client for threads it walks over a table that another thread may be changing.
 */
export const REFUSED = /(?<!disconnect )(async )?handler error|receive error|exception was never retrieved/;

/** A process that runs a program of `python/`. */
export class PythonPeer {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #reports = new Map<string, Inbox<unknown>>();
  #complaints = "";

  /** @param program its file and arguments */
  constructor(...[file, ...args]: [string, ...string[]]) {
    this.#process = spawn(PYTHON, [join(import.meta.dirname, "../python", file), ...args]);
    createInterface(this.#process.stdout).on("line", (line) => {
      const [kind, value] = JSON.parse(line) as [string, unknown];
      this.#inbox(kind).put(untag(value));
    });
    this.#process.stderr.on("data", (chunk: Buffer) => (this.#complaints += chunk.toString()));
  }

  /** What it wrote of failures. */
  get complaints(): string {
    return this.#complaints;
  }

  /** Gives it a command. */
  tell(command: string, options: object = {}): void {
    this.#process.stdin.write(`${JSON.stringify([command, tag(options)])}\n`);
  }

  /** Resolves with the oldest report of a kind that nobody has taken, which may have yet to come. */
  report(kind: string): Promise<unknown> {
    return this.#inbox(kind).take();
  }

  /** Ends it. */
  async stop(): Promise<void> {
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exited;
  }

  #inbox(kind: string): Inbox<unknown> {
    let inbox = this.#reports.get(kind);
    if (inbox === undefined) this.#reports.set(kind, (inbox = new Inbox(`"${kind}" of the Python process`)));
    return inbox;
  }
}
