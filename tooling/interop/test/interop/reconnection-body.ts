/** Heartbeats, lost connections, buffers and retries. */
import { nextEvent, NumberedStream, openHttpPort, until } from "@telsiz/testkit";
import type { Socket as ServerSocket } from "socket.io";
import { describe, expect, it } from "vitest";
import { roundTrip } from "../../src/side.ts";
import { type Stage } from "../stage.ts";

/** Asserts that clients come back, and what comes with them. */
export function reconnectionTests(stage: Stage): void {
  const { connect, unconnected, reopen } = stage;

  it("stays connected through many heartbeats", async () => {
    await reopen({ pingInterval: 15, pingTimeout: 2_000 });
    const { client, socket } = await connect();
    let pings = 0;
    client.io.on("ping", () => pings++);
    await until(() => pings >= 3, "three pings");
    await roundTrip(client, socket);
  });

  it("comes back after a lost connection, sends what was kept meanwhile, in order", async () => {
    const { client, socket } = await connect({ reconnectionDelay: 5, reconnectionDelayMax: 10 });
    const events: string[] = [];
    client.io.on("reconnect_attempt", (n) => events.push(`attempt ${n}`));
    client.io.on("reconnect", (n) => events.push(`reconnect ${n}`));
    const stream = new NumberedStream(50);
    const again = new Promise<ServerSocket>((resolve) => {
      stage.io.on("connection", (arrived) => {
        arrived.on("number", (n: number) => stream.receive(n));
        arrived.on("ask", (answer: (value: string) => void) => answer("late"));
        resolve(arrived);
      });
    });
    const [, lost] = await Promise.all([
      Promise.resolve(socket.conn.close()),
      nextEvent(client, "disconnect"),
    ]);
    expect(lost[0]).toBe("transport close");
    for (let n = 0; n < 50; n++) client.emit("number", n);
    const answer = client.emitWithAck("ask");
    expect((await again).id).not.toBe(socket.id);
    expect(await answer).toBe("late");
    expect(stream.complete).toBe(true);
    expect(stream.faults).toEqual([]);
    expect(events).toEqual(["attempt 1", "reconnect 1"]);
  });

  it("keeps what is emitted before it is connected, but for volatile events", async () => {
    const received: unknown[] = [];
    stage.io.on("connection", (socket) => socket.onAny((...args) => received.push(args)));
    const client = unconnected();
    client.volatile.emit("maybe");
    client.emit("kept", 1);
    client.emit("kept", 2);
    await until(() => received.length === 2, "what was kept");
    expect(received).toEqual([
      ["kept", 1],
      ["kept", 2],
    ]);
  });

  it("gives up after the attempts that it may make", async () => {
    const events: string[] = [];
    const gone = await openHttpPort();
    await gone.close();
    const options = { reconnectionDelay: 1, reconnectionDelayMax: 2, reconnectionAttempts: 2 };
    const client = stage.meeting.client({ transports: stage.transports, ...options }, gone.url);
    client.on("connect_error", () => events.push("connect_error"));
    client.io.on("error", () => events.push("error"));
    client.io.on("reconnect_attempt", (n) => events.push(`reconnect_attempt ${n}`));
    client.io.on("reconnect_error", () => events.push("reconnect_error"));
    client.io.on("reconnect_failed", () => events.push("reconnect_failed"));
    await until(() => events.filter((event) => event === "reconnect_error").length === 2, "the last error");
    expect(events).toEqual([
      ...["connect_error", "error", "reconnect_attempt 1", "connect_error", "error", "reconnect_error"],
      ...["reconnect_attempt 2", "connect_error", "error", "reconnect_failed", "reconnect_error"],
    ]);
    expect(client.active).toBe(true);
  });

  describe("retries", () => {
    it("deliver every event at least once and in order, though some acknowledgements do not come", async () => {
      const { client, socket } = await connect({ retries: 50, ackTimeout: 60 });
      const counts = [0, 1, 2, 3, 4, 5, 6, 7, 8];
      const received: number[] = [];
      socket.on("count", (count: number, acknowledge: (count: number) => void) => {
        const isFirst = !received.includes(count);
        received.push(count);
        if (count % 3 !== 0 || !isFirst) acknowledge(count);
      });
      const answers = counts.map((count) => client.emitWithAck("count", count) as Promise<number>);
      expect(await Promise.all(answers)).toEqual(counts);
      expect(received.filter((count, index) => count !== received[index - 1])).toEqual(counts);
      expect(received.length).toBeGreaterThan(counts.length);
    });
  });
}
