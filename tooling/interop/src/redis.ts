/** A redis-server of a test's own, on a free port, that keeps nothing. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { bounded } from "@telsiz/testkit";

const found = spawnSync("redis-server", ["--version"]).status === 0;

/** Whether the tests must be left out. Where services are required, they run and fail instead. */
export const noRedis = !found && process.env["TELSIZ_REQUIRE_SERVICES"] !== "1";

/** A process of redis-server. */
export class RedisServer {
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(port: number, child: ChildProcess) {
    this.url = `redis://127.0.0.1:${port}`;
    this.#process = child;
  }

  /** Starts one; resolves when it takes connections. */
  static async start(): Promise<RedisServer> {
    const port = await freePort();
    const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    const child = spawn("redis-server", options, { stdio: ["ignore", "pipe", "inherit"] });
    const ready = new Promise<void>((resolve, reject) => {
      createInterface(child.stdout).on("line", (line) => {
        if (line.includes("Ready to accept connections")) resolve();
      });
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`redis-server ended with ${code ?? "a signal"}`)));
    });
    await bounded(ready, "redis-server");
    return new RedisServer(port, child);
  }

  /** Ends it. */
  async stop(): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.kill();
    await ended;
  }
}

/** A port that nobody listens on now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
