/** The tutorial, as its reader goes through it: each step's files in a folder, the server started, the clients run. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { io, type Socket } from "@telsiz/client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { snippetsOf } from "../src/snippets.ts";

const page = readFileSync(new URL("../../../docs/tutorial.md", import.meta.url), "utf8");
const NODE = ["--conditions=@telsiz/source", "--import", "tsx"];

let folder: string;
let port: number;
let server: ChildProcess | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "telsiz-tutorial-"));
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  symlinkSync(
    fileURLToPath(new URL("../node_modules", import.meta.url)),
    join(folder, "node_modules"),
    "dir",
  );
  port = await freePort();
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

it("serves the page and the client, and sends to everybody what one has sent", async () => {
  takeSteps(5);
  await start();
  const html = await (await fetch(`http://localhost:${port}/`)).text();
  expect(html).toContain('socket.emit("message", input.value)');
  expect((await fetch(`http://localhost:${port}/socket.io/socket.io.js`)).status).toBe(200);

  const [ada, grace] = [io(`http://localhost:${port}`), io(`http://localhost:${port}`, { forceNew: true })];
  await Promise.all([ada, grace].map((socket) => heard(socket, "connect")));
  const message = heard(grace, "message");
  ada.emit("message", "Hello");
  expect(await message).toEqual(["Hello"]);
  ada.disconnect();
  grace.disconnect();
}, 120_000);

it("answers who joins a room and who sends to it", async () => {
  takeSteps(6);
  await start();
  expect(await client("kitchen", "Tea is ready")).toEqual(["1 in kitchen", "Tea is ready"]);
}, 120_000);

it("brings a client back after a cut", async () => {
  takeSteps(7);
  await start();
  expect(await client()).toEqual(["new", "before", "recovered", "after"]);
}, 120_000);

it("keeps messages through a restart, each once", async () => {
  takeSteps(8);
  await start();
  expect(await client("one")).toEqual(["1 one"]);
  await stop();
  await start();
  expect(await client("two")).toEqual(["1 one", "2 two"]);
}, 120_000);

it("refuses what does not fit the contract", async () => {
  takeSteps(9);
  await start();
  expect(await client("one")).toEqual(["1 one", "kept as number 1", "refused: INVALID"]);
}, 120_000);

/** The arguments with which an event comes next. */
function heard(socket: Socket, event: string): Promise<unknown[]> {
  return new Promise((resolve) => socket.once(event, (...args: unknown[]) => resolve(args)));
}

/** Writes the files as they are after a step. */
function takeSteps(last: number): void {
  for (const { heading, title, code } of snippetsOf(page)) {
    if (title !== undefined && Number.parseInt(heading, 10) <= last) writeFileSync(join(folder, title), code);
  }
}

async function start(): Promise<void> {
  server = spawn(process.execPath, [...NODE, "server.ts"], {
    cwd: folder,
    env: environment(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (server.stdout === null) throw new Error("no output");
  const [line] = (await once(createInterface(server.stdout), "line")) as [string];
  expect(line).toBe("listening");
}

async function stop(): Promise<void> {
  if (server === undefined) return;
  const ended = once(server, "exit");
  server.kill();
  await ended;
  server = undefined;
}

/** What the client of the step prints. */
async function client(...args: string[]): Promise<string[]> {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [...NODE, "client.ts", ...args], {
    cwd: folder,
    env: environment(),
    timeout: 60_000,
  });
  return stdout.trim().split("\n");
}

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, PORT: String(port), DATABASE: join(folder, "chat.db") };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0);
  await once(probe, "listening");
  const { port: free } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return free;
}
