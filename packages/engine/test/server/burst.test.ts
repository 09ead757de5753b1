import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { type OutgoingPacket, PreparedPacket } from "../../src/shared/packet.ts";
import { Burst } from "../../src/server/transports/burst.ts";
import { writeFrames } from "../../src/server/transports/frame-writer.ts";

const first = new PreparedPacket("4first");
const second = new PreparedPacket("4second");
const third = new PreparedPacket(Buffer.from("third"));

/** What each of several connections is sent, one after the other. */
function written(...turns: (readonly OutgoingPacket[])[]): string[] {
  return turns.map((packets) => {
    let bytes = "";
    const socket = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        bytes += chunk.toString("latin1");
        done();
      },
    });
    writeFrames(socket, packets, false);
    return bytes;
  });
}

describe("a burst", () => {
  it("is known again by its packets, not by their list", () => {
    const burst = new Burst();
    burst.keep([first, second], "frames");
    expect(burst.framesOf([first, second])).toBe("frames");
  });

  it.each([
    ["fewer", [first]],
    ["more", [first, second, third]],
    ["others at the end", [first, third]],
    ["the same in another order", [second, first]],
    ["none", []],
  ])("is not taken for one of %s packets", (_, packets) => {
    const burst = new Burst();
    burst.keep([first, second], "frames");
    expect(burst.framesOf(packets)).toBeUndefined();
  });

  it("is forgotten for the next", () => {
    const burst = new Burst();
    burst.keep([first, second], "old");
    burst.keep([second, third], "new");
    expect(burst.framesOf([first, second])).toBeUndefined();
    expect(burst.framesOf([second, third])).toBe("new");
  });

  it.each([
    ["a packet of one connection alone is among them", [first, "4own"], "frames"],
    ["there is one packet only, which keeps its own frame", [first], "frames"],
    ["it would hold much memory", [first, second], "x".repeat(131_073)],
  ])("is not kept if %s", (_, packets, frames) => {
    const burst = new Burst();
    burst.keep(packets, frames);
    expect(burst.framesOf(packets)).toBeUndefined();
  });
});

describe("the frame writer, in a burst", () => {
  it("sends every connection what is meant for it", () => {
    const [all, again, some, own, last] = written(
      [first, second, third],
      [first, second, third],
      [first, third],
      [first, "4own", third],
      [first, second, third],
    );
    expect(all).toBe("\x81\x064first\x81\x074second\x82\x05third");
    expect([again, last]).toEqual([all, all]);
    expect(some).toBe("\x81\x064first\x82\x05third");
    expect(own).toBe("\x81\x064first\x81\x044own\x82\x05third");
  });

  it("does not send bytes to a peer that takes text only", () => {
    written([first, third]);
    let text = "";
    const socket = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        text += chunk.toString("latin1");
        done();
      },
    });
    writeFrames(socket, [first, third], true);
    expect(text).toBe("\x81\x064first\x81\x09bdGhpcmQ=");
  });
});
