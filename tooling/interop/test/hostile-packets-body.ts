/** Packets that no lawful client sends, over one transport. */
import { CLOSING_CASES, HARMLESS_CASES, UNJOINED_CASES, until } from "@telsiz/testkit";
import { describe, expect, it } from "vitest";
import { openHostilePeer } from "../src/hostile-peer.ts";
import { HostileStage } from "./hostile-stage.ts";

/** All cases over `transport`. */
export function hostilePackets(transport: "websocket" | "polling"): void {
  const stage = new HostileStage();
  stage.useHooks();
  const { reasons } = stage;

  describe(`packets of a client that has joined, over ${transport}`, () => {
    it.each(CLOSING_CASES)("close the connection at $what", async ({ frames, reason }) => {
      const peer = await openHostilePeer(transport, stage.meeting.port, true);
      peer.send(frames);
      await until(() => reasons.length > 0, "the disconnection");
      // Over polling it depends on the poll, which has come or not, who is first to say that it is closed.
      const either = reason === "forced close" && transport === "polling";
      expect(reasons).toEqual([expect.stringMatching(either ? /^forced (server )?close$/ : reason)]);
    });

    it.each(HARMLESS_CASES)("leave the connection as it is at %s", async (_what, frame) => {
      const peer = await openHostilePeer(transport, stage.meeting.port, true);
      peer.send([frame, '420["echo","x"]']);
      await peer.receiveUntil((packet) => packet === '430["x"]');
      expect(({} as any).polluted).toBeUndefined();
      await peer.leave();
    });
  });

  describe(`packets before anything is joined, over ${transport}`, () => {
    it.each(UNJOINED_CASES)("close the connection at %s", async (_what, frame) => {
      const peer = await openHostilePeer(transport, stage.meeting.port, false);
      peer.send([frame]);
      await until(() => stage.meeting.io.engine.clientsCount === 1, "the end of the connection");
    });
  });
}
