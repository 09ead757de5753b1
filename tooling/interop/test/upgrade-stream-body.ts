/** Numbered messages both ways while a session moves from polling to WebSocket through a slow network (A.7). */
import { DelayingProxy, nextEvent, NumberedStream, until } from "@telsiz/testkit";
import type { Socket as ServerSocket } from "socket.io";
import { expect, it } from "vitest";
import { type Meeting, openMeeting, type Pair } from "../src/meeting.ts";
import type { Pairing } from "../src/peers.ts";

/** How many messages each side sends. */
const MESSAGES = 10_000;

/** Sent in one turn; then others get theirs. */
const BURST = 50;

/** The longest delay of a chunk on its way, in milliseconds. */
const MAX_DELAY_MS = 6;

/** What a slow run may take, in milliseconds. */
const PATIENCE_MS = 20_000;

/** Asserts for each seed that none is lost, doubled or out of order. */
export function upgradeStreamTests({ server, client: clientKind }: Pairing, seeds: readonly number[]): void {
  it.each(seeds)(
    `keeps ${MESSAGES} messages each way whole and in order through the upgrade, with the delays of seed %i`,
    async (seed) => {
      const meeting = await openMeeting(server, {}, clientKind);
      const proxy = await DelayingProxy.open(meeting.port, { seed, maxMs: MAX_DELAY_MS });
      try {
        const { client, socket } = await connectOnPolling(meeting, proxy);
        const toServer = new NumberedStream(MESSAGES);
        const toClient = new NumberedStream(MESSAGES);
        socket.on("number", (n: number) => toServer.receive(n));
        client.on("number", (n: number) => toClient.receive(n));
        await Promise.all([sendNumbers(client), sendNumbers(socket)]);
        await until(() => toServer.complete && toClient.complete, "both streams", PATIENCE_MS);
        expect(toServer.faults).toEqual([]);
        expect(toClient.faults).toEqual([]);
        expect(socket.conn.transport.name).toBe("websocket");
      } finally {
        await meeting.close();
        await proxy.close();
      }
    },
    PATIENCE_MS,
  );
}

/** Some delays let the upgrade overtake the namespace's CONNECT: then there is no stream to carry through it. */
async function connectOnPolling(meeting: Meeting, proxy: DelayingProxy): Promise<Pair> {
  for (;;) {
    const client = meeting.client({ transports: ["polling", "websocket"] }, proxy.url);
    const [[socket]] = await Promise.all([
      nextEvent<[ServerSocket]>(meeting.io, "connection"),
      nextEvent(client, "connect"),
    ]);
    if (client.io.engine.transport.name === "polling") return { client, socket };
    client.disconnect();
  }
}

async function sendNumbers(side: { emit(event: string, ...args: unknown[]): unknown }): Promise<void> {
  for (let n = 0; n < MESSAGES; n++) {
    if (n % BURST === 0) await new Promise((resolve) => setImmediate(resolve));
    // Attachments must stay behind their packet, too.
    if (n % 100 === 0) side.emit("number", n, Buffer.from([n % 256]));
    else side.emit("number", n);
  }
}
