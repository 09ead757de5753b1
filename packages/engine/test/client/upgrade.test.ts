import { beforeEach, describe, expect, it } from "vitest";
import { Upgrade } from "../../src/client/upgrade.ts";
import { type ClientTransport, deafHandler } from "../../src/client/transports/transport.ts";
import { TransportError } from "../../src/shared/errors.ts";
import { type OutgoingPacket, wireOf } from "../../src/shared/packet.ts";

class FakeTransport implements ClientTransport {
  readonly name = "websocket";
  readonly query = {};
  readonly bufferedBytes = 0;
  handler = deafHandler;
  writable = false;
  readonly log: string[] = [];

  open(): void {
    this.log.push("open");
  }
  send(packets: readonly OutgoingPacket[]): void {
    this.log.push(...packets.map((packet) => String(wireOf(packet))));
  }
  close(): void {
    this.log.push("close");
  }
}

let candidate: FakeTransport;
let upgrade: Upgrade;
let log: string[];
let errors: Error[];
let paused: () => void;

beforeEach(() => {
  log = [];
  errors = [];
  candidate = new FakeTransport();
  const current = {
    pause(onPaused: () => void) {
      log.push("pause");
      paused = onPaused;
    },
    resume: () => log.push("resume"),
  };
  const owner = {
    onUpgrading: () => log.push("upgrading"),
    onUpgraded: () => log.push("upgraded"),
    onUpgradeFailed(error: Error) {
      log.push("failed");
      errors.push(error);
    },
  };
  upgrade = new Upgrade(current, candidate, owner);
});

/** Up to where the candidate has proved good and polling comes to rest. */
function reachPausing(): void {
  upgrade.start();
  candidate.handler.onDrain();
  candidate.handler.onControl("pong", "probe");
}

describe("Upgrade", () => {
  it("probes, lets polling come to rest, and only then moves", () => {
    upgrade.start();
    expect(candidate.log).toEqual(["open"]);
    candidate.handler.onDrain();
    expect(candidate.log).toEqual(["open", "2probe"]);
    candidate.handler.onDrain();
    expect(upgrade.holding).toBe(false);
    candidate.handler.onControl("pong", "probe");
    expect(log).toEqual(["upgrading", "pause"]);
    expect(upgrade.holding).toBe(true);
    paused();
    expect(candidate.log).toEqual(["open", "2probe", "5"]);
    expect(log).toEqual(["upgrading", "pause", "upgraded"]);
    expect(upgrade.holding).toBe(false);
  });

  it("fails when the candidate cannot open, and says why", () => {
    upgrade.start();
    const cause = new TransportError("websocket error");
    candidate.handler.onClose("transport error", cause);
    expect(log).toEqual(["failed"]);
    expect(errors[0]).toBeInstanceOf(TransportError);
    expect(errors[0]?.message).toContain("probe error");
    expect(errors[0]?.cause).toBe(cause);
  });

  it.each([
    ["another pong", () => candidate.handler.onControl("pong", "")],
    ["an open packet", () => candidate.handler.onControl("open", "{}")],
    ["a message", () => candidate.handler.onMessage("hello")],
    ["its end", () => candidate.handler.onClose("transport close", { description: "gone" })],
  ])("fails when the answer to the probe is %s", (_name, happen) => {
    upgrade.start();
    candidate.handler.onDrain();
    happen();
    expect(log).toEqual(["failed"]);
    expect(candidate.log.at(-1)).toBe("close");
  });

  it("resumes polling when the candidate is lost before the move", () => {
    reachPausing();
    candidate.handler.onClose("transport close", undefined);
    expect(log).toEqual(["upgrading", "pause", "resume", "failed"]);
    expect(upgrade.holding).toBe(false);
    paused();
    expect(candidate.log).not.toContain("5");
  });

  it("ends without a word when it is cancelled", () => {
    reachPausing();
    upgrade.cancel();
    candidate.handler.onClose("transport close", undefined);
    paused();
    expect(log).toEqual(["upgrading", "pause"]);
    expect(candidate.log).toEqual(["open", "2probe", "close"]);
  });

  it("leaves the candidate alone once the session is on it", () => {
    reachPausing();
    paused();
    upgrade.cancel();
    expect(candidate.log).not.toContain("close");
  });
});
