import { describe, expect, it } from "vitest";
import { Membership, wasIn } from "../src/membership.ts";

/** After which of the packets 1 to 9 sent to `room` the socket was in it. */
function heard(membership: Membership, room: string, after = 0): number[] {
  const stays = membership.staysAfter(after);
  return [1, 2, 3, 4, 5, 6, 7, 8, 9].filter((position) => wasIn(stays, room, position));
}

describe("the membership of a socket", () => {
  it("begins behind the packet at which a room is joined", () => {
    const membership = new Membership();
    membership.join("a", 3);
    expect(heard(membership, "a")).toEqual([4, 5, 6, 7, 8, 9]);
    expect([...membership.rooms]).toEqual(["a"]);
  });

  it("ends with the packet at which it is left", () => {
    const membership = new Membership();
    membership.join("a", 3);
    membership.leave("a", 6);
    expect(heard(membership, "a")).toEqual([4, 5, 6]);
    expect([...membership.rooms]).toEqual([]);
  });

  it("may be taken up again, and again", () => {
    const membership = new Membership();
    for (const [from, to] of [
      [0, 1],
      [2, 4],
      [5, 6],
    ] as const) {
      membership.join("a", from);
      membership.leave("a", to);
    }
    membership.join("a", 8);
    expect(heard(membership, "a")).toEqual([1, 3, 4, 6, 9]);
  });

  it("is as old as the first of two joins", () => {
    const membership = new Membership();
    membership.join("a", 2);
    membership.join("a", 7);
    expect(heard(membership, "a")).toEqual([3, 4, 5, 6, 7, 8, 9]);
  });

  it("is of one room and not of another", () => {
    const membership = new Membership();
    membership.join("a", 0);
    expect(heard(membership, "b")).toEqual([]);
    membership.leave("b", 5);
    expect(heard(membership, "b")).toEqual([]);
  });

  it("is nothing between a join and a leave with no packet between them", () => {
    const membership = new Membership();
    membership.join("a", 4);
    membership.leave("a", 4);
    expect(membership.staysAfter(0).size).toBe(0);
  });

  it("is told for the packets after a position, stays that ended before it left out", () => {
    const membership = new Membership();
    membership.join("a", 0);
    membership.leave("a", 4);
    membership.join("b", 0);
    expect([...membership.staysAfter(3).keys()]).toEqual(["a", "b"]);
    expect([...membership.staysAfter(4).keys()]).toEqual(["b"]);
  });

  it("forgets the stays whose packets are no longer kept, and only those", () => {
    const membership = new Membership();
    for (const [room, to] of [
      ["a", 2],
      ["b", 4],
      ["c", 6],
    ] as const) {
      membership.join(room, 0);
      membership.leave(room, to);
    }
    membership.forgetBefore(4);
    expect([...membership.staysAfter(0).keys()]).toEqual(["b", "c"]);
    membership.forgetBefore(7);
    expect(membership.staysAfter(0).size).toBe(0);
  });
});
