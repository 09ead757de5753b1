import { beforeEach, describe, expect, it } from "vitest";
import { ClusterFrameSizeError } from "../src/errors.ts";
import { Fifo } from "../src/fifo.ts";
import { decodeFrame, decodeHead } from "../src/frame.ts";
import { Publisher } from "../src/publisher.ts";

let sent: string[];
let publisher: Publisher;

/** A frame of data as "channel first count". */
function note(target: string, bytes: Uint8Array): void {
  const { channel, first, count } = decodeFrame(bytes);
  sent.push(target === channel ? `${channel} ${first} ${count}` : `${target}: ${channel} ${first} ${count}`);
}

function create(ringBytes: number, maxChannels?: number): void {
  sent = [];
  publisher = new Publisher(
    "0102030405060001",
    { send: note, flushLater: () => undefined },
    ringBytes,
    maxChannels,
  );
}

/** Publishes items of ten bytes and sends them. */
function publish(channel: string, count = 1): void {
  for (let index = 0; index < count; index++) publisher.publish(channel, Buffer.alloc(10));
  publisher.flush();
}

beforeEach(() => create(1_000_000));

describe("a publisher", () => {
  it("numbers the items of each channel, and sends those of a turn together", () => {
    publisher.publish("a", Buffer.alloc(1));
    publisher.publish("b", Buffer.alloc(1));
    publisher.publish("a", Buffer.alloc(1));
    publisher.flush();
    publish("a");
    expect(sent).toEqual(["a 1 2", "b 1 1", "a 3 1"]);
  });

  it("sends again what is asked for, by whole frames", () => {
    publish("a", 2);
    publish("a", 3);
    publish("a", 1);
    sent = [];
    expect(publisher.resend("a", 4, 5, "@x")).toBe(1);
    expect(sent).toEqual(["@x: a 3 3"]);
    expect(publisher.resend("a", 7, 9, "@x")).toBe(1);
    expect(sent).toHaveLength(1);
  });

  it("says what it keeps no more", () => {
    create(100);
    publish("a");
    publish("b");
    publish("a");
    sent = [];
    expect(publisher.resend("a", 1, 2, "@x")).toBe(2);
    expect(sent).toEqual(["@x: a 2 1"]);
    expect(publisher.keptBytes).toBeLessThanOrEqual(100);
    expect(publisher.resend("unheard of", 1, 1, "@x")).toBe(1);
  });

  it("keeps the last frame even if it is larger than the room for all", () => {
    create(0);
    publish("a");
    publish("a");
    sent = [];
    expect(publisher.resend("a", 1, 2, "@x")).toBe(2);
    expect(sent).toEqual(["@x: a 2 1"]);
  });

  it("tells in a heartbeat where it is in channels that it has published to since the last", () => {
    const heads = (): string[] =>
      publisher.nextHeartbeat().heads.map((item) => {
        const { channel, seq } = decodeHead(Buffer.from(item));
        return `${channel} ${seq}`;
      });
    publish("a", 2);
    publish("b");
    expect(heads()).toEqual(["a 2", "b 1"]);
    publish("a");
    expect(heads()).toEqual(["a 3"]);
    expect(heads()).toEqual([]);
    expect(publisher.headsSince(0).heads).toHaveLength(2);
    expect(publisher.headsSince(1).heads).toHaveLength(1);
    expect(publisher.headsSince(2)).toEqual({ beat: 3, heads: [] });
  });

  it("forgets the channel that was silent for longest, and takes no number again that it may have had", () => {
    create(1_000_000, 2);
    publish("a", 5);
    publish("b");
    publish("c");
    publish("a");
    expect(sent).toEqual(["a 1 5", "b 1 1", "c 6 1", "a 6 1"]);
    expect(publisher.headOf("a")).toBe(6);
  });

  it("refuses what is too large for any broker", () => {
    expect(() => publisher.publish("a", Buffer.alloc(16 * 1_024 * 1_024 + 1))).toThrow(ClusterFrameSizeError);
    publish("a");
    expect(sent).toEqual(["a 1 1"]);
  });
});

describe("a queue", () => {
  it("gives back in order what it was given, also by position", () => {
    const queue = new Fifo<number>();
    const taken: (number | undefined)[] = [];
    for (let round = 0; round < 300; round++) {
      queue.push(round * 2);
      queue.push(round * 2 + 1);
      taken.push(queue.shift());
    }
    expect(queue.size).toBe(300);
    expect(queue.at(0)).toBe(300);
    expect(queue.at(299)).toBe(599);
    while (queue.size > 0) taken.push(queue.shift());
    expect(taken).toEqual(Array.from({ length: 600 }, (_, index) => index));
    expect(queue.shift()).toBeUndefined();
  });
});
