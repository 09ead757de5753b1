/** A server under test in a process of its own, pinned to one core. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { pinnedCommand } from "./pinning.ts";

const SERVER_CORE = 0;

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

  /** Starts `program`, and resolves when it listens. @param nodeOptions more arguments for Node.js itself */
  static async start(program: string, nodeOptions: readonly string[] = []): Promise<ServerProcess> {
    const [command, ...args] = pinnedCommand(SERVER_CORE, [process.execPath, ...nodeOptions, program]);
    const child = spawn(command!, args, {
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

  /** Ends it. */
  async stop(): Promise<void> {
    const exit = once(this.#child, "exit");
    this.#child.disconnect();
    await exit;
  }
}
