/** A redis-server of a test's own, on a free port, that keeps nothing. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { bounded } from "./bounded.ts";
import { freePort } from "./free-port.ts";

const found = spawnSync("redis-server", ["--version"]).status === 0;

/** Whether the tests must be left out. Where services are required, they run and fail instead. */
export const noRedis = !found && process.env["TELSIZ_REQUIRE_SERVICES"] !== "1";

/** A redis-server, which may be ended and started again at the same address. */
export class RedisServer {
  readonly url: string;
  readonly #port: number;
  #process: ChildProcess | undefined;

  private constructor(port: number) {
    this.url = `redis://127.0.0.1:${port}`;
    this.#port = port;
  }

  /** Starts one; resolves when it takes connections. */
  static async start(): Promise<RedisServer> {
    const server = await RedisServer.prepare();
    await server.start();
    return server;
  }

  /** One that does not run yet. */
  static async prepare(): Promise<RedisServer> {
    return new RedisServer(await freePort());
  }

  /** Starts it; resolves when it takes connections. */
  async start(): Promise<void> {
    const options = ["--port", String(this.#port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    const child = spawn("redis-server", options, { stdio: ["ignore", "pipe", "inherit"] });
    this.#process = child;
    const ready = new Promise<void>((resolve, reject) => {
      createInterface(child.stdout).on("line", (line) => {
        if (line.includes("Ready to accept connections")) resolve();
      });
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`redis-server ended with ${code ?? "a signal"}`)));
    });
    await bounded(ready, "redis-server");
  }

  /** Holds it up, or lets it go on. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#process?.kill(signal);
  }

  /** Ends it, if it runs. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }
}
