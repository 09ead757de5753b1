/** Who is let in, and what: auth, middlewares of namespaces and of packets. */
import { nextEvent } from "@telsiz/testkit";
import type { Socket as ServerSocket } from "socket.io";
import { expect, it } from "vitest";
import { record } from "../../src/side.ts";
import { type Stage } from "../stage.ts";

/** Asserts that auth arrives, and that refusals do. */
export function middlewaresTests(stage: Stage): void {
  const { connect, unconnected } = stage;

  it("gives auth by a function, at each connection", async () => {
    let count = 0;
    const auth = (give: (auth: object) => void): void => give({ count: ++count });
    const { client, socket } = await connect({ auth });
    expect(socket.handshake.auth).toEqual({ count: 1 });
    const again = nextEvent<[ServerSocket]>(stage.io, "connection");
    const connected = nextEvent(client.disconnect().connect(), "connect");
    expect((await again)[0].handshake.auth).toEqual({ count: 2 });
    await connected; // or the server would wait for the poll that its answer is for
  });

  it("tells a refused client why, with data, and lets it try again", async () => {
    stage.io.use((socket, next) => {
      const { token } = socket.handshake.auth as { token: string };
      next(token === "ok" ? undefined : Object.assign(new Error("not authorized"), { data: { code: 7 } }));
    });
    const client = unconnected({ auth: { token: "no" } });
    const [error] = await nextEvent<[Error & { data: unknown }]>(client, "connect_error");
    expect(error).toBeInstanceOf(Error);
    expect(error.message).toBe("not authorized");
    expect(error.data).toEqual({ code: 7 });
    expect([client.connected, client.active]).toEqual([false, false]);
    client.auth = { token: "ok" };
    client.connect();
    await nextEvent(client, "connect");
  });

  it("tells a client that a namespace is not there", async () => {
    const client = unconnected({}, "/nowhere");
    const [error] = await nextEvent<[Error & { data: unknown }]>(client, "connect_error");
    expect([error.message, error.data]).toEqual(["Invalid namespace", undefined]);
    expect(client.active).toBe(false);
  });

  it("runs packet middlewares, and reports what they refuse", async () => {
    const { client, socket } = await connect();
    const errors = nextEvent<[Error]>(socket, "error");
    socket.use(([event], next) => next(event === "forbidden" ? new Error("not you") : undefined));
    const log = record(socket);
    client.emit("forbidden");
    expect((await errors)[0].message).toBe("not you");
    const listened = nextEvent(socket, "allowed");
    client.emit("allowed", 1);
    expect(await listened).toEqual([1]);
    expect(log).toEqual([["forbidden"], ["allowed", 1]]);
  });
}
