import { beforeEach, describe, expect, it } from "vitest";
import { Pinger, type PingerOwner } from "../../src/shared/heartbeat.ts";
import { TimerWheel } from "../../src/shared/timer-wheel.ts";
import { FakeClock } from "./fake-clock.ts";

/** Deadlines are late by up to two ticks of 20 ms. */
const LATE_MS = 40;
const TIMES = { pingInterval: 1000, pingTimeout: 500 };

class Owner implements PingerOwner {
  pings = 0;
  timeouts = 0;
  sendPing(): void {
    this.pings++;
  }
  onHeartbeatTimeout(): void {
    this.timeouts++;
  }
}

let clock: FakeClock;
let wheel: TimerWheel;
let owner: Owner;
beforeEach(() => {
  clock = new FakeClock();
  wheel = new TimerWheel(clock);
  owner = new Owner();
});

describe("a pinger", () => {
  let pinger: Pinger;
  beforeEach(() => {
    pinger = new Pinger(owner, wheel, TIMES);
    pinger.start();
  });

  it("sends no ping before the interval has passed", () => {
    clock.advance(999);
    expect(owner.pings).toBe(0);
  });

  it("sends a ping after the interval", () => {
    clock.advance(1000 + LATE_MS);
    expect(owner.pings).toBe(1);
  });

  it("times out once when no pong comes", () => {
    clock.advance(10_000);
    expect(owner).toEqual({ pings: 1, timeouts: 1 });
    expect(clock.timerCount).toBe(0);
  });

  it("pings again an interval after each pong", () => {
    for (let round = 1; round <= 5; round++) {
      clock.advance(1000 + LATE_MS);
      expect(owner.pings).toBe(round);
      pinger.onPong();
    }
    expect(owner.timeouts).toBe(0);
  });

  it("is not put off by a pong that it did not ask for", () => {
    clock.advance(900);
    pinger.onPong();
    clock.advance(100 + LATE_MS);
    expect(owner.pings).toBe(1);
  });

  it("waits once more when another packet comes in place of the pong", () => {
    clock.advance(1000 + LATE_MS);
    clock.advance(400);
    pinger.onOtherPacket();
    clock.advance(499);
    expect(owner.timeouts).toBe(0);
    pinger.onOtherPacket();
    clock.advance(1 + LATE_MS);
    expect(owner.timeouts).toBe(1);
  });

  it("takes a pong that comes in the second wait", () => {
    clock.advance(1000 + LATE_MS);
    pinger.onOtherPacket();
    pinger.onPong();
    clock.advance(1000 + LATE_MS);
    expect(owner).toEqual({ pings: 2, timeouts: 0 });
  });

  it("takes a pong that arrived while the process was stopped", () => {
    clock.advance(1000 + LATE_MS);
    clock.readInput = () => pinger.onPong();
    clock.pause(60_000);
    expect(owner).toEqual({ pings: 1, timeouts: 0 });
  });

  it("times out after a pause in which no pong arrived", () => {
    clock.advance(1000 + LATE_MS);
    clock.pause(60_000);
    expect(owner).toEqual({ pings: 1, timeouts: 1 });
  });

  it("asks anew when it was not waiting for a pong as the process stopped", () => {
    clock.advance(900);
    clock.pause(60_000);
    expect(owner).toEqual({ pings: 1, timeouts: 0 });
    clock.advance(499);
    expect(owner.timeouts).toBe(0);
  });

  it("leaves no timer behind when stopped", () => {
    pinger.stop();
    expect(clock.timerCount).toBe(0);
    clock.advance(10_000);
    expect(owner).toEqual({ pings: 0, timeouts: 0 });
  });
});
