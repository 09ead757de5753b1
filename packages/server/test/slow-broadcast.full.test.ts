/** security.md A4: what a broadcast to slow clients costs. */
import { EngineServer } from "@telsiz/engine/server";
import { expect, it } from "vitest";
import { Server } from "../src/index.ts";
import { slowClients } from "./stalled-client.ts";

it("a broadcast to 10,000 slow clients is held once, in 10,000 queues of pointers to it", async () => {
  const io = new Server();
  const engine = new EngineServer();
  io.bind(engine);
  const slow = await slowClients(io, engine, 10_000);
  for (let index = 0; index < 20; index++) io.emit("tick", index);
  const queues = slow.map(({ socket }) => socket.conn.writeBuffer);
  expect(queues.every(({ length }) => length === 20)).toBe(true);
  expect(new Set(queues.flat()).size).toBe(20);
  await io.close();
});
