/** Counts the writes to the network that a server makes for its messages: what costs it most, whoever calls it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { clientFrame, repeated } from "../src/client-frame.ts";
import { openClients } from "../src/client-pool.ts";
import { telsiz } from "../src/peer.ts";
import { buildProgram } from "../src/program.ts";
import { ServerProcess } from "../src/server-process.ts";

/** Also where it is installed, it may not be allowed to watch a process. */
const canTrace = spawnSync("strace", ["-o", "/dev/null", "true"]).status === 0;

const ROUNDS = 20;
const PIPELINED = 16;
/** For the answer to the upgrade with the open packet, and to CONNECT. */
const WRITES_OF_CONNECTING = 3;

/** What the server writes while a client sends `rounds` times `messages` at once, each time when all are answered. */
async function writes(rounds: number, messages: number): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), "telsiz-strace-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const log = join(directory, "calls");
  const server = await ServerProcess.start({
    program: await buildProgram(telsiz.program),
    runtime: "strace",
    runtimeOptions: [
      "-f",
      "-yy",
      "-qq",
      "-e",
      "trace=write,writev,sendto,sendmsg",
      "-o",
      log,
      process.execPath,
    ],
    args: [],
  });
  const batch = repeated(clientFrame("text", '42["echo","merhaba"]'), messages);
  let left = rounds;
  let missing = 0;
  await new Promise<void>((resolve, reject) => {
    const send = (client: { send(bytes: Buffer): void }): void => {
      missing = messages;
      if (left-- > 0) client.send(batch);
      else resolve();
    };
    openClients(
      1,
      { port: server.port, dialect: telsiz.dialect },
      {
        onMessages(client, count) {
          missing -= count;
          if (missing === 0) send(client);
        },
        onClosed: () => reject(new Error("The connection was closed.")),
      },
    ).then(([client]) => send(client!), reject);
  });
  await server.stop();
  return readFileSync(log, "utf8")
    .split("\n")
    .filter((call) => /\b\w+\(\d+<TCP/.test(call)).length;
}

describe.skipIf(!canTrace)("the writes of a server (needs strace)", () => {
  it("are one for all answers of a loop turn", async () => {
    const count = await writes(ROUNDS, PIPELINED);
    expect(count).toBeGreaterThanOrEqual(ROUNDS);
    // The network may deliver a batch in two parts, now and then.
    expect(count).toBeLessThanOrEqual(1.5 * ROUNDS + WRITES_OF_CONNECTING);
  });

  it("are one for an answer that is alone", async () => {
    const count = await writes(ROUNDS, 1);
    expect(count).toBeGreaterThanOrEqual(ROUNDS);
    expect(count).toBeLessThanOrEqual(ROUNDS + WRITES_OF_CONNECTING);
  });
});
