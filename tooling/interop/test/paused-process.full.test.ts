/** A server whose process is stopped for longer than its ping timeout: who has answered the ping in time is not disconnected. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { bounded } from "@telsiz/testkit";
import { expect, it, onTestFinished } from "vitest";
import { WebSocketPeer } from "../src/websocket-peer.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** How long the process is stopped, in milliseconds: three times the ping timeout of the server. */
const PAUSE_MS = 3_000;

const CLIENTS = 20;

/** Starts the server; it ends with the test. */
async function startServer(): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(join(ROOT, "tooling/interop/src/paused-server.ts"), {
    cwd: ROOT,
    execArgv: ["--conditions=@telsiz/source", "--import", "tsx"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const [{ port }] = (await bounded(once(child, "message"), "the server")) as [{ port: number }];
  return { child, port };
}

it.skipIf(process.platform === "win32")("disconnects nobody after SIGSTOP and SIGCONT", async () => {
  const { child, port } = await startServer();
  const left: unknown[] = [];
  child.on("message", (message) => left.push(message));
  const peers = await Promise.all(Array.from({ length: CLIENTS }, () => WebSocketPeer.join(port)));
  onTestFinished(() => {
    for (const peer of peers) peer.terminate();
  });
  const pings = (): Promise<unknown[]> => Promise.all(peers.map((peer) => peer.frames.take()));

  await pings();
  child.kill("SIGSTOP");
  for (const peer of peers) peer.send("3"); // in time, but to a process that does not run
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS)); // the pause itself is what is tested
  child.kill("SIGCONT");

  expect(await pings()).toEqual(Array.from({ length: CLIENTS }, () => "2"));
  expect(left).toEqual([]);
});
