import { OptionError } from "@telsiz/server";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { BrokerSink } from "../src/broker.ts";
import { redis } from "../src/redis/index.ts";
import { RedisBroker } from "../src/redis/redis-broker.ts";
import type { RedisLink, RedisLinkOwner } from "../src/redis/redis-link.ts";

/** A connection that does what a test wants. */
class FakeLink implements RedisLink {
  readonly owner: RedisLinkOwner;
  readonly published: [channel: string, message: string][] = [];
  readonly subscribed = new Set<string>();
  destroyed = false;
  closed = false;

  call(): Promise<unknown> {
    return Promise.resolve("run_id:abc");
  }

  constructor(owner: RedisLinkOwner) {
    this.owner = owner;
    links.push(this);
  }

  connect(): Promise<unknown> {
    if (outcome instanceof Error) return Promise.reject(outcome);
    return outcome === "silent" ? new Promise(() => {}) : Promise.resolve();
  }

  publish(channel: string, message: Buffer): Promise<unknown> {
    this.published.push([channel, message.toString()]);
    return answers ? Promise.resolve() : new Promise(() => {});
  }

  subscribe(channels: readonly string[]): Promise<unknown> {
    for (const channel of channels) this.subscribed.add(channel);
    return Promise.resolve();
  }

  unsubscribe(channel: string): Promise<unknown> {
    this.subscribed.delete(channel);
    return Promise.resolve();
  }

  close(): Promise<unknown> {
    this.closed = true;
    return outcome === "silent" ? new Promise(() => {}) : Promise.resolve();
  }

  destroy(): void {
    this.destroyed = true;
  }
}

/** All that were made, two at a time: the publisher, and the subscriber. */
let links: FakeLink[];
/** What comes of an attempt to connect, or to close. */
let outcome: "open" | "silent" | Error;
/** Whether Redis takes what is published. */
let answers: boolean;
let told: string[];
let broker: RedisBroker;

const sink: BrokerSink = {
  onFrame: (frame) => told.push(`frame ${Buffer.from(frame).toString()}`),
  onError: (error) => told.push(String(error)),
  onReturn: () => told.push("return"),
};

