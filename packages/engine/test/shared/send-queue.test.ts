import { describe, expect, it } from "vitest";
import { SendQueue } from "../../src/shared/send-queue.ts";

function queueOf(...packets: string[]): SendQueue {
  const queue = new SendQueue();
  for (const packet of packets) queue.push(packet);
  return queue;
}

describe("a send queue", () => {
  it("gives all packets in the order of their arrival", () => {
    const queue = queueOf("4a", "4b", "4c");
    expect(queue.take()).toEqual(["4a", "4b", "4c"]);
    expect(queue.packets).toEqual([]);
  });

  it("gives the first packets and keeps the rest", () => {
    const queue = queueOf("4a", "4bb", "4ccc");
    expect(queue.take(2)).toEqual(["4a", "4bb"]);
    expect(queue.packets).toEqual(["4ccc"]);
    expect(queue.bufferedLength).toBe(4);
  });

  it("counts the length of what waits, text and bytes", () => {
    const queue = queueOf("4ab");
    queue.push(new Uint8Array(10));
    expect(queue.bufferedLength).toBe(13);
    queue.take();
    expect(queue.bufferedLength).toBe(0);
  });

  it("gives out a callback once, when its packet was taken and has left", () => {
    const queue = queueOf("4a");
    const [onB, onC] = [(): void => undefined, (): void => undefined];
    queue.push("4b", onB);
    queue.push("4c", onC);
    expect(queue.settle()).toEqual([]);
    queue.take(2);
    expect(queue.settle()).toEqual([onB]);
    queue.take();
    expect(queue.settle()).toEqual([onC]);
    expect(queue.settle()).toEqual([]);
  });

  it("forgets packets and callbacks when cleared", () => {
    const queue = new SendQueue();
    queue.push("4a", () => expect.unreachable());
    queue.clear();
    queue.take();
    expect(queue.settle()).toEqual([]);
    expect(queue.bufferedLength).toBe(0);
  });
});
