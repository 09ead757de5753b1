/** The end of a connection: the reasons on both sides (api-surface.md 4 and 10). */
import { DelayingProxy, nextEvent } from "@telsiz/testkit";
import type { Socket as ServerSocket } from "socket.io";
import { describe, expect, it } from "vitest";
import type { Pair } from "../../src/meeting.ts";
import { type Stage } from "../stage.ts";

/** Asserts the reasons that both sides see. */
export function endingsTests(stage: Stage): void {
  const { connect, reopen } = stage;

  describe("when the connection ends", () => {
    async function reasons(end: (pair: Pair) => unknown): Promise<unknown> {
      const pair = await connect({ reconnection: false });
      const { client, socket } = pair;
      const order: string[] = [];
      socket.on("disconnecting", () => order.push(`disconnecting in ${socket.rooms.size} room`));
      socket.on("disconnect", () => order.push(`disconnect in ${socket.rooms.size} rooms`));
      const both = Promise.all([nextEvent(client, "disconnect"), nextEvent(socket, "disconnect")]);
      await end(pair);
      const [[clientReason], [serverReason]] = await both;
      expect(order).toEqual(["disconnecting in 1 room", "disconnect in 0 rooms"]);
      expect([client.connected, client.disconnected, client.id]).toEqual([false, true, undefined]);
      expect([socket.connected, socket.disconnected]).toEqual([false, true]);
      expect(stage.io.sockets.sockets.size).toBe(0);
      return { client: clientReason, server: serverReason, active: client.active };
    }

    it("names the client's leaving", async () => {
      expect(await reasons(({ client }) => client.disconnect())).toEqual({
        client: "io client disconnect",
        server: "client namespace disconnect",
        active: false,
      });
    });

    it.each([false, true])("names the server's disconnect(%s)", async (close) => {
      expect(await reasons(({ socket }) => socket.disconnect(close))).toEqual({
        client: "io server disconnect",
        server: "server namespace disconnect",
        active: false,
      });
    });

    it("names the client's closed engine", async () => {
      expect(await reasons(({ client }) => client.io.engine.close())).toEqual({
        client: "forced close",
        server: "transport close",
        active: true,
      });
    });

    it("names the server's closed engine", async () => {
      expect(await reasons(({ socket }) => socket.conn.close())).toEqual({
        client: "transport close",
        server: "forced close",
        active: true,
      });
    });

    it("names the server's end", async () => {
      expect(await reasons(() => void stage.io.close())).toEqual({
        // Over polling, a request that comes after the end is an error.
        client:
          stage.choice === "websocket"
            ? "transport close"
            : expect.stringMatching(/^transport (close|error)$/),
        server: "server shutting down",
        active: true,
      });
    });

    it("names what the peer's parser refuses", async () => {
      const outcome = await reasons(({ client }) => (client.io.engine as any).send("9nonsense"));
      expect(outcome).toEqual({ client: "transport close", server: "forced close", active: true });
      const other = await connect({ reconnection: false });
      const left = Promise.all([
        nextEvent(other.client, "disconnect"),
        nextEvent(other.socket, "disconnect"),
      ]);
      (other.socket.conn as any).send("9nonsense");
      const [[clientReason], [serverReason]] = await left;
      expect([clientReason, serverReason]).toEqual(["parse error", "transport close"]);
    });

    it("names silence, on either side", async () => {
      await reopen({ pingInterval: 150, pingTimeout: 150 });
      const proxy = await DelayingProxy.open(stage.meeting.port, { seed: 1, maxMs: 0 });
      const client = stage.meeting.client({ transports: stage.transports, reconnection: false }, proxy.url);
      const [[socket]] = await Promise.all([
        nextEvent<[ServerSocket]>(stage.io, "connection"),
        nextEvent(client, "connect"),
      ]);
      const both = Promise.all([nextEvent(client, "disconnect"), nextEvent(socket, "disconnect")]);
      proxy.freeze();
      const [[clientReason], [serverReason]] = await both;
      expect([clientReason, serverReason]).toEqual(["ping timeout", "ping timeout"]);
      await proxy.close();
    });
  });
}