const publisher = (): FakeLink => links.at(-2)!;
const subscriber = (): FakeLink => links.at(-1)!;
const wanted = (): string[] => [...subscriber().subscribed].filter((channel) => !channel.includes("?"));

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(1);
  links = [];
  told = [];
  outcome = "open";
  answers = true;
  broker = new RedisBroker((owner) => new FakeLink(owner), "app:");
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("a broker over Redis", () => {
  it("publishes and listens to channels of its prefix, over two connections", async () => {
    await broker.open(sink);
    await broker.subscribe("*");
    await broker.subscribe("1/#news");
    broker.publish("1/#news", Buffer.from("hello"));
    expect(links).toHaveLength(2);
    expect(publisher().published).toEqual([["app:1/#news", "hello"]]);
    expect(wanted()).toEqual(["app:*", "app:1/#news"]);
    subscriber().owner.onMessage(Buffer.from("heard"));
    expect(told).toEqual(["frame heard"]);
    broker.unsubscribe("1/#news");
    expect(wanted()).toEqual(["app:*"]);
  });

  it("rejects where Redis cannot be reached, and can be opened again", async () => {
    outcome = new Error("refused");
    await expect(broker.open(sink)).rejects.toThrow("refused");
    expect(links.every(({ destroyed }) => destroyed)).toBe(true);
    outcome = "open";
    await broker.open(sink);
    await broker.subscribe("*");
    expect(wanted()).toEqual(["app:*"]);
    expect(told).toEqual([]);
  });

  it("gives up a Redis that lets it in and says nothing", async () => {
    outcome = "silent";
    const opening = expect(broker.open(sink)).rejects.toThrow("Redis does not answer.");
    await vi.advanceTimersByTimeAsync(5_000);
    await opening;
  });

  it("connects again when it has lost its connections, later and later, and listens to what it listened to", async () => {
    await broker.open(sink);
    await broker.subscribe("*");
    outcome = new Error("refused");
    publisher().owner.onLost(new Error("reset"));
    subscriber().owner.onLost(new Error("reset"));
    await vi.advanceTimersByTimeAsync(100 + 200 + 400 + 800);
    expect(links).toHaveLength(2 + 4 * 2);
    expect(told).toEqual(["Error: reset", "Error: refused"]); // each once
    outcome = "open";
    const subscribing = broker.subscribe("@node");
    await vi.advanceTimersByTimeAsync(1_600);
    await subscribing;
    expect(told.slice(2)).toEqual(["return"]);
    expect(wanted()).toEqual(["app:*", "app:@node"]);
    publisher().owner.onLost(new Error("reset"));
    expect(told.slice(3)).toEqual(["Error: reset"]); // told again, since it was well meanwhile
  });

  it("drops what is published while there is no connection", async () => {
    await broker.open(sink);
    publisher().owner.onLost(new Error("reset"));
    broker.publish("*", Buffer.from("lost"));
    await vi.advanceTimersByTimeAsync(100);
    expect(publisher().published).toEqual([]);
  });

  it("holds no more than 16 MiB that Redis does not take", async () => {
    await broker.open(sink);
    answers = false;
    const mebibyte = Buffer.alloc(1_024 * 1_024);
    for (let count = 0; count < 40; count++) broker.publish("*", mebibyte);
    expect(publisher().published).toHaveLength(17); // the last one may go beyond
  });

  it("notices that nothing comes back, though nothing was said of an end", async () => {
    await broker.open(sink);
    await vi.advanceTimersByTimeAsync(5_000);
    const probes = publisher().published.filter(([channel]) => subscriber().subscribed.has(channel));
    expect(probes).toHaveLength(5);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told).toEqual(["Error: Redis brings nothing back."]);
    expect(links.slice(0, 2).every(({ destroyed }) => destroyed)).toBe(true);
    await vi.advanceTimersByTimeAsync(100);
    expect(told.slice(1)).toEqual(["return"]);
  });

  it("is content while its probes come back", async () => {
    await broker.open(sink);
    for (let seconds = 0; seconds < 20; seconds++) {
      await vi.advanceTimersByTimeAsync(1_000);
      subscriber().owner.onMessage(Buffer.alloc(0));
    }
    expect(told).toEqual([]);
    expect(links).toHaveLength(2);
  });

  it("closes when Redis has taken what was published, and hears nothing then", async () => {
    await broker.open(sink);
    await broker.close();
    expect(links.every(({ closed, destroyed }) => closed && destroyed)).toBe(true);
    subscriber().owner.onMessage(Buffer.from("late"));
    subscriber().owner.onLost(new Error("late"));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual([]);
    expect(links).toHaveLength(2);
  });

  it("closes within two seconds where Redis takes nothing", async () => {
    await broker.open(sink);
    outcome = "silent";
    const closing = broker.close();
    await vi.advanceTimersByTimeAsync(2_000);
    await closing;
    expect(links.every(({ destroyed }) => destroyed)).toBe(true);
  });

  it("closes while it waits for its turn to connect, and leaves nobody waiting", async () => {
    await broker.open(sink);
    publisher().owner.onLost(new Error("reset"));
    const subscribing = broker.subscribe("late");
    await broker.close();
    await subscribing;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(links).toHaveLength(2);
  });

  it("drops a connection that is there only when it has been closed", async () => {
    await broker.open(sink);
    publisher().owner.onLost(new Error("reset"));
    vi.advanceTimersByTime(100); // it connects
    const closing = broker.close();
    await vi.advanceTimersByTimeAsync(1);
    await closing;
    expect(links).toHaveLength(4);
    expect(links.every(({ destroyed }) => destroyed)).toBe(true);
    expect(told).toEqual(["Error: reset"]);
  });
});

describe("redis()", () => {
  it.each([
    ["a url of something else", { url: "http://localhost" }],
    ["a url that is none", { url: "redis://[" }],
    ["both a url and a client", { url: "redis://localhost", client: { duplicate: () => ({}) } }],
    ["a client that is none", { client: {} }],
    ["a client that is null", { client: null }],
    ["a prefix that is no text", { prefix: 1 }],
    ["a time that is none", { heartbeat: -1 }],
  ])("refuses %s", (_what, options) => {
    expect(() => redis(options as never)).toThrow(OptionError);
  });
});
