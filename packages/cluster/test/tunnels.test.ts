import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import { setImmediate as turn } from "node:timers/promises";
import { until } from "@telsiz/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ClusterFrameError } from "../src/errors.ts";
import { decodeHeader, ItemKind } from "../src/item.ts";
import type { Tunnel } from "../src/tunnel.ts";
import { decodePart, encodePart, PartKind } from "../src/tunnel-part.ts";
import { Tunnels, type TunnelsOwner } from "../src/tunnels.ts";
import { ManualClock } from "./manual-clock.ts";

/** Two nodes; what one publishes reaches the other at the end of the turn. */
class Pair {
  readonly clock = new ManualClock();
  /** Tunnels that the second was given. */
  readonly taken: Tunnel[] = [];
  /** What has been published. */
  readonly kinds: PartKind[] = [];
  isCut = false;
  /** The bytes of the largest item. */
  largest = 0;
  /** What was heard of the cards of nodes. */
  readonly cards: unknown[] = [];
  readonly a: Tunnels = new Tunnels(this.#owner("a", () => this.b));
  readonly b: Tunnels = new Tunnels(this.#owner("b", () => this.a));

  async open(): Promise<[Tunnel, Tunnel]> {
    const tunnel = this.a.open("b");
    await once(tunnel, "connect");
    return [tunnel, this.taken.at(-1)!];
  }

  #owner(name: string, other: () => Tunnels): TunnelsOwner {
    return {
      clock: this.clock,
      publish: (_channel, item) => {
        if (this.isCut) return;
        this.largest = Math.max(this.largest, item.length);
        const body = Buffer.from(item).subarray(decodeHeader(Buffer.from(item)).bodyAt);
        this.kinds.push(decodePart(body).kind);
        queueMicrotask(() => other().receive(name, body));
      },
      card: Buffer.from(name === "b" ? "card of b" : ""),
      onTunnel: (tunnel) => this.taken.push(tunnel),
      onCard: (node, card) => this.cards.push([node, card.toString()]),
    };
  }
}

describe("a tunnel", () => {
  it("takes bytes both ways, each in order, and ends like a socket", async () => {
    const pair = new Pair();
    const [near, far] = await pair.open();
    const large = Buffer.alloc(3_000_000, "telsiz");
    far.pipe(far); // an echo, with its pace
    near.end(large);
    expect((await buffer(near)).equals(large)).toBe(true);
    await until(() => pair.a.size + pair.b.size === 0, "both have ended");
    expect(pair.kinds).not.toContain(PartKind.ABORT);
  });

  it("holds what nobody reads: no more than the window and its buffer is on the way", async () => {
    const pair = new Pair();
    const [near, far] = await pair.open();
    let isTaken = false;
    near.write(Buffer.alloc(2_000_000), () => (isTaken = true));
    for (let count = 0; count < 20; count++) await turn();
    expect(isTaken).toBe(false);
    expect(far.readableLength).toBeLessThanOrEqual(2 * 128 * 1_024);
    far.resume();
    await until(() => isTaken, "all is taken");
  });

  it("ends at both ends when one is gone", async () => {
    const pair = new Pair();
    const [near, far] = await pair.open();
    const closed = once(far, "close");
    near.destroy();
    await closed;
    expect(far.destroyed).toBe(true);
    expect([pair.a.size, pair.b.size]).toEqual([0, 0]);
  });

  it("brings all that was said before the other end went, if that was all", async () => {
    const pair = new Pair();
    const [near, far] = await pair.open();
    far.end("bye", () => far.destroy());
    await until(() => far.destroyed, "it has gone");
    near.write("nobody hears this");
    expect((await buffer(near)).toString()).toBe("bye");
    await until(() => near.destroyed, "it ends, too");
  });

  it("tells who opens it what the other node says of itself", async () => {
    const pair = new Pair();
    await pair.open();
    expect(pair.cards).toEqual([["b", "card of b"]]);
  });

  it("ends when the other node does not take it in time", async () => {
    const pair = new Pair();
    pair.isCut = true;
    const tunnel = pair.a.open("b");
    const closed = once(tunnel, "close");
    await pair.clock.pass(1_999);
    expect(tunnel.destroyed).toBe(false);
    await pair.clock.pass(1);
    await closed;
    expect(pair.a.size).toBe(0);
  });

  it("ends when its node is gone, or has lost something; others go on", async () => {
    const pair = new Pair();
    const [near] = await pair.open();
    pair.a.abandon("c");
    expect(near.destroyed).toBe(false);
    pair.a.abandon("b");
    expect(near.destroyed).toBe(true);
  });
});

describe("parts of tunnels", () => {
  it("are written and read", () => {
    const item = encodePart(PartKind.DATA, true, 0xffffffff, Buffer.from("x"));
    const header = decodeHeader(item);
    expect(header).toMatchObject({ kind: ItemKind.TUNNEL, nsp: "" });
    expect(decodePart(item.subarray(header.bodyAt))).toEqual({
      kind: PartKind.DATA,
      fromOpener: true,
      number: 0xffffffff,
      data: Buffer.from("x"),
    });
  });

  it.each([
    ["nothing", ""],
    ["a kind that there is not", "0700000001"],
    ["no kind", "8000000001"],
    ["a number that ends too early", "03000000"],
    ["no count of bytes", "0600000001"],
  ])("are refused with %s", (_what, hex) => {
    expect(() => decodePart(Buffer.from(hex, "hex"))).toThrow(ClusterFrameError);
  });

  it("of any kind, in any order, with any number harm nobody", async () => {
    const parts = fc.tuple(
      fc.constantFrom(...Object.values(PartKind)),
      fc.boolean(),
      fc.constantFrom(1, 2),
      fc.uint8Array({ minLength: 4, maxLength: 8 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(parts, { maxLength: 20 }), async (forged) => {
        const pair = new Pair();
        const [near] = await pair.open();
        near.on("data", () => undefined);
        for (const part of forged) pair.a.receive("b", encodePart(...part).subarray(3));
        near.write(Buffer.alloc(1_000_000));
        await turn();
        expect(pair.largest).toBeLessThan(132_000);
        pair.a.close();
        expect(pair.a.size).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it("of tunnels that there are not have no effect", () => {
    const pair = new Pair();
    for (const kind of [PartKind.DATA, PartKind.END, PartKind.ABORT, PartKind.ACCEPT]) {
      pair.a.receive("b", encodePart(kind, true, 9).subarray(3));
    }
    expect([pair.a.size, pair.kinds]).toEqual([0, []]);
  });
});
