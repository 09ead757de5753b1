/** Servers in processes of their own behind a balancer that is not sticky; one of them is killed. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { bounded, exchange, RoundRobinProxy, until } from "@telsiz/testkit";
import type { Socket } from "socket.io-client";
import { afterEach, expect, it } from "vitest";
import { ourClient, stockClient, TRANSPORT_CHOICES } from "../src/peers.ts";
import type { NodeMessage } from "../src/programs/cluster-node.ts";

const PROGRAM = join(import.meta.dirname, "../src/programs/cluster-node.ts");
const EXEC = ["--conditions=@telsiz/source", "--import", "tsx"];

const PROCESSES = 3;

/** Of each client on each transport. */
const CLIENTS = 3;

const UNKNOWN = '{"code":1,"message":"Session ID unknown"}';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
}

/** Starts processes, and takes what each publishes to the others. */
async function start(way: string): Promise<Running[]> {
  const children = Array.from({ length: PROCESSES }, () =>
    fork(PROGRAM, [way], { execArgv: EXEC, serialization: "advanced" }),
  );
  closers.push(() => Promise.all(children.map(kill)));
  return Promise.all(
    children.map(async (child) => {
      const port = new Promise<number>((resolve) => {
        child.on("message", (message: NodeMessage) => {
          if ("port" in message) return resolve(message.port);
          for (const other of children) {
            if (other !== child && other.connected) other.send(message, () => undefined); // it may be dying
          }
        });
      });
      return { child, port: await bounded(port, "a process", 60_000) };
    }),
  );
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

/** The process that answers, if the client is connected long enough. */
async function ask(client: Socket, value: unknown): Promise<number | undefined> {
  try {
    return (await client.timeout(20_000).emitWithAck("echo", value)) as number;
  } catch {
    return undefined; // the connection was lost with the question
  }
}

it.each(["broker", "peer"])(
  "goes on with three processes when one is stopped and killed, and its clients are at the others (by %s)",
  async (way) => {
    const running = await start(way);
    const proxy = new RoundRobinProxy(running.map(({ port }) => port));
    const url = await proxy.open();
    closers.push(() => proxy.close());
    const clients = [ourClient, stockClient].flatMap((kind) =>
      Object.values(TRANSPORT_CHOICES).flatMap((transports) =>
        Array.from({ length: CLIENTS }, () =>
          kind.connect(url, { transports: [...transports], forceNew: true, reconnectionDelay: 50 }),
        ),
      ),
    );
    closers.push(() => clients.forEach((client) => client.disconnect()));
    const large = Buffer.alloc(100_000, "telsiz");
    const homes = await Promise.all(clients.map((client) => ask(client, large)));
    expect(new Set(homes)).toEqual(new Set(running.map(({ child }) => child.pid)));
    for (let round = 0; round < 3; round++) {
      // None has gone astray, and none was lost and came back elsewhere.
      expect(await Promise.all(clients.map((client) => ask(client, large)))).toEqual(homes);
    }

    const [victim, ...others] = running as [Running, ...Running[]];
    const { body } = await exchange(victim.port, { path: "/socket.io/?EIO=4&transport=polling" });
    const { sid } = JSON.parse(body.slice(1)) as { sid: string };
    const path = `/socket.io/?EIO=4&transport=polling&sid=${sid}`;
    /** What each of the others answers, in turn: a session takes one body at a time. */
    const say = async (): Promise<string[]> => {
      const answers: string[] = [];
      for (const { port } of others) {
        answers.push((await exchange(port, { path, method: "POST", body: "3" })).body);
      }
      return answers;
    };
    expect(await say()).toEqual(["ok", "ok"]);
    victim.child.kill("SIGSTOP"); // nobody waits longer than until it counts as gone
    expect(await say()).toEqual([UNKNOWN, UNKNOWN]);
    proxy.ports = others.map(({ port }) => port);
    await kill(victim.child);
    const alive = new Set(others.map(({ child }) => child.pid));
    await Promise.all(
      clients.map(async (client) => {
        let home: number | undefined;
        while (home === undefined || !alive.has(home)) home = await ask(client, large);
      }),
    );
    await until(() => clients.every(({ connected }) => connected), "all are there");
    expect(await say()).toEqual([UNKNOWN, UNKNOWN]);
  },
  120_000,
);
