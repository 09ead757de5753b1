/** A server under test in a process of its own, pinned to one core. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { pinnedCommand } from "./pinning.ts";

const SERVER_CORE = 0;

/** How a server is started. */
export interface Launch {
  readonly program: string;
  /** What runs it: Node.js, or another. */
  readonly runtime: string;
  /** Arguments for that. */
  readonly runtimeOptions: readonly string[];
  /** Arguments for the program. */
  readonly args: readonly string[];
}

/** A server that runs. */
export class ServerProcess {
  readonly pid: number;
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, pid: number, port: number) {
    this.#child = child;
    this.pid = pid;
    this.port = port;
  }

  /** Starts a program, and resolves when it listens. */
  static async start({ program, runtime, runtimeOptions, args }: Launch): Promise<ServerProcess> {
    const [command, ...rest] = pinnedCommand(SERVER_CORE, [runtime, ...runtimeOptions, program, ...args]);
    const child = spawn(command!, rest, {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      env: { ...process.env, NODE_ENV: "production" },
    });
    const [port] = (await Promise.race([
      once(child, "message"),
      once(child, "exit").then(() => {
        throw new Error(`${program} ended before it listened.`);
      }),
    ])) as [number]; // see servers/announce.ts
    return new ServerProcess(child, child.pid!, port);
  }

  /** What it has in memory: after the garbage is collected, where that is exposed, or just as it is. */
  async memory(collected = true): Promise<NodeJS.MemoryUsage> {
    return (await this.ask(collected)) as NodeJS.MemoryUsage; // see servers/announce.ts
  }

  /** Asks the program something, and resolves with its answer. */
  async ask(question: string | boolean): Promise<unknown> {
    const answer = once(this.#child, "message");
    this.#child.send(question);
    const [given] = (await answer) as [unknown];
    return given;
  }

  /** Ends it. */
  async stop(): Promise<void> {
    const exit = once(this.#child, "exit");
    this.#child.disconnect();
    await exit;
  }
}
