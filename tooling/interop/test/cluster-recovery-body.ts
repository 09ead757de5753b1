/** Recovery on another server of a cluster, with both clients: what was missed comes in order, once, or the client is told. */
import type { ClusterFactory } from "@telsiz/adapter";
import { Server, type Socket } from "@telsiz/server";
import { type HttpPort, nextEvent, NumberedStream, openHttpPort, Switchboard, until } from "@telsiz/testkit";
import type { Socket as ClientSocket } from "socket.io-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ClientKind, ourClient, stockClient } from "../src/peers.ts";

const clients = [stockClient, ourClient].map((client) => ({ name: client.name, client }));

let ports: HttpPort[];
let servers: Server[];
let switchboard: Switchboard;
let url: string;
const opened: ClientSocket[] = [];

async function start(createCluster: () => ClusterFactory): Promise<void> {
  const cluster = createCluster();
  ports = await Promise.all([openHttpPort(), openHttpPort()]);
  servers = ports.map(({ server }) => new Server(server, { cluster, connectionStateRecovery: {} }));
  switchboard = new Switchboard(ports[0]!.port);
  url = await switchboard.open();
}

/** A client of the first server, or of whichever the proxy leads to. */
async function join(
  client: ClientKind,
  index = 0,
): Promise<{ readonly client: ClientSocket; readonly socket: Socket; readonly got: unknown[][] }> {
  const connection = nextEvent<[Socket]>(servers[index]!, "connection");
  const made = client.connect(url, { transports: ["websocket"], reconnectionDelay: 5, forceNew: true });
  opened.push(made);
  const got: unknown[][] = [];
  // The stock client shows its listeners the offset, too.
  made.onAny((...event: unknown[]) => got.push(client.ours ? event : event.slice(0, -1)));
  const [[socket]] = await Promise.all([connection, nextEvent(made, "connect")]);
  return { client: made, socket, got };
}

/** The client loses its connection and comes back to another server. @param whileAway is called before */
async function move(
  client: ClientSocket,
  to: number,
  whileAway: () => void = () => undefined,
): Promise<Socket> {
  switchboard.port = ports[to]!.port;
  const left = servers.flatMap((io) => [...io.sockets.sockets.values()]).find(({ id }) => id === client.id)!;
  left.once("disconnect", whileAway);
  const back = Promise.all([nextEvent<[Socket]>(servers[to]!, "connection"), nextEvent(client, "connect")]);
  client.io.engine.close();
  const [[socket]] = await back;
  return socket;
}

/** The client comes to another server, while the one before has not noticed that its connection is lost. */
async function slipAway(client: ClientSocket, to: number): Promise<Socket> {
  switchboard.port = ports[to]!.port;
  const back = Promise.all([nextEvent<[Socket]>(servers[to]!, "connection"), nextEvent(client, "connect")]);
  switchboard.cut();
  const [[socket]] = await back;
  return socket;
}

/** Resolves when what was sent before has come to the client. */
async function settled(client: ClientSocket, io: Server, got: unknown[][]): Promise<void> {
  const mark = nextEvent(client, "mark");
  io.emit("mark");
  await mark;
  got.splice(0, got.length, ...got.filter(([event]) => event !== "mark"));
}

