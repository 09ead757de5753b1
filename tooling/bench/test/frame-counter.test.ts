import { describe, expect, it } from "vitest";
import { FrameCounter } from "../src/frame-counter.ts";

/** A server's frame; the test's own reading of RFC 6455 §5.2. */
function serverFrame(opcode: number, length: number): Buffer {
  const payload = Buffer.alloc(length, "p");
  if (length <= 125) return Buffer.concat([Buffer.of(0x80 | opcode, length), payload]);
  const long = Buffer.alloc(length <= 0xffff ? 4 : 10);
  long[0] = 0x80 | opcode;
  if (length <= 0xffff) {
    long[1] = 126;
    long.writeUInt16BE(length, 2);
  } else {
    long[1] = 127;
    long.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([long, payload]);
}

const STREAM = Buffer.concat([
  serverFrame(1, 50),
  serverFrame(1, 1),
  serverFrame(2, 1024),
  serverFrame(9, 0),
  serverFrame(2, 70_000),
  serverFrame(1, 0),
  serverFrame(8, 2),
]);

describe("FrameCounter", () => {
  it("counts messages, and apart from them pings and control frames", () => {
    const counter = new FrameCounter();
    expect(counter.add(STREAM, 0, STREAM.length)).toBe(4);
    expect(counter.pings).toBe(1);
    expect(counter.controls).toBe(2);
  });

  it.each([1, 2, 3, 5, 7, 64, 1000, 4099])("counts the same in chunks of %i bytes", (size) => {
    const counter = new FrameCounter();
    const memory = Buffer.alloc(size); // read into again and again, as the clients do
    let messages = 0;
    for (let at = 0; at < STREAM.length; at += size) {
      const length = STREAM.copy(memory, 0, at, at + size);
      messages += counter.add(memory, 0, length);
    }
    expect([messages, counter.pings, counter.controls]).toEqual([4, 1, 2]);
  });

  it("begins where it is told to", () => {
    const bytes = Buffer.concat([Buffer.from("HTTP"), serverFrame(1, 5)]);
    expect(new FrameCounter().add(bytes, 4, bytes.length)).toBe(1);
  });
});
