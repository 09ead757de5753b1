/** Broadcasts and rooms. */
import type { Socket as ServerSocket } from "socket.io";
import { expect, it } from "vitest";
import { record, settled } from "../../src/side.ts";
import { type Stage } from "../stage.ts";

/** Asserts that a broadcast reaches whom it is for. */
export function broadcastTests(stage: Stage): void {
  const { connect } = stage;

  it("broadcasts to everybody, and to all but the sender", async () => {
    const pairs = [await connect(), await connect(), await connect()];
    const logs = pairs.map(({ client }) => record(client));
    stage.io.emit("hello", "world", Buffer.from([1]));
    pairs[0]!.socket.broadcast.emit("others");
    await settled(pairs);
    const all = ["hello", "world", Buffer.from([1])];
    expect(logs).toEqual([[all], [all, ["others"]], [all, ["others"]]]);
  });

  it("reaches the members of rooms, each once, and nobody else", async () => {
    const pairs = [await connect(), await connect(), await connect(), await connect()];
    const logs = pairs.map(({ client }) => record(client));
    const [a, b, c] = pairs.map(({ socket }) => socket) as [ServerSocket, ServerSocket, ServerSocket];
    await a.join(["r1", "r2"]);
    await b.join("r2");
    await c.join(["r2", "r3"]);
    expect([...a.rooms]).toEqual([a.id, "r1", "r2"]);
    stage.io.to("r1").emit("r1");
    stage.io.to("r1").in("r2").emit("union");
    stage.io.to(["r1", "r3"]).emit("list");
    stage.io.except("r2").emit("others");
    stage.io.to("r2").except("r3").emit("but");
    a.to("r2").emit("not me");
    a.to("r2").except("r3").emit("neither");
    a.except("r3").emit("any but");
    b.in("r1").emit("one");
    stage.io.to(c.id).emit("private");
    await c.leave("r2");
    stage.io.to("r2").emit("left");
    await settled(pairs);
    expect(logs.map((log) => log.map(([event]) => event))).toEqual([
      ["r1", "union", "list", "but", "one", "left"],
      ["union", "but", "not me", "neither", "any but", "left"],
      ["union", "list", "not me", "private"],
      ["others", "any but"],
    ]);
  });
}
