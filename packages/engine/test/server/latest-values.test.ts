import { describe, expect, it } from "vitest";
import { heldSession } from "./held-session.ts";

describe("the newest value of a key", () => {
  it("is the only one that waits, with all its parts, and the older one is said to be dropped", () => {
    const { session, transport } = heldSession();
    const dropped: number[] = [];
    for (const value of [1, 2, 3]) {
      session.sendLatest("price", [`4${value}`, new Uint8Array([value])], () => dropped.push(value));
    }
    expect(dropped).toEqual([1, 2]);
    expect(session.bufferedAmount - transport.bufferedBytes).toBe(3);
    transport.drain();
    expect(transport.texts).toEqual(["43", new Uint8Array([3])]);
  });

  it("comes after what was sent before it, in the order of the newest values", () => {
    const { session, transport } = heldSession();
    session.send("first");
    session.sendLatest("a", ["4a1"]);
    session.sendLatest("b", ["4b1"]);
    session.send("second");
    session.sendLatest("a", ["4a2"]);
    transport.drain();
    expect(transport.texts).toEqual(["4first", "4second", "4b1", "4a2"]);
  });

  it("waits until the queue before it has left, so that it is new when it leaves", () => {
    const { session, transport } = heldSession();
    for (let index = 0; index < 600; index++) session.send("x".repeat(1023));
    session.sendLatest("a", ["4old"]);
    transport.drain();
    session.sendLatest("a", ["4new"]);
    while (transport.bufferedBytes > 0) transport.drain();
    expect(transport.texts.slice(-1)).toEqual(["4new"]);
    expect(transport.texts).not.toContain("4old");
  });

  it("joins the others of its turn in order when nothing waits", () => {
    const { session, transport } = heldSession();
    transport.drain();
    session.sendLatest("a", ["41"]);
    session.send("between");
    session.sendLatest("a", ["42"]);
    expect(session.writeBuffer).toEqual(["41", "4between", "42"]);
  });

  it("leaves before a session that closes ends, and is forgotten by one that has ended", () => {
    const { session, transport } = heldSession();
    session.sendLatest("a", ["4last"], () => expect.unreachable());
    session.close();
    transport.drain();
    transport.drain();
    expect(transport.texts).toEqual(["4last"]);
    expect([transport.ended, session.readyState]).toEqual(["closed", "closed"]);
    const other = heldSession();
    other.session.sendLatest("a", ["4lost"], () => expect.unreachable());
    other.session.close(true);
    expect(other.session.bufferedAmount).toBe(other.transport.bufferedBytes);
  });
});