/** @param createCluster the cluster of two servers of a test, with a heartbeat of 50 ms */
export function clusterRecoveryTests(createCluster: () => ClusterFactory): void {
  beforeEach(() => start(createCluster));

  afterEach(async () => {
    for (const client of opened.splice(0)) client.disconnect();
    await switchboard.close();
    await Promise.all(servers.map((io) => io.close()));
    await Promise.all(ports.map((port) => port.close()));
  });

  describe.each(clients)("recovery of $name on another server", ({ client: kind }) => {
    it("gives the socket its id, rooms and data, and the client what it missed, in order", async () => {
      const { client, socket, got } = await join(kind);
      const { id } = socket;
      await socket.join(["room", "left"]);
      socket.data = { name: "Ada" };
      await socket.leave("left");
      servers[0]!.emit("before");
      await settled(client, servers[0]!, got);
      got.length = 0;
      const next = await move(client, 1, () => {
        servers[0]!.to("room").emit("1", Buffer.from([1]));
        servers[1]!.to("left").emit("not for it");
        servers[0]!.except("room").emit("nor this");
        servers[0]!.volatile.emit("nor this", "text");
        servers[1]!.to(id).emit("2", "text");
        servers[1]!.emit("3");
      });
      expect({ id: next.id, data: next.data as unknown, recovered: next.recovered }).toEqual({
        id,
        data: { name: "Ada" },
        recovered: true,
      });
      expect(client.recovered).toBe(true);
      expect([...next.rooms].sort()).toEqual([id, "room"].sort());
      await settled(client, servers[0]!, got);
      expect(got.map(([event]) => event).sort()).toEqual(["1", "2", "3"]);
      expect(got.find(([event]) => event === "1")).toEqual(["1", Buffer.from([1])]);
      got.length = 0;
      servers[0]!.to("room").emit("later");
      next.emit("direct");
      await settled(client, servers[0]!, got);
      expect(got.map(([event]) => event).sort()).toEqual(["direct", "later"]);
    });

    it("moves a session whose socket is still there, with what was sent to it alone", async () => {
      const { client, socket, got } = await join(kind);
      socket.emit("got", 0);
      await nextEvent(client, "got");
      const ended = nextEvent<[string]>(socket, "disconnect");
      client.once("disconnect", () => {
        for (let number = 1; number <= 3; number++) socket.emit("direct", number);
        servers[1]!.emit("to all", 4);
        socket.volatile.emit("not for it", "text");
      });
      const next = await slipAway(client, 1);
      expect((await ended)[0]).toBe("forced close");
      expect({ id: next.id, recovered: next.recovered }).toEqual({ id: socket.id, recovered: true });
      next.emit("direct", 5);
      await settled(client, servers[1]!, got);
      const direct = got.filter(([event]) => event === "direct").map(([, number]) => number);
      expect(direct).toEqual([1, 2, 3, 5]);
      expect(got.filter(([event]) => event === "to all")).toEqual([["to all", 4]]);
      expect(got).toHaveLength(6);
    });

    it("loses and doubles nothing of several writers while the client comes and goes, with a middleware that takes its time", async () => {
      for (const io of servers) io.use((_socket, next) => void setTimeout(next, 20));
      const { client, got } = await join(kind);
      const id = client.id!;
      let sent = 0;
      let direct = 0;
      const timer = setInterval(() => {
        servers[0]!.emit("from 0", sent);
        servers[1]!.to(id).emit("from 1", sent);
        for (const io of servers) io.sockets.sockets.get(id)?.emit("direct", direct++);
        sent++;
      }, 1);
      for (let count = 1; count <= 6; count++) {
        const socket = await (count % 3 === 0 ? slipAway : move)(client, count % 2);
        expect(socket.recovered).toBe(true);
      }
      clearInterval(timer);
      await settled(client, servers[0]!, got);
      const streams = { "from 0": sent, "from 1": sent, direct };
      for (const [event, length] of Object.entries(streams)) {
        const stream = new NumberedStream(length);
        for (const [name, number] of got) if (name === event) stream.receive(number as number);
        expect({ event, faults: stream.faults, complete: stream.complete }).toEqual({
          event,
          faults: [],
          complete: true,
        });
      }
    });

    it("says that it is not recovered, where the session has ended or its place is not known", async () => {
      const { client, socket } = await join(kind);
      const { id } = socket;
      switchboard.port = ports[1]!.port;
      socket.disconnect(true);
      await until(() => client.disconnected, "the client is disconnected");
      const back = nextEvent<[Socket]>(servers[1]!, "connection");
      client.connect();
      const [next] = await back;
      expect({ recovered: next.recovered, isNew: next.id !== id }).toEqual({ recovered: false, isNew: true });
    });
  });
}
