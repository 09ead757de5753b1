/** Workers of node:cluster with @socket.io/cluster-adapter on our servers. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { io, type Socket } from "@telsiz/client";
import { bounded, nextEvent } from "@telsiz/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";

let primary: ChildProcess;
let clients: Socket[];

beforeAll(async () => {
  primary = fork(join(import.meta.dirname, "../src/programs/cluster.ts"), {
    execArgv: ["--conditions=@telsiz/source", "--import", "tsx"],
  });
  const [ports] = (await bounded(once(primary, "message"), "the workers", 60_000)) as [number[]];
  clients = ports.map((port) => io(`http://127.0.0.1:${port}`, { transports: ["websocket"] }));
  await Promise.all(clients.map((client) => nextEvent(client, "connect")));
  while ((await clients[0]!.emitWithAck("servers")) !== 3); // they have yet to hear of each other
}, 90_000);

afterAll(async () => {
  for (const client of clients) client.disconnect();
  primary.disconnect();
  await once(primary, "exit");
});

it("workers of node:cluster broadcast to the clients of all, and to rooms", async () => {
  await clients[1]!.emitWithAck("join", "a");
  await clients[2]!.emitWithAck("join", "a");
  const news = [1, 2].map((index) => nextEvent(clients[index]!, "news"));
  clients[0]!.emit("broadcast", "a", "hello");
  expect(await Promise.all(news)).toEqual([["hello"], ["hello"]]);
});

it("workers of node:cluster find and ask the clients of all", async () => {
  const ids: string[] = await clients[0]!.emitWithAck("sockets");
  expect(ids.sort()).toEqual(clients.map(({ id }) => id).sort());
  clients.forEach((client, index) => client.on("question", (answer) => answer(`it is ${index}`)));
  const answers: string[] = await clients[0]!.emitWithAck("ask");
  expect(answers.sort()).toEqual(["it is 0", "it is 1", "it is 2"]);
});

it("workers of node:cluster ask each other", async () => {
  const pids: number[] = await clients[0]!.emitWithAck("load");
  expect(new Set(pids).size).toBe(2);
});
