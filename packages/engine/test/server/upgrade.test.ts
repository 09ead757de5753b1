import { beforeEach, describe, expect, it } from "vitest";
import { TimerWheel } from "../../src/shared/timer-wheel.ts";
import type { OutgoingPacket } from "../../src/shared/packet.ts";
import { noHandler, type ServerTransport } from "../../src/server/transports/server-transport.ts";
import { Upgrade, type UpgradeOwner } from "../../src/server/upgrade.ts";
import { FakeClock } from "../shared/fake-clock.ts";

class FakeTransport implements ServerTransport {
  readonly name = "websocket";
  readonly writable = true;
  readonly bufferedBytes = 0;
  handler = noHandler;
  discarded = false;
  readonly sent: OutgoingPacket[] = [];
  send(packets: readonly OutgoingPacket[]): void {
    this.sent.push(...packets);
  }
  release(): void {}
  close(): void {
    this.discard();
  }
  discard(): void {
    this.discarded = true;
  }
  destroy(): void {
    this.discard();
  }
}

class Owner implements UpgradeOwner {
  readonly calls: string[] = [];
  onProbed(): void {
    this.calls.push("probed");
  }
  releasePoll(): void {
    this.calls.push("release");
  }
  onUpgraded(): void {
    this.calls.push("upgraded");
  }
  onUpgradeFailed(): void {
    this.calls.push("failed");
  }
}

let clock: FakeClock;
let owner: Owner;
let candidate: FakeTransport;
let upgrade: Upgrade;
beforeEach(() => {
  clock = new FakeClock();
  owner = new Owner();
  candidate = new FakeTransport();
  upgrade = new Upgrade(owner, candidate, new TimerWheel(clock), 1000);
  upgrade.start();
});

function probe(): void {
  candidate.handler.onControl("ping", "probe");
}

describe("an upgrade", () => {
  it("answers the probe and tells the owner", () => {
    probe();
    expect(candidate.sent).toEqual(["3probe"]);
    expect(owner.calls).toEqual(["probed"]);
  });

  it("completes with the upgrade packet after the probe, and leaves no timer", () => {
    probe();
    candidate.handler.onControl("upgrade", "");
    expect(owner.calls).toEqual(["probed", "upgraded"]);
    expect(candidate.discarded).toBe(false);
    expect(clock.timerCount).toBe(0);
  });

  it("lets polls go every 100 ms after the probe", () => {
    probe();
    clock.advance(500);
    const releases = owner.calls.filter((call) => call === "release").length;
    expect(releases).toBeGreaterThanOrEqual(3);
    expect(releases).toBeLessThanOrEqual(5);
  });

  it("lets no poll go before the probe", () => {
    clock.advance(900);
    expect(owner.calls).toEqual([]);
  });

  const wrongFirst: [string, () => void][] = [
    ["the upgrade packet without a probe", () => candidate.handler.onControl("upgrade", "")],
    ["a ping that is no probe", () => candidate.handler.onControl("ping", "prob")],
    ["a plain ping", () => candidate.handler.onControl("ping", "")],
    ["a message", () => candidate.handler.onMessage("early")],
    ["the end of the candidate", () => candidate.handler.onClose("transport close")],
    ["no packet in time", () => clock.advance(1100)],
  ];
  for (const [name, act] of wrongFirst) {
    it(`fails at ${name}`, () => {
      act();
      expect(owner.calls).toEqual(["failed"]);
      expect(candidate.discarded).toBe(true);
      expect(clock.timerCount).toBe(0);
    });
  }

  const wrongSecond: [string, () => void][] = [
    ["a second probe", probe],
    ["a message", () => candidate.handler.onMessage("early")],
    ["a pong", () => candidate.handler.onControl("pong", "")],
    ["the end of the candidate", () => candidate.handler.onClose("transport error")],
    ["no upgrade packet in time", () => clock.advance(1100)],
  ];
  for (const [name, act] of wrongSecond) {
    it(`fails after the probe at ${name}`, () => {
      probe();
      act();
      expect(owner.calls.filter((call) => call !== "release")).toEqual(["probed", "failed"]);
      expect(candidate.discarded).toBe(true);
      expect(clock.timerCount).toBe(0);
    });
  }

  it("counts its time from the start, not from the probe", () => {
    clock.advance(900);
    probe();
    clock.advance(200);
    expect(owner.calls.at(-1)).toBe("failed");
  });

  it("is silent towards the owner when it is aborted", () => {
    upgrade.abort();
    expect(candidate.discarded).toBe(true);
    expect(owner.calls).toEqual([]);
    expect(clock.timerCount).toBe(0);
  });

  it("does nothing twice", () => {
    const { handler } = candidate;
    candidate.handler.onMessage("early");
    handler.onMessage("again");
    handler.onControl("upgrade", "");
    upgrade.abort();
    expect(owner.calls).toEqual(["failed"]);
  });
});
