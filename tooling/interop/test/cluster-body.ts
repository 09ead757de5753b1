/** What several servers do together, the first of them at the request of its application. */
import { Inbox, nextEvent, until } from "@telsiz/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Cluster, openCluster } from "../src/cluster.ts";
import type { Pair } from "../src/meeting.ts";
import type { ServerKind } from "../src/peers.ts";
import { record, settled } from "../src/side.ts";

/** What is told apart among servers that share one medium. */
export interface ClusterMedium {
  /** Makes the adapters of one cluster. */
  open(): Promise<(kind: ServerKind) => unknown> | ((kind: ServerKind) => unknown);
  /** Ends what it opened. */
  close(): Promise<void> | void;
}

/** Has a cluster of these servers do everything that one may ask of it. */
export function clusterTests(kinds: readonly ServerKind[], medium: ClusterMedium): void {
  let cluster: Cluster;
  let pairs: Pair[];

  beforeEach(async () => {
    cluster = await openCluster(kinds, await medium.open());
    pairs = await cluster.pairs((index) => ({ index }));
  });
  afterEach(async () => {
    await cluster.close();
    await medium.close();
  });

  /** What each client gets until all have got an event that is sent to everybody afterwards. */
  async function received(send: () => void): Promise<unknown[][][]> {
    const events = pairs.map(({ client }) => record(client));
    send();
    const arrived = pairs.map(({ client }) => nextEvent(client, "all sent"));
    cluster.io.emit("all sent");
    await Promise.all(arrived);
    return events.map((list) => list.filter(([event]) => event !== "all sent"));
  }

  /** Lets the client of each server answer an event. */
  function answer(event: string, answerOf: (index: number) => unknown): void {
    pairs.forEach(({ client }, index) => {
      client.on(event, (acknowledge: (value: unknown) => void) => acknowledge(answerOf(index)));
    });
  }

  describe("a broadcast", () => {
    it("reaches the clients of all servers, binary included", async () => {
      const got = await received(() => cluster.io.emit("news", { a: [1, null] }, Buffer.from([1, 2])));
      expect(got[0]).toHaveLength(1);
      for (const events of got) expect(events).toEqual(got[0]);
    });

    it("reaches the members of rooms, each once, but not those of exceptions", async () => {
      await pairs[0]!.socket.join("a");
      await pairs[1]!.socket.join(["a", "b"]);
      await pairs[2]!.socket.join(["b", "c"]);
      const got = await received(() => {
        cluster.io.to("a").to("b").emit("both");
        cluster.io.to("a").to("b").except("c").emit("some");
        pairs[0]!.socket.broadcast.emit("others");
      });
      expect(got).toEqual([
        [["both"], ["some"]],
        [["both"], ["some"], ["others"]],
        [["both"], ["others"]],
      ]);
    });

    it("stays on its own server if it is local", async () => {
      const got = await received(() => cluster.io.local.emit("here"));
      expect(got).toEqual([[["here"]], [], []]);
    });

    it("collects the answers of the clients of all servers", async () => {
      answer("ask", (index) => index);
      const answers = await cluster.io.timeout(5_000).emitWithAck("ask");
      expect(answers.sort()).toEqual([0, 1, 2]);
    });

    it("gives the answers that came, if some client does not answer in time", async () => {
      answer("ask", (index) => index);
      pairs[1]!.client.off("ask");
      const failure = cluster.io.timeout(200).emitWithAck("ask");
      await expect(failure).rejects.toMatchObject({ message: "operation has timed out" });
      const error: { responses: unknown[] } = await failure.catch((caught: unknown) => caught as never);
      expect(error.responses.sort()).toEqual([0, 2]);
    });

    it("resolves with no answers if it means nobody", async () => {
      expect(await cluster.io.to("nowhere").timeout(5_000).emitWithAck("ask")).toEqual([]);
    });
  });

  describe("sockets of all servers", () => {
    it("are found, with their rooms, data and handshake", async () => {
      pairs.forEach(({ socket }, index) => (socket.data = { index }));
      await pairs[2]!.socket.join("c");
      const found = await cluster.io.fetchSockets();
      const byId = new Map(found.map((socket) => [socket.id, socket]));
      expect(byId.size).toBe(3);
      pairs.forEach(({ socket }, index) => {
        const details = byId.get(socket.id)!;
        expect(details.data).toEqual({ index });
        expect(details.rooms).toEqual(new Set(index === 2 ? [socket.id, "c"] : [socket.id]));
        expect(details.handshake.auth).toEqual({ index });
        expect(details.handshake.issued).toBe(socket.handshake.issued);
      });
      expect((await cluster.io.in("c").fetchSockets()).map(({ id }) => id)).toEqual([pairs[2]!.socket.id]);
      expect(await cluster.io.local.fetchSockets()).toHaveLength(1);
    });

    it("are put into rooms and taken out of them", async () => {
      cluster.io.in(pairs[2]!.socket.id).socketsJoin(["d", "e"]);
      await until(() => pairs[2]!.socket.rooms.has("e"), "it has joined");
      expect(pairs[1]!.socket.rooms.has("e")).toBe(false);
      cluster.io.socketsLeave("d");
      await until(() => !pairs[2]!.socket.rooms.has("d"), "it has left");
      expect(pairs[2]!.socket.rooms.has("e")).toBe(true);
    });

    it("are disconnected", async () => {
      const gone = Promise.all([1, 2].map((index) => nextEvent(pairs[index]!.client, "disconnect")));
      cluster.io.except(pairs[0]!.socket.id).disconnectSockets();
      expect(await gone).toEqual(
        [
          ["io server disconnect", undefined],
          ["io server disconnect", undefined],
        ].map(([reason]) => expect.arrayContaining([reason])),
      );
      expect(pairs[0]!.client.connected).toBe(true);
    });

    it("are reached one by one", async () => {
      const { client, socket } = pairs[1]!;
      const [remote] = await cluster.io.in(socket.id).fetchSockets();
      const greeted = nextEvent(client, "greet");
      remote!.emit("greet", "you");
      expect(await greeted).toEqual(["you"]);
      remote!.join("f");
      await until(() => socket.rooms.has("f"), "it has joined");
      remote!.leave("f");
      await until(() => !socket.rooms.has("f"), "it has left");
      const gone = nextEvent(client, "disconnect");
      remote!.disconnect();
      await gone;
      expect(socket.connected).toBe(false);
    });

    it("answer one by one", async () => {
      answer("ask", (index) => `it is ${index}`);
      const [remote] = await cluster.io.in(pairs[1]!.socket.id).fetchSockets();
      const answered = new Inbox<unknown[]>("an answer");
      remote!.timeout(5_000).emit("ask", (...values: unknown[]) => answered.put(values));
      expect(await answered.take()).toEqual([null, "it is 1"]);
      remote!.timeout(50).emit("ask nothing", (error: Error) => answered.put([error.message]));
      expect(await answered.take()).toEqual(["operation has timed out"]);
    });
  });

  describe("an event for the other servers", () => {
    it("is raised there alone, with its arguments", async () => {
      const here = vi.fn();
      cluster.io.on("hello", here);
      const raised = [1, 2].map((index) => nextEvent(cluster.nodes[index]!.io, "hello"));
      cluster.io.serverSideEmit("hello", 1, { two: ["3"] });
      expect(await Promise.all(raised)).toEqual([
        [1, { two: ["3"] }],
        [1, { two: ["3"] }],
      ]);
      await settled([pairs[0]!]);
      expect(here).not.toHaveBeenCalled();
    });

    it("is answered by each of them", async () => {
      [1, 2].forEach((index) =>
        cluster.nodes[index]!.io.on("load", (of: string, reply: (value: unknown) => void) =>
          reply(`${of} of ${index}`),
        ),
      );
      const answers = (await cluster.io.serverSideEmitWithAck("load", "the load")) as unknown[];
      expect(answers.sort()).toEqual(["the load of 1", "the load of 2"]);
    });
  });

  it("a server that closes is counted no more, and nobody waits for it", async () => {
    await cluster.nodes[2]!.close();
    await cluster.assemble(2);
    expect(await cluster.io.fetchSockets()).toHaveLength(2);
  });
}
