/**
 * A device that slept wakes with timers that did not run and a connection that may be gone. What a client sends then must not get
 * lost in it (api-surface.md 10).
 */
import { nextEvent } from "@telsiz/testkit";
import type { Socket as ServerSocket } from "socket.io";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Meeting, openMeeting } from "../src/meeting.ts";
import { OUR_PAIRINGS, STOCK_PAIRING, TRANSPORT_CHOICES } from "../src/peers.ts";

const HOUR_MS = 3_600_000;

/** Runs what a program does as its device wakes an hour later, ahead of all timers that are due. The servers' devices do not sleep. */
function afterSleep(wake: () => void): void {
  const wakeTime = performance.now() + HOUR_MS;
  const wakeDate = Date.now() + HOUR_MS;
  const clocks = [
    vi.spyOn(performance, "now").mockReturnValue(wakeTime),
    vi.spyOn(Date, "now").mockReturnValue(wakeDate),
  ];
  try {
    wake();
  } finally {
    for (const clock of clocks) clock.mockRestore();
  }
}

describe.each([...OUR_PAIRINGS, STOCK_PAIRING])("$name", ({ server, client: kind }) => {
  describe.each(["polling", "websocket"] as const)("over %s", (choice) => {
    let meeting: Meeting;

    beforeEach(async () => {
      meeting = await openMeeting(server, {}, kind);
    });
    afterEach(() => meeting.close());

    it("finds the ping overdue at the first event after a sleep, comes back and sends it there, once", async () => {
      const transports = [...TRANSPORT_CHOICES[choice]];
      const { client, socket } = await meeting.pair({
        transports,
        reconnectionDelay: 1,
        reconnectionDelayMax: 2,
      });
      const arrived: [id: string, event: string, value: unknown][] = [];
      const listen = (side: ServerSocket): void => {
        side.onAny((event: string, value: unknown) => arrived.push([side.id, event, value]));
        side.on("done?", (answer: () => void) => answer());
      };
      listen(socket);
      meeting.io.on("connection", listen);
      const left = nextEvent(socket, "disconnect");
      const lost = nextEvent(client, "disconnect");
      const back = nextEvent(client, "connect");

      afterSleep(() => {
        client.emit("good morning", 1);
        client.emit("good morning", 2);
      });

      expect((await lost)[0]).toBe("ping timeout");
      expect((await left)[0]).toBe("transport close");
      await back;
      expect(client.id).not.toBe(socket.id);
      await client.emitWithAck("done?");
      expect(arrived).toEqual([
        [client.id, "good morning", 1],
        [client.id, "good morning", 2],
        [client.id, "done?", expect.any(Function)],
      ]);
    });
  });
});
