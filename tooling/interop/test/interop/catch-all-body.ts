/** Catch-all listeners, of incoming and of outgoing events. */
import { expect, it } from "vitest";
import { sendOver } from "../../src/side.ts";
import { inBothDirections, type Stage } from "../stage.ts";

/** Asserts that catch-all listeners see events, both ways. */
export function catchAllTests(stage: Stage): void {
  inBothDirections(stage, (sides) => {
    it("calls catch-all listeners of incoming events, in their order, until they are removed", async () => {
      const [from, to] = await sides();
      const seen: unknown[] = [];
      const second = (...args: unknown[]): void => void seen.push(["second", ...args]);
      const first = (...args: unknown[]): void => void seen.push(["first", ...args]);
      to.onAny(second);
      to.prependAny(first);
      expect(to.listenersAny()).toEqual([first, second]);
      await sendOver(from, to, "event", 1);
      to.offAny(first);
      await sendOver(from, to, "event", 2);
      to.offAny();
      expect(to.listenersAny()).toEqual([]);
      await sendOver(from, to, "event", 3);
      expect(seen).toEqual([
        ["first", "event", 1],
        ["second", "event", 1],
        ["second", "event", 2],
      ]);
    });

    it("calls catch-all listeners of outgoing events, in their order, until they are removed", async () => {
      const [from, to] = await sides();
      const seen: unknown[] = [];
      const second = (...args: unknown[]): void => void seen.push(["second", ...args]);
      const first = (...args: unknown[]): void => void seen.push(["first", ...args]);
      from.onAnyOutgoing(second);
      from.prependAnyOutgoing(first);
      expect(from.listenersAnyOutgoing()).toEqual([first, second]);
      await sendOver(from, to, "event", 1);
      from.offAnyOutgoing(first);
      await sendOver(from, to, "event", 2);
      from.offAnyOutgoing();
      expect(from.listenersAnyOutgoing()).toEqual([]);
      await sendOver(from, to, "event", 3);
      expect(seen).toEqual([
        ["first", "event", 1],
        ["second", "event", 1],
        ["second", "event", 2],
      ]);
    });
  });
}
